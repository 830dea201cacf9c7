"""The ledger in tests: lines written, rolled back, lost and done again."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from gardien.base import ids, ledger, scope
from gardien.base.models import LedgerMark

CONTROLLER = ids.new()
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SOMEBODY, SOMEBODY_ELSE = "C-7K3M9QXA", "C-8K3M9QXB"
VALUES = {"email": "elodie.moreau@exemple.example"}


class Undone(Exception):
    """Raised to roll back."""


def folder() -> Path:
    return settings.GARDIEN_LEDGER.folder


def segments() -> list[Path]:
    return sorted(folder().glob("*.jsonl"))


def keys() -> list[str]:
    return sorted(path.name for path in (folder() / "keys").iterdir())


def states() -> list[str]:
    return [line.state for line in settings.GARDIEN_LEDGER.read().lines]


def write(subjects: Iterable[str] = (SOMEBODY,), **told: Any) -> UUID:
    """Write and commit a line."""
    with scope.entered(CONTROLLER):
        return ledger.write("tests.told", **{"controller": CONTROLLER, "subjects": tuple(subjects), "at": NOW, **told})


def rolled_back(**told: Any) -> UUID:
    """Write a line in a transaction that is rolled back."""
    written = []
    with pytest.raises(Undone), scope.entered(CONTROLLER):
        written.append(write(**told))
        raise Undone
    return written[0]


def restored(*lines: UUID) -> None:
    """Let the database be as before some lines."""
    LedgerMark.objects.filter(id__in=lines).delete()


def replayed() -> list[tuple[str, tuple[str, ...], Any]]:
    """Do again what is not in the database, and return what was applied."""
    applied: list[tuple[str, tuple[str, ...], Any]] = []
    ledger.replay(lambda line, values: applied.append((line.kind, line.subjects, values)))
    return applied
