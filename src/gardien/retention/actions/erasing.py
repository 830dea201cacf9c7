"""Erasing persons whatever their clocks say: on request, and anew on a database that was restored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.commitment.registry import registry
from gardien.journal import actions as journal
from gardien.standing import actions as standing

from .. import rules
from ..rules import Leaving, Tag
from . import _erasing, _twins


@transaction.atomic
def erase(*, subjects: Sequence[str], by: Actor, at: datetime) -> int:
    """Erase the persons who bear these references, with all records merged with theirs, and return how many they were.

    What a hold in force keeps of them goes to the archive, and anonymous twins stay. Who is gone already, and who is
    restricted, is passed over. Call in their controller's scope, as the database role `gardien_sweep`.
    """
    erased = _take(subjects, by=by, at=at)
    journal.record_each(Tag.ERASED, by=by, at=at, of=[(each.head, {}) for each in erased])
    return len(erased)


@standing.exempt
def erase_again(subjects: Sequence[str], values: dict[str, Any] | None, *, by: Actor, at: datetime) -> None:
    """Erase again whom a line of the ledger names, on a database restored from before it, and nobody else.

    A person may be restricted there, for the restriction was lifted later; or merged with somebody from whom they were
    parted before they were erased: then they are parted first.
    """
    del values
    for population in sorted({rules.population(subject) for subject in subjects}):
        if parts := registry.root(population).parts:
            parts(subjects=subjects, by=by, at=at)
    _take(subjects, by=by, at=at)


def _take(subjects: Sequence[str], *, by: Actor, at: datetime) -> list[Leaving]:
    people: list[Leaving] = []
    for population in sorted({rules.population(subject) for subject in subjects}):
        root = registry.root(population)
        heads = _erasing.heads(root, subjects)
        groups = _erasing.grouped(root, heads, "FOR UPDATE")
        leaving = [Leaving(head, tuple(each for _, each in rows), at) for head, rows in groups.items()]
        if leaving:
            of = _erasing.members(groups.values())
            if _erasing.persons(root, leaving, of, day=clock.legal_day(at), by=by, at=at):
                _twins.shuffle()
        people += leaving
    return people
