"""The world of one generated history: written under its versions, seen by the auditor, swept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.apps import apps
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.rows import dict_row

from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.network.models import Membership
from tests import rows
from tests.conftest import as_role
from tests.rows import empty_tables

from .histories import History, versions
from .model import Rows
from .written import write

Begun = Callable[[History], policy.Versions]
FEW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
COUNTERS = ("counter.adviser@canal.example", "counter.adviser@tilleul.example")


def seen() -> Rows:
    """Return the rows of every table, restricted or not, as committed."""
    with as_role("audit") as connection, connection.cursor(row_factory=dict_row) as cursor:
        return {model._meta.label: _rows(cursor, model._meta.db_table) for model in apps.get_models()}


def _rows(cursor: "psycopg.Cursor[dict[str, Any]]", table: str) -> list[dict[str, Any]]:
    return cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()


@pytest.fixture
def begun(cast: Any, monkeypatch: pytest.MonkeyPatch, at: datetime) -> Begun:
    """Return what writes a history into tables that hold the cast alone, under the history's versions."""

    def begin(history: History) -> policy.Versions:
        held = versions(history)
        empty_tables()
        rows.cast(at, lambda: None)
        monkeypatch.setattr(commitment, "_versions", lambda _: held)
        memberships = Membership.objects.select_related("site__repairer").filter(user__email__in=COUNTERS)
        write(history, list(memberships.order_by("user__email", "id")))
        return held

    return begin
