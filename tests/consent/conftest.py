"""Two counters that stay open for the tests of one module: the cast is committed once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from gardien.base import ids
from tests.conftest import PASSWORD, empty_tables
from tests.quotes.counter import Counter


@pytest.fixture(scope="module")
def counters(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Counter]]:
    """Open the counters of two repairers, by code; empty every table afterwards."""
    from gardien.portal import cast

    with django_db_blocker.unblock():
        cast.load(password=PASSWORD, at=datetime(2026, 11, 22, tzinfo=UTC))
        yield {code: Counter(f"counter.adviser@{code.lower()}.example") for code in ("TILLEUL", "CANAL")}
        connections.close_all()
    empty_tables()


@pytest.fixture
def counter(counters: dict[str, Counter]) -> Counter:
    """One counter, at Garage des Tilleuls."""
    return counters["TILLEUL"]


@pytest.fixture
def subject() -> str:
    """A person: nothing but a reference."""
    return ids.reference("C")
