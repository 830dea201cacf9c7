"""A worker with two tasks more: one that kills it, one that does nothing. Run as a program, it is that worker."""

import os
import signal
import sys
from datetime import timedelta

from gardien.portal import boot

boot.load()

from procrastinate.contrib.django import app  # noqa: E402 -- Django is loaded by now

from gardien.base import jobs  # noqa: E402
from gardien.portal import cli  # noqa: E402


@jobs.task("tests.poison", max_age=timedelta(seconds=30))
def kill() -> None:
    """Die as of a fault in a library."""
    os.kill(os.getpid(), signal.SIGKILL)


@jobs.task("tests.harmless", max_age=timedelta(seconds=30))
def do_nothing() -> None:
    """Succeed."""


if __name__ == "__main__":
    app.worker_defaults["fetch_job_polling_interval"] = 0.3
    sys.exit(cli.main(["worker", "--once"]))
