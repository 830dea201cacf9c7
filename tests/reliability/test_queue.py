"""A job whose worker was killed is run again; one that still runs is left alone."""

import asyncio
from uuid import UUID

import pytest

from gardien.base import ids, jobs
from gardien.portal.jobs import retry_stalled
from tests.conftest import as_role

pytestmark = pytest.mark.usefixtures("committed")
STATES = "SELECT args->>'quote', status::text, attempts FROM procrastinate_jobs ORDER BY id"


def started(seconds: float | None) -> UUID:
    """Queue a job, and have it look as a worker started it so many seconds ago; None leaves it waiting."""
    quote = ids.new()
    jobs.defer("quotes.verify", tenant=ids.new(), quote=quote)
    if seconds is not None:
        with as_role("app") as connection:
            job = connection.execute("SELECT id FROM procrastinate_jobs WHERE args->>'quote' = %s", [str(quote)])
            (number,) = job.fetchone() or (0,)
            connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
            connection.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(secs => %s) "
                "WHERE job_id = %s AND type = 'started'",
                [seconds, number],
            )
    return quote


def test_a_job_left_behind_is_queued_again_and_a_running_one_is_not() -> None:
    waiting, running, left = started(None), started(5), started(31)
    asyncio.run(retry_stalled(0))
    with as_role("audit") as connection:
        found = connection.execute(STATES).fetchall()
    assert found == [(str(waiting), "todo", 0), (str(running), "doing", 0), (str(left), "todo", 1)]
