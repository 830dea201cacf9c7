"""`gardien check`: whether the portal may start here."""

import argparse
import json

from gardien.base import clock
from gardien.portal import nightly, queue, startup
from gardien.portal.config import Config


def run(options: argparse.Namespace, _: Config) -> int:
    """Print the reasons against a start, none if it may, and what else needs a person.

    `--json` gives `{ok, reasons, notices}`; a notice is no reason against a start.
    """
    reasons: list[str] = []
    notices: list[str] = []
    try:
        startup.refuse()
    except startup.StartupRefusedError as refusal:
        reasons = str(refusal).splitlines()
    else:
        notices = [f"Stopped jobs: {len(stopped)}. See: gardien jobs list"] if (stopped := queue.stopped()) else []
        notices += nightly.notices(clock.now())
    if options.json:
        print(json.dumps({"ok": not reasons, "reasons": reasons, "notices": notices}))
    else:
        print("\n".join([*notices, *(reasons or ["ok"])]))
    return 1 if reasons else 0
