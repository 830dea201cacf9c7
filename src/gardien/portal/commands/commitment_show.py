"""`gardien commitment show`: the version in force, clause by clause."""

import argparse
import json

from gardien.base import clock
from gardien.commitment import documents, policy
from gardien.portal.config import Config


def run(options: argparse.Namespace, config: Config) -> int:
    """Print the version of today in Paris; `--json` gives `{version, sha256, clauses: [{id, title, text}]}`."""
    versions = policy.load_folder(config.versions or policy.VERSIONS_FOLDER)
    version = versions.in_force(clock.legal_day(clock.now()))
    clauses = documents.outline(version, options.language)
    if options.json:
        print(json.dumps({"version": version.id, "sha256": version.sha256, "clauses": clauses}, ensure_ascii=False))
        return 0
    print(version.id, version.sha256)
    for clause in clauses:
        print(f"\n{clause['id']}  {clause['title']}\n  {clause['text']}")
    return 0
