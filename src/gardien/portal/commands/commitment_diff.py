"""`gardien commitment diff A B`: what differs between two versions, field by field."""

import argparse

from gardien.commitment import differences
from gardien.commitment.policy import Version
from gardien.portal.commands import _comparison
from gardien.portal.config import Config


def run(options: argparse.Namespace, config: Config) -> int:
    """Print the differences; `--json` gives `[{clause, field, from, to}]`. 2: a version cannot be read."""
    return _comparison.run((options.a, options.b), config, _rows, is_json=options.json)


def _rows(old: Version, new: Version) -> list[_comparison.Row]:
    return [change.row() for change in differences.diff(old, new)]
