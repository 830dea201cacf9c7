"""The night's sweep: at half past two in Paris whatever the season, once, and caught up when it was missed."""

import os
import re
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import clock, scope
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.portal import cli, jobs, nightly, stack
from gardien.retention import queries
from gardien.retention.models import Run
from gardien.retention.rules import Figure
from tests import scene
from tests.conftest import as_role

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-29T01:29", "2026-11-28T01:30"),
        ("2026-11-29T01:30", "2026-11-29T01:30"),
        ("2026-11-29T23:59", "2026-11-29T01:30"),
        ("2026-07-14T00:29", "2026-07-13T00:30"),
        ("2026-07-14T00:30", "2026-07-14T00:30"),
        # In March 02:30 does not exist: the instant is the one at which it would have been.
        ("2027-03-28T01:29", "2027-03-27T01:30"),
        ("2027-03-28T01:30", "2027-03-28T01:30"),
        ("2027-03-29T00:30", "2027-03-29T00:30"),
        # In October it comes twice, and counts once.
        ("2026-10-25T00:30", "2026-10-25T00:30"),
        ("2026-10-25T01:30", "2026-10-25T00:30"),
        ("2026-10-26T01:29", "2026-10-25T00:30"),
        ("2026-10-26T01:30", "2026-10-26T01:30"),
    ],
)
def test_a_sweep_is_due_at_half_past_two_in_paris_summer_and_winter(at: str, due: str) -> None:
    assert nightly.last_due(utc(at)) == utc(due)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_last_hour_is_never_to_come_and_never_older_than_a_night(at: datetime) -> None:
    due = nightly.last_due(at)
    assert timedelta(0) <= at - due < timedelta(hours=25)
    assert nightly.last_due(due) == due
    assert nightly.last_due(due - MINUTE) < due
    assert due.astimezone(PARIS).date() in {at.astimezone(PARIS).date() - timedelta(days=n) for n in (0, 1)}


def test_there_is_one_sweep_for_each_day_of_ten_years() -> None:
    day, found = datetime(2026, 1, 1, 12, tzinfo=UTC), []
    for _ in range(3653):
        found.append(nightly.last_due(day).astimezone(PARIS).date())
        day += timedelta(days=1)
    assert found == [date(2026, 1, 1) + timedelta(days=number) for number in range(3653)]


def night(begun: datetime, *, ended: bool = True, as_of: datetime | None = None, overdue: int = 0) -> Run:
    """Leave a run that began at an instant."""
    figures = [Figure("client.retention.quotes", overdue=overdue).as_dict()]
    ended_at = begun + MINUTE if ended else None
    return Run.objects.create(as_of=as_of or begun, started_at=begun, ended_at=ended_at, figures=figures)


@pytest.mark.usefixtures("committed")
def test_a_sweep_is_due_until_one_has_ended_that_began_since_the_last_hour() -> None:
    at = utc("2026-11-29T12:00")
    due = nightly.last_due(at)
    assert nightly.is_due(at)
    night(due - MINUTE)
    assert nightly.is_due(at)
    night(due, ended=False)
    assert nightly.is_due(at)
    night(due + MINUTE, as_of=due - timedelta(days=30))
    assert nightly.is_due(at), "it was of a month ago"
    night(due + 2 * MINUTE)
    assert not nightly.is_due(at)
    assert nightly.is_due(at + timedelta(days=1))


@pytest.mark.usefixtures("committed")
def test_nothing_is_started_where_the_nights_sweep_has_ended() -> None:
    night(clock.now())
    jobs.sweep(0)
    assert Run.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_check_tells_of_a_missing_night_and_of_what_is_overdue(capsys: pytest.CaptureFixture[str]) -> None:
    at = clock.now()
    night(at - timedelta(days=3), overdue=2)
    assert nightly.notices(at) == [nightly.MISSING, nightly.OVERDUE.format(2)]
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out.splitlines() == [*nightly.notices(at), "ok"]
    night(at)
    assert nightly.notices(at) == []


@pytest.mark.usefixtures("committed")
def test_an_installation_whose_first_night_is_to_come_has_missed_none() -> None:
    at = clock.now()
    assert nightly.notices(at) == []
    assert nightly.notices(at + timedelta(days=2)) == [nightly.MISSING]


@pytest.mark.usefixtures("committed")
def test_a_sweep_that_cannot_start_is_told_in_the_log_and_leaves_the_night_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GARDIEN_KEYS", str(tmp_path))
    jobs.sweep(0)
    assert [(record.levelname, record.msg) for record in caplog.records] == [
        ("ERROR", "The sweep ended badly. See: gardien check")
    ]
    assert (nightly.is_due(clock.now()), capfd.readouterr().out) == (True, "")


@pytest.mark.usefixtures("committed")
def test_a_sweep_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "LONGEST_RUN", timedelta(seconds=0.3))
    begun = time.monotonic()
    assert nightly.sweep() == nightly.TIMED_OUT
    assert time.monotonic() - begun < 30
    assert nightly.is_due(clock.now())


def test_a_worker_that_comes_up_makes_up_for_the_night_once(cast: SimpleNamespace, sign_in: Any, at: datetime) -> None:
    """Real processes: the worker starts the sweep, which takes back who is due, as a role that may; the page tells it."""
    adviser = cast.membership("counter.adviser@tilleul.example")
    with scope.entered(network.controller(adviser)):
        gone = scene.customer(adviser, at - timedelta(days=3 * 365))
        kept = scene.customer(adviser, at, plate="AA-123-AA")
    with stack.running(stack.worker_arguments()):
        until = time.monotonic() + 120
        while nightly.is_due(clock.now()) and time.monotonic() < until:
            time.sleep(0.5)
        jobs.sweep.defer(timestamp=0)
        while _unfinished() and time.monotonic() < until:
            time.sleep(0.5)
    with scope.entered(network.controller(adviser)):
        assert [each.id for each in Customer.objects.filter(id__in=(gone.id, kept.id))] == [kept.id]
        outlook = queries.outlook()
    assert outlook is not None
    done = {figure["id"]: figure["done"] for figure in outlook.figures}
    assert (done["client.retention.quotes"], Run.objects.count()) == (1, 1)
    assert _unfinished() == []
    told = sign_in("site.manager@tilleul.example").get("/echeances/").text.partition('id="nights"')[2]
    assert "traités\u00a0: 1 · en retard\u00a0: 0" in told
    answers = re.findall(r"<dt>.*?</dt><dd>(.*?)</dd>", told.partition("</details>")[0])
    assert len(answers) == 4
    assert "late" not in " ".join(answers)


def _unfinished() -> list[str]:
    with as_role("audit") as connection:
        found = connection.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'portal.sweep'")
        return [status for (status,) in found]


@pytest.mark.parametrize(("role", "user"), [("app", "gardien_app"), ("sweep", "gardien_sweep")])
def test_an_external_database_is_entered_by_the_address_of_the_role(role: str, user: str) -> None:
    urls = {
        name: f"postgresql://{who}@db.example/gardien"
        for name, who in (("DATABASE_URL", "gardien_app"), ("GARDIEN_SWEEP_DATABASE_URL", "gardien_sweep"))
    }
    script = "from gardien.portal import settings as s; print(*{each['USER'] for each in s.DATABASES.values()})"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "GARDIEN_DATABASE_ROLE": role, **urls}
    told = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [user]
