"""When what a run deleted is gone from the disks: from tables, from the log of the database, from backups.

A deleted row is out of reach of every query at once, but its bytes are not: a vacuum frees its space, which is
overwritten when the space is needed; the log is kept until it is recycled; a backup until its time is over.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

from gardien.commitment.registry import registry

from . import backups, clocks

NOT_KNOWN: Final = (
    "When the space that a vacuum freed was overwritten: only a rewrite of the table (VACUUM FULL) does it at once.",
    "When a recycled file of the log was overwritten: the server does not tell the sweep's role which files it has.",
    "What replicas, archives of the log, snapshots of disks and copies of backups keep: they are not the portal's.",
)

_FLUSH = "SELECT pg_stat_force_next_flush()"
"""The server counts a session's dead rows a second later else."""
_DEAD = """
    SELECT relname, n_dead_tup FROM pg_stat_user_tables
    WHERE schemaname = 'public' AND relname = ANY (%s) AND n_dead_tup > 0 ORDER BY relname"""
_VACUUMED = """
    SELECT relname, greatest(last_vacuum, last_autovacuum) FROM pg_stat_user_tables
    WHERE schemaname = 'public' AND relname = ANY (%s) AND greatest(last_vacuum, last_autovacuum) > %s"""
_LOG = """
    SELECT (SELECT checkpoint_time FROM pg_control_checkpoint()), current_setting('archive_mode') <> 'off',
        (SELECT count(*) FROM pg_replication_slots), current_setting('wal_keep_size'),
        current_setting('max_wal_size')"""


def removal(at: datetime) -> dict[str, Any]:
    """Return for a run that ends at `at` what is known of it then, for JSON: days and instants are ISO, or null.

    `dead_rows` are the tables with personal columns in which deleted rows lay at the end, those of others and of
    earlier runs too. `freed_at` is when the last of these was vacuumed since, null while one was not. `checkpoint_at`
    is of the latest checkpoint after the run: the server needs its log no more once there was one. `backups.until` is
    the instant at which the last backup that was begun before the run ended must be removed. Call it outside a
    transaction.
    """
    places = {each.place for each in registry.holdings() if clocks.is_table(each.place)}
    names = sorted(clocks.model(place)._meta.db_table for place in places)
    with connection.cursor() as cursor:
        cursor.execute(_FLUSH)
        cursor.execute(_DEAD, [names])
        dead = dict(cursor.fetchall())
    return _report(at, at, {"dead_rows": dead, "freed_at": None if dead else at.isoformat()})


def reckoned(report: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return a run's report as of `at`: what was not gone at its end may be by now."""
    ended_at, tables = datetime.fromisoformat(report["ended_at"]), dict(report["tables"])
    tables["freed_at"] = tables["freed_at"] or _freed_at(list(tables["dead_rows"]), ended_at)
    return _report(ended_at, at, tables)


def _report(ended_at: datetime, at: datetime, tables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ended_at": ended_at.isoformat(),
        "asked_at": at.isoformat(),
        "tables": tables,
        "log": _log(ended_at),
        "backups": _backups(ended_at, at),
        "not_known": list(NOT_KNOWN),
    }


def _freed_at(names: list[str], ended_at: datetime) -> str | None:
    """Return when the last of these tables was vacuumed after a run, none while one was not."""
    with connection.cursor() as cursor:
        cursor.execute(_VACUUMED, [names, ended_at])
        since = dict(cursor.fetchall())
    return max(since.values()).isoformat() if since.keys() == set(names) else None


def _log(ended_at: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(_LOG)
        checkpoint_at, is_archived, slots, kept, most = cursor.fetchone()
    return {
        "checkpoint_at": checkpoint_at.isoformat() if checkpoint_at > ended_at else None,
        "is_archived": is_archived,
        "replication_slots": slots,
        "kept_size": kept,
        "most_size": most,
    }


def _backups(ended_at: datetime, at: datetime) -> dict[str, Any]:
    holding = list(backups.kept().filter(made_at__lte=ended_at))
    until = backups.until(holding[-1].made_at, at) if holding else None
    return {"count": len(holding), "until": until.isoformat() if until else None}
