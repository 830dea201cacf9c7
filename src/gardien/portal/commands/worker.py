"""`gardien worker`: the jobs."""

import argparse

from django.core.management import call_command

from gardien.portal import startup
from gardien.portal.config import Config


def run(_: argparse.Namespace, __: Config) -> int:
    """Run jobs until an end signal; finished ones are removed."""
    startup.refuse()
    call_command("procrastinate", "worker", concurrency=2, delete_jobs="successful")
    return 0
