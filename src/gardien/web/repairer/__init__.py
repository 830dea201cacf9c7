"""The repairer's pages."""
