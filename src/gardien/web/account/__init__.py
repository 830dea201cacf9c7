"""Signing in and choosing a role."""
