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

from gardien.base.actor import Actor
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.network.models import Membership, Repairer
from gardien.retention import actions, queries
from tests import rows
from tests.conftest import as_role
from tests.roles import swept_by
from tests.rows import empty_tables

from .histories import History, versions
from .judged import Judge
from .model import Rows, World
from .written import write

Begun = Callable[[History], policy.Versions]
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
MANY = settings(FEW, max_examples=300, derandomize=False)
COUNTERS = ("counter.adviser@canal.example", "counter.adviser@tilleul.example")


def seen() -> Rows:
    """Return the rows of every table, restricted or not, as committed."""
    with as_role("audit") as connection, connection.cursor(row_factory=dict_row) as cursor:
        return {model._meta.label: _rows(cursor, model._meta.db_table) for model in apps.get_models()}


def _rows(cursor: "psycopg.Cursor[dict[str, Any]]", table: str) -> list[dict[str, Any]]:
    return cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()


def ids_of(rows: list[dict[str, Any]]) -> set[Any]:
    """Return the keys of rows, where a table has such."""
    return {row["id"] for row in rows if "id" in row}


def judge(versions: policy.Versions, as_of: datetime) -> Judge:
    """Return the slow model of what the tables hold now."""
    return Judge(World(seen(), versions), as_of, set(Repairer.objects.values_list("id", flat=True)))


def swept(as_of: datetime) -> dict[str, dict[str, Any]]:
    """Sweep as the sweep's own role, and return each clause's figure."""
    with swept_by():
        run = actions.sweep(as_of=as_of, by=Actor.program("sweep"), at=as_of)
    return {figure["id"]: figure for figure in run.figures}


def counted(as_of: datetime) -> dict[str, dict[str, Any]]:
    """Return each clause's figure as a dry run tells it."""
    with swept_by():
        return {
            figure.id: figure.as_dict()
            for figure in queries.added_up(each.figures for each in queries.measured(as_of).values())
        }


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
