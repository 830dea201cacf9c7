"""Jobs of the network."""

from datetime import timedelta

from procrastinate.contrib.django import app

from gardien.base import clock, jobs
from gardien.base.actor import Actor

from . import actions

BY = Actor.program("network.forget_attempts")


@app.periodic(cron="20 3 * * *")
@jobs.task("network.forget_attempts", max_age=timedelta(minutes=5), queueing_lock="network.forget_attempts")
def forget_attempts(timestamp: int) -> None:
    """Forget failed attempts whose time in the security log is over. Once a night."""
    del timestamp
    actions.forget_attempts(by=BY, at=clock.now())
