"""The real worker with shorter waits: it tries again, and misses a worker that died, after a second or two.

What waits is the same; how long it waits is held by the rules' own tests, and by `make soak`, whose worker has its
usual waits.
"""

import sys
from datetime import timedelta

from gardien.portal import boot

boot.load()

from procrastinate.contrib.django import app  # noqa: E402 -- Django is loaded by now

from gardien.messaging import rules  # noqa: E402
from gardien.portal import cli, jobs  # noqa: E402

ARGUMENTS = ["-m", "tests.reliability.hasty"]


def hasten() -> None:
    """Shorten what this process waits for."""
    rules.FIRST_WAIT = timedelta(seconds=1)
    jobs.HEARTBEAT, jobs.GONE_AFTER = timedelta(seconds=0.5), timedelta(seconds=2)
    jobs.APART = timedelta(seconds=1)
    app.worker_defaults["fetch_job_polling_interval"] = 0.3
    app.periodic(cron="* * * * * *", periodic_id="hasty")(jobs.retry_stalled)


if __name__ == "__main__":
    hasten()
    sys.exit(cli.main(["worker", "--once"]))
