"""`gardien commitment preview A [B]`: every sentence and value that moves when one version takes another's place."""

import argparse

from gardien.commitment import preview
from gardien.commitment.policy import Version
from gardien.portal.commands import _comparison
from gardien.portal.config import Config


def run(options: argparse.Namespace, config: Config) -> int:
    """Print what moves from A to B, or from the version in force to A where there is no B. 2: a version cannot be read.

    `--json` gives `[{clause, field, place, from, to}]`.
    """
    given = (options.a, options.b) if options.b else (None, options.a)
    return _comparison.run(given, config, _rows, is_json=options.json)


def _rows(old: Version, new: Version) -> list[_comparison.Row]:
    return [move.row() for move in preview.preview(old, new)]
