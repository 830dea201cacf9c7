"""A whole installation for tests that kill it."""

from collections.abc import Iterator

import pytest

from tests.reliability.installation import Installation


@pytest.fixture
def installation() -> Iterator[Installation]:
    """Serve a whole installation in processes of its own."""
    served = Installation()
    try:
        served.start()
        yield served
    finally:
        served.remove()
