"""`gardien import tyres`: a price list, with a report of what became of each line."""

import argparse
import json
import sys
from pathlib import Path

from django.utils.translation import gettext

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.catalogue import actions, queries
from gardien.catalogue.rules import rejections
from gardien.portal import startup
from gardien.portal.config import Config

UNREADABLE = 2


def run(options: argparse.Namespace, _: Config) -> int:
    """Import the list and report it; return 0, quarantine included, or 2 where nothing can be read.

    The supplier is the file's name without its ending: the same list imported again updates itself.
    `--json` gives `{file, currency, read, imported, updated, unchanged, quarantined, lines: [{line, reason}]}`.
    """
    startup.refuse()
    return _import(options.file, options.currency, is_json=options.json)


def _import(file: Path, currency: str | None, *, is_json: bool) -> int:
    try:
        raw = file.read_bytes()
    except OSError:
        sentence = gettext("%(file)s cannot be read. Check its path, and that it is a file you may read.")
        print(sentence % {"file": file}, file=sys.stderr)
        return UNREADABLE
    try:
        done = actions.import_tyres(
            raw=raw,
            file_name=file.name,
            supplier=file.stem[:60],
            currency=currency,
            by=Actor.program("import"),
            at=clock.now(),
        )
    except rejections.UnreadableList as refusal:
        print(gettext(refusal.msgid) % refusal.params, file=sys.stderr)
        return UNREADABLE
    lines = [{"line": line.line, "reason": queries.reason(line)} for line in queries.quarantine(done)]
    counts = {name: getattr(done, name) for name in ("read", "imported", "updated", "unchanged", "quarantined")}
    if is_json:
        report = {"file": file.name, "currency": done.currency or None, **counts, "lines": lines}
        print(json.dumps(report, ensure_ascii=False))
        return 0
    print(", ".join(f"{name} {count}" for name, count in counts.items()))
    for line in lines:
        print(f"  {line['line']}: {line['reason']}")
    return 0
