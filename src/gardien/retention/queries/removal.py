"""When what a run deleted is gone from the disks: from tables, from the log of the database, from backups.

A deleted row is out of reach of every query at once, but its bytes are not: a vacuum frees its space, which is
overwritten when the space is needed; the log is kept until it is recycled; a backup until its time is over.
"""

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

_TABLES = """
    SELECT relname, greatest(last_vacuum, last_autovacuum), n_dead_tup FROM pg_stat_user_tables
    WHERE schemaname = 'public' AND relname = ANY (%s) ORDER BY relname"""
_LOG = """
    SELECT (SELECT checkpoint_time FROM pg_control_checkpoint()), current_setting('archive_mode') <> 'off',
        (SELECT count(*) FROM pg_replication_slots), current_setting('wal_keep_size'),
        current_setting('max_wal_size')"""


def removal(ended_at: datetime, at: datetime) -> dict[str, Any]:
    """Return for a run that ended at `ended_at` what is known at `at`, for JSON: days and instants are ISO, or null.

    `freed_at` is when the last of the tables that hold personal columns was vacuumed after the run, null while one was
    not. `checkpoint_at` is of the latest checkpoint after it: the server needs the run's log no more once there was
    one. `backups.until` is the instant at which the last backup that was begun before the run ended must be removed.
    """
    return {
        "ended_at": ended_at.isoformat(),
        "asked_at": at.isoformat(),
        "tables": _tables(ended_at),
        "log": _log(ended_at),
        "backups": _backups(ended_at, at),
        "not_known": list(NOT_KNOWN),
    }


def _tables(ended_at: datetime) -> dict[str, Any]:
    places = {each.place for each in registry.holdings() if clocks.is_table(each.place)}
    names = sorted(clocks.model(place)._meta.db_table for place in places)
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [names])
        rows = cursor.fetchall()
    since = {name: vacuumed for name, vacuumed, _ in rows if vacuumed and vacuumed > ended_at}
    is_whole = len(since) == len(names)
    return {
        "count": len(names),
        "vacuumed": len(since),
        "dead_rows": {name: dead for name, _, dead in rows if dead},
        "freed_at": max(since.values()).isoformat() if is_whole and since else None,
    }


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
