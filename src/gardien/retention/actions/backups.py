"""Backups as they are known: begun before the first byte is written, finished, and removed when their time is over."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from gardien.base import ledger
from gardien.base.actor import Actor

from .. import rules
from ..models import Backup
from ..queries import backups

_SWEEP = Actor.program("sweep")


def begin_backup(*, path: Path, by: Actor, at: datetime) -> Backup:
    """Note that a file is about to be written, and how far the ledger is: every line before was committed by now.

    It has no size until `finish_backup`; one that is cut short is removed with the others when its time is over.
    """
    del by
    return Backup.objects.create(path=str(path), made_at=at, bytes=0, ledger_position=ledger.position())


@transaction.atomic
def finish_backup(*, backup_id: UUID, size: int, by: Actor, at: datetime) -> Backup:
    """Note that a file is whole, and its size in bytes."""
    del by, at
    backup = Backup.objects.select_for_update().get(id=backup_id)
    backup.bytes = size
    backup.save(update_fields=["bytes"])
    return backup


def remove_old_backups(*, at: datetime, by: Actor = _SWEEP) -> int:
    """Remove the files whose time is over by the version in force, and return how many; done again it changes nothing.

    So are files of the same folders that only a later database knew of: their names tell when they were made. What
    every backup that is left has seen goes from the ledger.
    """
    del by
    removed = 0
    for folder in {Path(path).parent for path in Backup.objects.values_list("path", flat=True)}:
        for file in sorted(folder.glob("gardien-*")):
            made_at = rules.backup_made_at(file.name)
            if made_at and backups.is_over(made_at, at):
                file.unlink()
                removed += 1
    for backup in backups.kept():
        if backups.is_over(backup.made_at, at):
            with suppress(FileNotFoundError):
                Path(backup.path).unlink()
            Backup.objects.filter(id=backup.id).update(removed_at=at)
    oldest = backups.kept().first()
    if oldest is not None:
        ledger.prune(oldest.ledger_position)
    return removed
