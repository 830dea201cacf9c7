"""`gardien worker`: the jobs."""

import argparse

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from gardien.portal import jobs, stack, startup
from gardien.portal.config import Config

LOST_SECONDS = 5


class DatabaseLostError(stack.RefusedError):
    """The database went away: the worker ends, to be started again by whoever started it."""


def run(options: argparse.Namespace, _: Config) -> int:
    """Run jobs until an end signal, in a process that is started again when it dies; `--once`, in this very one.

    A process ends by itself without the database, after `LOST_SECONDS`. Jobs that succeeded are removed.
    """
    startup.refuse()
    if options.once:
        _work()
        return 0
    with stack.running(stack.worker_arguments()):
        stack.end_signal().wait()
    return 0


def _work() -> None:
    connector = PsycopgConnector(kwargs=connector_params(), timeout=LOST_SECONDS)
    try:
        with app.replace_connector(connector):
            app.run_worker(
                concurrency=2,
                delete_jobs="successful",
                update_heartbeat_interval=jobs.HEARTBEAT.total_seconds(),
                stalled_worker_timeout=jobs.GONE_AFTER.total_seconds(),
            )
    except ConnectorException as lost:
        raise DatabaseLostError("The database went away: the worker ends.") from lost
