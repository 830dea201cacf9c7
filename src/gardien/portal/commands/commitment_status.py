"""`gardien commitment status`: how many clauses of each version are kept, measured now."""

import argparse
import json
from contextlib import suppress
from uuid import UUID

from gardien.base import clock
from gardien.commitment import queries, status
from gardien.network import queries as network
from gardien.network.rules import PartyKind
from gardien.portal import startup
from gardien.portal.config import Config


def run(options: argparse.Namespace, _: Config) -> int:
    """Measure every proof on behalf of every controller, and print the counts of each version.

    `--json` gives `{versions: [{version, kept, broken, unproved, not_applicable, not_yet}]}`, the counts as integers.
    """
    startup.refuse()
    rows = status.counts(queries.versions(), status.measure(_controllers(), clock.now()))
    if options.json:
        print(json.dumps({"versions": rows}))
        return 0
    for row in rows:
        print(", ".join(f"{name} {count}" for name, count in row.items()))
    return 0


def _controllers() -> list[UUID]:
    """Return every repairer, and the network and the provider where they are named."""
    found = [repairer.id for repairer in network.repairers()]
    for kind in PartyKind:
        with suppress(network.NoPartyError):
            found.append(network.central_party(kind).id)
    return found
