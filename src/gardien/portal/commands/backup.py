"""`gardien backup`: the whole database in one new file."""

import argparse
import json
import os
from pathlib import Path

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.portal import _dumps, stack, startup
from gardien.portal.config import Config
from gardien.retention import actions as retention
from gardien.retention import rules

LONGEST_PATH = 500


def run(options: argparse.Namespace, config: Config) -> int:
    """Write a file into a folder and print it, `--json` as `{file, at, bytes, ledger_position}`.

    The position of the ledger is read before the first row: each line up to there is in the file. It refuses where the
    portal would not serve: a database whose ledger was not done again must not pass for one that knows it.
    """
    startup.refuse()
    at, by = clock.now(), Actor.program("backup")
    folder: Path = options.dir.absolute()
    file = folder / rules.backup_name(at)
    if len(str(file)) > LONGEST_PATH:
        raise stack.RefusedError(f"The folder's path has more than {LONGEST_PATH} characters: choose another one.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        backup = retention.begin_backup(path=file, by=by, at=at)
        _written(config, file)
    except OSError as error:
        raise stack.RefusedError(
            f"No backup was made: {error}. Choose a folder with room that may be written."
        ) from None
    size = file.stat().st_size
    retention.finish_backup(backup_id=backup.id, size=size, by=by, at=at)
    told = {"file": str(file), "at": at.isoformat(), "bytes": size, "ledger_position": backup.ledger_position}
    print(json.dumps(told) if options.json else f"{file}\n{size} bytes, ledger at {backup.ledger_position}")
    return 0


def _written(config: Config, file: Path) -> None:
    """Write the file under another name, and give it its own once it is whole on the disk; never over another one."""
    part = file.with_name(f"{file.name}.part")
    try:
        _dumps.dump(config, part)
        os.link(part, file)
    finally:
        part.unlink(missing_ok=True)
    descriptor = os.open(file.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
