"""The disk after a run: what the server vacuumed, with nobody who does it unasked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.portal.embedded import SUPERUSER
from gardien.retention import actions, queries
from gardien.retention.models import Run
from tests.environment import CLUSTER
from tests.roles import swept_by

BY = Actor.program("sweep")
Server = psycopg.Connection[Any]


@contextmanager
def unattended() -> Iterator[Server]:
    """Give the superuser's session to a server that vacuums nothing of its own accord meanwhile."""
    with psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien"), autocommit=True) as server:
        server.execute("ALTER SYSTEM SET autovacuum = off")
        server.execute("SELECT pg_reload_conf()")
        try:
            server.execute("VACUUM")
            yield server
        finally:
            server.execute("ALTER SYSTEM RESET autovacuum")
            server.execute("SELECT pg_reload_conf()")


def swept() -> Run:
    """Sweep and report, as the command does."""
    at = clock.now()
    with swept_by():
        witness = queries.Witness()
        run = actions.sweep(as_of=at, by=BY, at=at, sees=witness.sees)
        ended_at = clock.now()
        return actions.conclude(run_id=run.id, reports=queries.reports(run, witness, {}, ended_at), by=BY, at=ended_at)


def tables(server: Server) -> set[str]:
    """Return the names of all tables."""
    return {
        name for (name,) in server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    }
