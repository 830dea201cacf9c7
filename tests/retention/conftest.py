"""Worlds that histories are written into."""

from .worlds import begun

__all__ = ["begun"]
