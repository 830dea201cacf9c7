"""Intakes under way: what an adviser has typed and not saved, and whom a reading led to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gardien.base.actor import Actor

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


def recorded(reading_id: UUID) -> Customer | None:
    """Return the customer who was recorded after a reading, None if nobody was so far."""
    return Customer.objects.filter(reading_id=reading_id).first()
