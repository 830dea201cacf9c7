"""`gardien commitment lint [FILE]`: where a version collides with the law or with itself, and what mends it."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from gardien.base import clock
from gardien.base.crypto import Keyring
from gardien.commitment import policy
from gardien.commitment.policy.lint import RULES, Finding, lint
from gardien.commitment.registry import registry
from gardien.portal import boot
from gardien.portal.config import Config

RULE_OF = {rule.id: rule for rule in RULES}


def run(options: argparse.Namespace, config: Config) -> int:
    """Print the collisions of a file, else of the version in force; 1: an error has no remedy, 2: it cannot be read.

    `--json` gives `[{id, clause, severity, article, remedy}]`.
    """
    at = options.at or clock.legal_day(clock.now())
    try:
        version, later = _read(options.file, config.versions or policy.VERSIONS_FOLDER, at)
    except (OSError, policy.VersionError, policy.NoVersionInForceError) as error:
        print(_reason(error), file=sys.stderr)
        return 2
    findings = lint(version, at=at, later=later, mended_by=_mended_by(config))
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        print("\n".join(map(_lines, findings)) or f"Version {version.id}: no collision on {at}.")
    return 1 if any(finding.severity == "error" and not finding.remedy for finding in findings) else 0


def _read(file: Path | None, folder: Path, at: date) -> tuple[policy.Version, list[policy.Version]]:
    """Return the version to judge and those of its folder that take effect after it."""
    if file is None:
        versions = policy.load_folder(folder)
        version = versions.in_force(at)
        return version, [each for each in versions.all if each.effective_date > version.effective_date]
    version = policy.load(file)
    paths = [path for path in sorted(file.parent.glob("*.yaml")) if path.stem > version.id]
    return version, [each for each in map(_usable, paths) if each]


def _usable(path: Path) -> policy.Version | None:
    """Return a later version; one that cannot be used mends nothing, and is told."""
    try:
        return policy.load(path)
    except (OSError, policy.VersionError) as error:
        print(f"Left aside: {_reason(error)}", file=sys.stderr)
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read: {error.strerror}."
    if isinstance(error, policy.VersionError):
        return f"{error}\n  {error.suggestion}"
    return str(error)


def _mended_by(config: Config) -> Callable[[str, str], str | None]:
    """Return what finds the keeper that mends a finding; the rooms are loaded when it is first asked."""

    @cache
    def keepers() -> dict[tuple[str, str], str]:
        _load_rooms(config)
        return registry.mending()

    return lambda rule, clause: keepers().get((rule, clause))


def _load_rooms(config: Config) -> None:
    """Load the rooms, whose declarations need no key: where the installation has none, with keys of that moment."""
    with TemporaryDirectory() as folder:
        if not config.keys_folder.exists():
            Keyring.generate(Path(folder))
            os.environ["GARDIEN_KEYS"] = folder
        boot.load()


def _lines(finding: Finding) -> str:
    rule = RULE_OF[finding.id]
    law = finding.article or "no article verified"
    return (
        f"{finding.severity:8} {finding.id}  {finding.clause}\n"
        f"         {rule.collision} ({law})\n"
        f"         Gardien: {rule.behaviour} Remedy: {finding.remedy or 'none'}."
    )
