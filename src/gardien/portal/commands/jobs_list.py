"""`gardien jobs list`: the jobs that stopped, and how many wait."""

import argparse
import json
from dataclasses import asdict

from gardien.portal import queue
from gardien.portal.config import Config

WHAT_TO_DO = "Read the worker's log about them, mend the cause, then: gardien jobs retry NUMBER"


def run(options: argparse.Namespace, _: Config) -> int:
    """Print stopped jobs by number and the counts; `--json` gives `{counts, stopped}`. Status 1 if one has stopped."""
    stopped, counts = queue.stopped(), queue.counts()
    if options.json:
        rows = [{**asdict(job), "stopped_at": job.stopped_at.isoformat()} for job in stopped]
        print(json.dumps({"counts": counts, "stopped": rows}))
        return 1 if stopped else 0
    for job in stopped:
        print(f"{job.number}  {job.task}  started {job.attempts} times, stopped {job.stopped_at:%Y-%m-%d %H:%M} UTC")
    print(", ".join(f"{status} {count}" for status, count in counts.items()))
    if stopped:
        print(WHAT_TO_DO)
    return 1 if stopped else 0
