"""Two counters that stay open for the tests of one module: the cast is committed once."""

import pytest

from gardien.base import ids
from tests.quotes.counter import counter, opened

counters = opened("module")


@pytest.fixture
def subject() -> str:
    """A person: nothing but a reference."""
    return ids.reference("C")


__all__ = ["counter", "counters", "subject"]
