"""The job queue, as whoever runs the portal sees it: identifiers, numbers and instants, no arguments."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from gardien.base import clock

STOPPED = ("failed", "aborted")


class NotStoppedError(LookupError):
    """No job of this number has stopped."""


@dataclass(frozen=True)
class Stopped:
    """A job that ran as often as it may, and will not run again by itself."""

    number: int
    task: str
    attempts: int
    stopped_at: datetime


def stopped() -> list[Stopped]:
    """Return the jobs that have stopped, the latest first."""
    jobs = ProcrastinateJob.objects.filter(status__in=STOPPED).annotate(stopped_at=Max("procrastinateevent__at"))
    return [Stopped(job.id, job.task_name, job.attempts, job.stopped_at) for job in jobs.order_by("-stopped_at", "-id")]


def counts() -> dict[str, int]:
    """Return how many jobs wait (`todo`), run (`doing`) and have stopped (`failed`, `aborted`)."""
    found = dict(ProcrastinateJob.objects.values_list("status").annotate(Count("id")))
    return {status: found.get(status, 0) for status in ("todo", "doing", *STOPPED)}


def retry(number: int) -> None:
    """Queue a stopped job again, with a clean record; raise `NotStoppedError`."""
    if not ProcrastinateJob.objects.filter(id=number, status="failed").exists():
        raise NotStoppedError
    app.job_manager.retry_job_by_id(job_id=number, retry_at=clock.now(), priority=0)
