"""The runs of the sweep, and whether one is missing."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ..models import Outlook, Run

A_NIGHT = timedelta(hours=26)
"""Runs are nightly; the night on which clocks are set back has an hour more, and a run takes some time."""


def runs() -> QuerySet[Run]:
    """Return the runs that came to their end, the latest first."""
    return Run.objects.filter(ended_at__isnull=False).order_by("-started_at")


def last_run() -> Run | None:
    """Return the latest run that came to its end."""
    return runs().first()


def is_night_missed(at: datetime) -> bool:
    """Say whether no run that began within the last night came to its end."""
    last = last_run()
    return last is None or last.started_at < at - A_NIGHT


def begun(most: int) -> list[Run]:
    """Return the last runs, the latest first, those that run or were cut short included."""
    return list(Run.objects.order_by("-started_at")[:most])


def outlook() -> Outlook | None:
    """Return what the last run did for the present controller and what it saw coming, None before the first one."""
    return Outlook.objects.first()
