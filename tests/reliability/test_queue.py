"""A job whose worker is gone is run again, one that still runs is left alone, and one that kills workers is stopped."""

import asyncio
import sys
import time
from uuid import UUID

import pytest

from gardien.base import ids, jobs
from gardien.portal import cli, queue, stack
from gardien.portal import jobs as keeping
from gardien.portal.jobs import retry_stalled
from tests.conftest import as_role
from tests.reliability import poison

pytestmark = pytest.mark.usefixtures("committed")
STATES = "SELECT args->>'quote', status::text, attempts, priority FROM procrastinate_jobs ORDER BY id"
NOW, GONE = 0, 16


def started(seconds: float | None, heartbeat: float | None = NOW, task: str = "quotes.verify", rank: int = 0) -> UUID:
    """Queue a job, and have it look as a worker started it so many seconds ago; None leaves it waiting.

    The worker's last heartbeat was so many seconds ago; None: it is forgotten.
    """
    quote = ids.new()
    jobs.app.configure_task(task).defer(tenant=str(ids.new()), quote=str(quote))
    if seconds is None:
        return quote
    with as_role("app") as connection:
        job = connection.execute("SELECT id FROM procrastinate_jobs WHERE args->>'quote' = %s", [str(quote)])
        (number,) = job.fetchone() or (0,)
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', priority = %s WHERE id = %s", [rank, number]
        )
        connection.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(secs => %s) "
            "WHERE job_id = %s AND type = 'started'",
            [seconds, number],
        )
        if heartbeat is not None:
            connection.execute(
                "WITH w AS (INSERT INTO procrastinate_workers (last_heartbeat) "
                "VALUES (now() - make_interval(secs => %s)) RETURNING id) "
                "UPDATE procrastinate_jobs SET worker_id = (SELECT id FROM w) WHERE id = %s",
                [heartbeat, number],
            )
    return quote


def states() -> list[tuple[object, ...]]:
    with as_role("audit") as connection:
        return connection.execute(STATES).fetchall()


def test_a_job_left_behind_is_queued_again_and_a_running_one_is_not() -> None:
    waiting, running = started(None), started(5)
    orphan, forgotten, endless = started(5, GONE), started(5, None), started(61)
    asyncio.run(retry_stalled(0))
    left = [(str(quote), "todo", 1, -1) for quote in (orphan, forgotten, endless)]
    assert states() == [(str(waiting), "todo", 0, 0), (str(running), "doing", 0, 0), *left]


def test_each_task_has_an_age_of_its_own() -> None:
    young, old = started(200, task="messaging.send"), started(241, task="messaging.send")
    asyncio.run(retry_stalled(0))
    assert states() == [(str(young), "doing", 0, 0), (str(old), "todo", 1, -1)]


def test_jobs_of_one_dead_worker_start_again_apart_from_each_other() -> None:
    first, second = started(5, GONE), started(5, GONE)
    asyncio.run(retry_stalled(0))
    with as_role("audit") as connection:
        times = dict(connection.execute("SELECT args->>'quote', scheduled_at FROM procrastinate_jobs").fetchall())
    assert times[str(second)] - times[str(first)] == keeping.APART


def test_a_job_that_was_left_too_often_is_stopped_alone_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    poisoned = started(5, GONE, rank=-keeping.MOST_TIMES_LEFT)
    other = started(5, GONE, rank=1 - keeping.MOST_TIMES_LEFT)
    asyncio.run(retry_stalled(0))
    assert states() == [(str(poisoned), "failed", 1, -5), (str(other), "todo", 1, -5)]
    (stopped,) = queue.stopped()
    assert cli.main(["jobs", "list"]) == 1
    shown = capsys.readouterr().out
    assert f"{stopped.number}  quotes.verify  started 1 times" in shown
    assert "gardien jobs retry NUMBER" in shown
    assert str(poisoned) not in shown
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out == "Stopped jobs: 1. See: gardien jobs list\nok\n"
    assert cli.main(["jobs", "retry", str(stopped.number)]) == 0
    assert states()[0] == (str(poisoned), "todo", 2, 0)
    assert cli.main(["jobs", "retry", str(stopped.number)]) == 1
    assert cli.main(["jobs", "list"]) == 0


def test_a_job_that_kills_its_workers_is_stopped_and_the_others_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real workers die of it; the waits are shortened here, the worker's own sweeper has its usual ones."""
    _survive_poison(monkeypatch, times=1, gone=2)


@pytest.mark.soak
def test_a_job_that_kills_its_workers_is_stopped_by_the_workers_own_sweeper() -> None:
    _survive_poison(None, times=keeping.MOST_TIMES_LEFT, gone=0)


def _survive_poison(monkeypatch: pytest.MonkeyPatch | None, *, times: int, gone: float) -> None:
    if monkeypatch:
        monkeypatch.setattr(keeping, "MOST_TIMES_LEFT", times)
        monkeypatch.setattr(keeping, "GONE_AFTER", keeping.timedelta(seconds=gone))
    poison.kill.defer()
    for _ in range(20):
        poison.do_nothing.defer()
    begun, deaths = time.monotonic(), 0
    with stack.running(["-m", "tests.reliability.poison"]) as (child,):
        pid = child.process.pid
        while (deaths <= times or not _is_settled()) and time.monotonic() < begun + 400:
            deaths, pid = deaths + (child.process.pid != pid), child.process.pid
            if monkeypatch:
                asyncio.run(retry_stalled(0))
            time.sleep(0.5)
    with as_role("audit") as connection:
        left = connection.execute(
            "SELECT task_name, status::text, -priority FROM procrastinate_jobs WHERE task_name LIKE 'tests.%%'"
        )
        assert left.fetchall() == [("tests.poison", "failed", times)]
    print(f"stopped after {deaths} deaths in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    assert deaths == times + 1


def _is_settled() -> bool:
    with as_role("audit") as connection:
        left = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'tests.%%' AND status <> 'failed'"
        )
        return left.fetchone() == (0,)
