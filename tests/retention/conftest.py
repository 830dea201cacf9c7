"""The sweep as its own database role, and a customer whose time is over."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection


@contextmanager
def swept_by() -> Iterator[None]:
    """Let Django act as `gardien_sweep` instead of `gardien_app`."""
    _become("gardien_sweep")
    try:
        yield
    finally:
        _become("gardien_app")


def _become(role: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["USER"] = role


@pytest.fixture
def as_sweep(committed: None) -> Iterator[None]:
    """Act as `gardien_sweep` for the whole test."""
    with swept_by():
        yield
