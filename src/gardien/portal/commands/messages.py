"""`gardien messages`: what was sent, what waits and what failed, over all repairers."""

import argparse
import json
from collections import Counter

from gardien.base import clock, scope
from gardien.messaging import queries as messaging
from gardien.network import queries as network
from gardien.portal.config import Config


def run(options: argparse.Namespace, _: Config) -> int:
    """Print how many messages are in each state, and how many are stuck; status 1 if one failed or is stuck."""
    at, total = clock.now(), Counter[str]()
    for repairer in network.repairers():
        with scope.entered(repairer.id):
            total.update(messaging.counts(at))
    print(json.dumps(total) if options.json else "\n".join(f"{count:6}  {state}" for state, count in total.items()))
    return 1 if total["failed"] or total["stuck"] else 0
