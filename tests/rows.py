"""The tables' rows as the superuser sees them: taken out, put back, emptied. A test begins with what another has made."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from gardien.portal.embedded import SUPERUSER
from tests.environment import CLUSTER

KEPT_TABLES = ["django_migrations", "django_content_type", "auth_permission"]
FRESH = timedelta(minutes=30)

_cast: dict[str, Any] = {}


def connected() -> "psycopg.Connection[Any]":
    """Connect as the superuser, without triggers and without waiting for the disk: the portal’s next commit waits for it."""
    options = "-c session_replication_role=replica -c synchronous_commit=off"
    return psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien"), options=options)


def empty_tables() -> None:
    """Delete the rows that tests made: for few rows quicker than TRUNCATE, which makes files."""
    with connected() as connection:
        connection.execute(sql.SQL(";").join(sql.SQL("DELETE FROM {}").format(table) for table in _tables(connection)))


def cast(at: datetime, load: Any) -> Any:
    """Return what `load()` made: by calling it, or by copying back the rows that it made within the last half hour."""
    if _cast and timedelta() <= at - _cast["at"] < FRESH:
        put_back(_cast["rows"])
    else:
        made = load()
        _cast.update(at=at, made=made, rows=taken_out())
    return _cast["made"]


def put_back(rows: list[tuple[sql.Identifier, bytes]]) -> None:
    """Copy back what `taken_out` gave, into empty tables."""
    with connected() as connection:
        for table, lines in rows:
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                copy.write(lines)


def taken_out() -> list[tuple[sql.Identifier, bytes]]:
    """Return the rows of each table that has any."""
    with connected() as connection:
        found = []
        for table in _tables(connection):
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as copy:
                found.append((table, b"".join(copy)))
    return [(table, rows) for table, rows in found if rows]


def _tables(connection: "psycopg.Connection[Any]") -> list[sql.Identifier]:
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [KEPT_TABLES]
    )
    return [sql.Identifier(name) for (name,) in names.fetchall()]
