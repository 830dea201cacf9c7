"""Acting as another role of the database than the app's."""

from collections.abc import Iterator
from contextlib import contextmanager

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
