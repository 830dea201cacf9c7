"""`gardien jobs retry`: a stopped job runs again."""

import argparse
import sys

from gardien.portal import queue
from gardien.portal.config import Config


def run(options: argparse.Namespace, _: Config) -> int:
    """Queue the job of that number again; a running worker takes it."""
    try:
        queue.retry(options.number)
    except queue.NotStoppedError:
        print(f"No job of number {options.number} has stopped. See: gardien jobs list", file=sys.stderr)
        return 1
    return 0
