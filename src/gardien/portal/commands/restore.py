"""`gardien restore`: an empty database is filled from a backup, and ready once all done since is done again."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from gardien.base import ledger
from gardien.base.actor import Actor
from gardien.base.crypto import Unreadable
from gardien.base.ledger_files import Line
from gardien.commitment.registry import registry
from gardien.portal import _dumps, stack, startup
from gardien.portal.config import Config

NOT_EMPTY = (
    "The database is not empty: restore into a new one. If a restore was cut short here, go on with it by: "
    "gardien restore"
)
EMPTY = "The database is empty: there is nothing to go on with. Name the backup: gardien restore FILE"
NO_BACKUP = "This file is no backup that gardien made."
UNREADABLE = (
    "A line of the ledger cannot be read: {}. Restore the folder of keys that belongs to this ledger, then go on by: "
    "gardien restore"
)
UNKNOWN_KIND = "The ledger has lines of the kind {}, which this program does not know: restore with the later one."
_MAGIC = b"PGDMP"
_TABLES = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND left(n.nspname, 3) <> 'pg_'
      AND n.nspname <> 'information_schema'"""
_BY = Actor.program("restore")


def run(options: argparse.Namespace, config: Config) -> int:
    """Restore a file, or go on without one; `--json` prints `{file, replayed, unknown, ready}`.

    Filling the database is one transaction, and so is each line that is done again: killed at any point, it either left
    the database empty, or goes on without the file. Status 2 if the file is no backup.
    """
    if options.file:
        file = options.file.absolute()
        if not _is_backup(file):
            print(NO_BACKUP, file=sys.stderr)
            return 2
        if not _is_empty(config):
            raise stack.RefusedError(NOT_EMPTY)
        print("Filling the database.", file=sys.stderr)
        _dumps.restore(config, file)
    elif _is_empty(config):
        raise stack.RefusedError(EMPTY)
    print("Bringing tables and walls up to date.", file=sys.stderr)
    stack.migrate()
    replayed, unknown = _replayed()
    startup.refuse()
    told = {
        "file": str(options.file.absolute()) if options.file else None,
        "replayed": replayed,
        "unknown": [{"id": str(line.id), "kind": line.kind, "subjects": list(line.subjects)} for line in unknown],
        "ready": True,
    }
    print(json.dumps(told) if options.json else _told(replayed, unknown))
    return 0


def _replayed() -> tuple[int, tuple[Line, ...]]:
    """Do again what the ledger knows and the database does not; return how much, and what nobody knows."""
    ledger.reconcile()
    standing = ledger.standing()
    if standing.unreplayed:
        print(f"Doing {len(standing.unreplayed)} lines of the ledger again.", file=sys.stderr)
    try:
        return ledger.replay(apply), standing.unknown
    except ledger.KeyLostError as lost:
        raise stack.RefusedError(f"{lost}.") from lost
    except Unreadable as lost:
        raise stack.RefusedError(UNREADABLE.format(lost)) from lost


def apply(line: Line, values: dict[str, Any] | None) -> None:
    """Do one line of the ledger again, as its room declares."""
    try:
        replay = registry.replay(line.kind)
    except StopIteration:
        raise stack.RefusedError(UNKNOWN_KIND.format(line.kind)) from None
    replay.apply(line.subjects, values, by=_BY, at=line.at)


def _is_backup(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _is_empty(config: Config) -> bool:
    with _dumps.connect(config, "owner") as connection:
        return connection.execute(_TABLES).fetchone() == (0,)


def _told(replayed: int, unknown: tuple[Line, ...]) -> str:
    lines = [f"{line.kind} {' '.join(line.subjects)}" for line in unknown]
    open_ = ["Of these lines nobody knows whether they were committed. Look whether to do them again:", *lines]
    return "\n".join([f"Done again: {replayed} lines of the ledger. Ready.", *(open_ if lines else [])])
