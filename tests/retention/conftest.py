"""Fixtures of retention: a generated history in the tables."""

from .worlds import begun

__all__ = ["begun"]
