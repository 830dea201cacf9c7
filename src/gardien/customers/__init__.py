"""The repairer's customers and their vehicles."""
