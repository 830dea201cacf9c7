"""A counter that stays open for all tests of customers; each test brings its own people."""

from tests.quotes.conftest import counter, counters

__all__ = ["counter", "counters"]
