"""`gardien check`: whether the portal may start here."""

import argparse
import json

from gardien.base import clock, ledger
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
        notices = [*_notices(), *nightly.notices(clock.now())]
    if options.json:
        print(json.dumps({"ok": not reasons, "reasons": reasons, "notices": notices}))
    else:
        print("\n".join([*notices, *(reasons or ["ok"])]))
    return 1 if reasons else 0


def _notices() -> list[str]:
    standing = ledger.standing()
    counted = {
        "Stopped jobs: {}. See: gardien jobs list": len(queue.stopped()),
        "Lines of the ledger that a loss of power cut: {}. They say nothing and were never committed": standing.torn,
        "Lines of the ledger of which nobody knows whether they were committed: {}. See: gardien restore": len(
            standing.unknown
        ),
    }
    return [text.format(count) for text, count in counted.items() if count]
