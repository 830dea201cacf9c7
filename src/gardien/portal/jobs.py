"""Jobs that keep the queue itself going, and the one that starts the night's sweep."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Max, Q
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from gardien.base import clock, jobs
from gardien.portal import nightly
from gardien.retention.rules import LONGEST_RUN

log = logging.getLogger(__name__)

HEARTBEAT = timedelta(seconds=5)
GONE_AFTER = timedelta(seconds=15)
"""A worker that was silent for three heartbeats is gone, and what it was doing with it."""
MOST_TIMES_LEFT = 5
"""A job that was left behind so often kills its workers: it is stopped, and `gardien jobs list` shows it."""
APART = timedelta(seconds=10)
"""Jobs of one dead worker start again this far apart, so that the one which killed it does so alone."""


@app.periodic(cron="* * * * * */15")
@jobs.task("portal.retry_stalled", max_age=timedelta(seconds=30), queueing_lock="portal.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Queue again each job that was left behind; tasks have one effect however often they run. Every 15 seconds.

    Each time a job falls one rank behind all that was never left, and its rank says how often it was.
    """
    del timestamp
    at = clock.now()
    started = Max("procrastinateevent__at", filter=Q(procrastinateevent__type="started"))
    doing = ProcrastinateJob.objects.filter(status="doing").annotate(started_at=started).select_related("worker")
    left = [job async for job in doing.order_by("-priority", "id") if is_left_behind(job, at)]
    for place, job in enumerate(left):
        with suppress(ConnectorException):  # it has ended meanwhile
            await _again(job, at + place * APART)


@app.periodic(cron="*/10 * * * *")
@jobs.task("portal.sweep", max_age=LONGEST_RUN + HEARTBEAT, lock="portal.sweep", queueing_lock="portal.sweep")
def sweep(timestamp: int) -> None:
    """Sweep, if no sweep has ended since the last night's hour: every ten minutes, and as soon as a worker is up.

    One at a time. A sweep that ends badly leaves no run that has ended, so the next look starts it again.
    """
    del timestamp
    if nightly.is_due(clock.now()) and (status := nightly.sweep()):
        log.error("The sweep ended badly. See: gardien check", extra={"task": "portal.sweep", "status_code": status})


def is_left_behind(job: ProcrastinateJob, at: datetime) -> bool:
    """Say whether nobody does this job any more: its worker is gone, or it is older than its task can be.

    `started_at` must be annotated. The second happens under a worker that lives when the end of a job could not be
    written because the database was away.
    """
    worker = job.worker
    is_gone = worker is None or worker.last_heartbeat < at - GONE_AFTER
    return is_gone or job.started_at < at - jobs.max_age(job.task_name)  # type: ignore[attr-defined]


async def _again(job: ProcrastinateJob, at: datetime) -> None:
    if -job.priority < MOST_TIMES_LEFT:
        await app.job_manager.retry_job_by_id_async(job_id=job.id, retry_at=at, priority=job.priority - 1)
        return
    await app.job_manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=False)
    log.error("A job was stopped: its workers died of it. See: gardien jobs list", extra={"task": job.task_name})
