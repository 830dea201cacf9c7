"""The tables' rows as the superuser sees them: kept, put back, emptied. A test begins with what another has made."""

import shutil
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from gardien.portal.embedded import SUPERUSER
from tests.environment import CLUSTER, HOME

KEPT_TABLES = ["django_migrations", "django_content_type", "auth_permission"]
FRESH = timedelta(minutes=30)

_cast: dict[str, Any] = {}
_session: list["psycopg.Connection[Any]"] = []


def empty_tables() -> None:
    """Delete the rows that tests made, for few rows quicker than TRUNCATE, which makes files; and the ledger's lines."""
    _superuser().execute("SELECT pg_temp.empty()")
    shutil.rmtree(HOME / "ledger", ignore_errors=True)


def cast(at: datetime, load: Any) -> Any:
    """Return what `load()` made: by calling it, or by copying back the rows that it made within the last half hour."""
    if _cast and timedelta() <= at - _cast["at"] < FRESH and _superuser() is _cast["kept_in"]:
        _superuser().execute("SELECT pg_temp.put_back()")
    else:
        made = load()
        _cast.update(at=at, made=made, kept_in=_keep())
    return _cast["made"]


def _superuser() -> "psycopg.Connection[Any]":
    """Return the superuser's one session, without triggers: what it plans and keeps in temporary tables lasts with it."""
    if not _session or _session[0].closed:
        options = "-c session_replication_role=replica"
        _session[:] = [psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien"), options=options, autocommit=True)]
        _define("empty", [f'DELETE FROM "{table}"' for table in _tables()])
    return _session[0]


def _keep() -> "psycopg.Connection[Any]":
    """Copy all rows into temporary tables, and return the session that has them."""
    for table in _tables():
        _superuser().execute(f'DROP TABLE IF EXISTS pg_temp."kept_{table}"')
        _superuser().execute(f'CREATE TEMPORARY TABLE "kept_{table}" AS TABLE "{table}"')
    filled = [table for table in _tables() if _superuser().execute(f'SELECT FROM "kept_{table}" LIMIT 1').rowcount]
    _define("put_back", [f'INSERT INTO "{table}" TABLE "kept_{table}"' for table in filled])
    return _superuser()


def taken_out() -> list[tuple[str, bytes]]:
    """Return the rows of each table that has any, in COPY's format."""
    found = []
    for table in _tables():
        with _superuser().cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            found.append((table, b"".join(copy)))
    return [(table, rows) for table, rows in found if rows]


def put_back(rows: list[tuple[str, bytes]]) -> None:
    """Copy back what `taken_out` gave, into empty tables."""
    for table, lines in rows:
        with _superuser().cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            copy.write(lines)


def _define(name: str, statements: list[str]) -> None:
    """Have the session run the statements by one call of `pg_temp.NAME()`, planned once."""
    body = sql.Literal(f"BEGIN {'; '.join(statements)}; END")
    function = sql.SQL("CREATE OR REPLACE FUNCTION pg_temp.{}() RETURNS void LANGUAGE plpgsql AS {}")
    _superuser().execute(function.format(sql.Identifier(name), body))


def _tables() -> list[str]:
    names = _superuser().execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [KEPT_TABLES]
    )
    return [name for (name,) in names.fetchall()]
