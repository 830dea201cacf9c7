"""`gardien worker`: the jobs."""

import argparse

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from gardien.portal import stack, startup
from gardien.portal.config import Config

LOST_SECONDS = 5


class DatabaseLostError(stack.RefusedError):
    """The database went away: the worker ends, to be started again by whoever started it."""


def run(_: argparse.Namespace, __: Config) -> int:
    """Run jobs until an end signal; finished ones are removed. Without the database it ends, after `LOST_SECONDS`."""
    startup.refuse()
    connector = PsycopgConnector(kwargs=connector_params(), timeout=LOST_SECONDS)
    try:
        with app.replace_connector(connector):
            app.run_worker(concurrency=2, delete_jobs="successful")
    except ConnectorException as lost:
        raise DatabaseLostError("The database went away: the worker ends.") from lost
    return 0
