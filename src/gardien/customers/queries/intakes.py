"""Intakes under way: what an adviser has typed and not saved, and who was recorded already."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from gardien.base.actor import Actor
from gardien.base.scope import RestrictedError
from gardien.consent.models import Reading
from gardien.standing import queries as standing

from ..models import Customer, IntakeDraft
from .drafts import opened

LIMIT = 20


@dataclass(frozen=True)
class Unfinished:
    """An intake that was typed in part: the reading it follows, the form's fields by name, when it was last kept."""

    reading_id: UUID
    typed: dict[str, str]
    typed_at: datetime


def unfinished(by: Actor) -> list[Unfinished]:
    """Return at most `LIMIT` intakes that `by` has not saved yet, the latest first; nobody else's."""
    if by.id is None:
        return []
    drafts = IntakeDraft.objects.filter(typed_by_id=by.id).order_by("-typed_at", "id")[:LIMIT]
    return [Unfinished(draft.reading_id, opened(draft), draft.typed_at) for draft in drafts]


def recorded(reference: str) -> Customer | None:
    """Return the customer who bears the reference that a reading was made to, None if nobody was recorded so far.

    Raises `scope.RestrictedError` for one whom a restriction hides.
    """
    found = Customer.objects.filter(reference=reference).first()
    if found is None and standing.restriction([reference]):
        raise RestrictedError
    return found


def never_recorded() -> QuerySet[Any, tuple[str, datetime]]:
    """Return (subject, at) of readings to persons of whom nothing was recorded: their purpose was over with it."""
    known = Customer.objects.filter(reference=OuterRef("subject"))
    return Reading.objects.filter(~Exists(known)).values_list("subject", "read_at")
