"""The night's sweep: when it is due, whether one is missing, and the process in which it runs."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

from django.db.migrations.recorder import MigrationRecorder

from gardien.base import clock
from gardien.portal import stack
from gardien.retention import queries as retention
from gardien.retention.rules import LONGEST_RUN, Figure

HOUR = time(2, 30)
"""In Paris, whatever the season. Where the clock leaps over it, the same instant is called 03:30; of two, the first."""
MISSING = "Last night's sweep is missing. Read the worker's log, or run: gardien sweep"
OVERDUE = "Overdue after the last sweep: {}. See: gardien sweep --dry-run"
UNTIDIED = "Not tidied after the last sweep: {}. The next one tries again."
TIMED_OUT = 124
"""The status of a sweep that was ended so, as the command `timeout` gives it."""


def last_due(at: datetime) -> datetime:
    """Return the latest instant, in UTC, at which a night's sweep was due."""
    today = clock.legal_day(at)
    due = _due(today)
    return due if due <= at else _due(today - timedelta(days=1))


def is_due(at: datetime) -> bool:
    """Say whether no sweep has ended that began since the last hour at which one was due."""
    last = retention.last_run()
    return last is None or min(last.as_of, last.started_at) < last_due(at)


def notices(at: datetime) -> list[str]:
    """Return what whoever looks after the portal should know of its nights; nothing before the first one is over."""
    last = retention.last_run()
    is_missed = retention.is_night_missed(at) and (last is not None or _installed_at() < last_due(at))
    late = sum(Figure(**each).overdue for each in last.figures) if last else 0
    untidied = ", ".join(last.untidied) if last else ""
    told = {MISSING: is_missed, OVERDUE.format(late): late, UNTIDIED.format(untidied): untidied}
    return [sentence for sentence, is_so in told.items() if is_so]


def sweep() -> int:
    """Run `gardien sweep` in a process of its own, which takes the role that may delete; return its exit status.

    Its figures lie in the database, so what it prints is not kept; its log lines join the caller's.
    """
    command = [*stack.tied(), sys.executable, "-m", "gardien.portal.cli", "sweep"]
    try:
        run = subprocess.run(command, stdout=subprocess.DEVNULL, timeout=LONGEST_RUN.total_seconds(), check=False)
    except subprocess.TimeoutExpired:
        return TIMED_OUT
    return run.returncode


def _installed_at() -> datetime:
    """Return since when there are tables of which a sweep could take something back."""
    applied: datetime = MigrationRecorder.Migration.objects.filter(app="retention").earliest("applied").applied
    return applied


def _due(day: date) -> datetime:
    return datetime.combine(day, HOUR, clock.PARIS).astimezone(UTC)
