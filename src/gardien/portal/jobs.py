"""Jobs that keep the queue itself going."""

from contextlib import suppress
from datetime import timedelta

from django.db.models import Max, Q
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from gardien.base import clock, jobs

MAX_AGE = timedelta(seconds=30)
"""No task runs longer. One that does was left behind: its worker was killed, or lost the database before the end."""


@app.periodic(cron="* * * * * */15")
@app.task(name="portal.retry_stalled", queueing_lock="portal.retry_stalled", retry=jobs.RETRY)
async def retry_stalled(timestamp: int) -> None:
    """Queue again each job that was left behind; tasks have one effect however often they run. Every 15 seconds."""
    del timestamp
    at = clock.now()
    started = Max("procrastinateevent__at", filter=Q(procrastinateevent__type="started"))
    doing = ProcrastinateJob.objects.filter(status="doing").annotate(started_at=started)
    async for job in doing.filter(started_at__lt=at - MAX_AGE):
        with suppress(ConnectorException):  # it has ended meanwhile
            await app.job_manager.retry_job_by_id_async(job_id=job.id, retry_at=at)
