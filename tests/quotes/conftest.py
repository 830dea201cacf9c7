"""A counter that stays open for all tests of quotes: the cast is committed once, each test brings its own customer and year."""

from tests.quotes.counter import counter, opened

counters = opened("package")

__all__ = ["counter", "counters"]
