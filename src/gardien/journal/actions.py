"""Writing to the journal, inside the transaction of what is told."""

from datetime import datetime
from uuid import UUID

from gardien.base.actor import Actor

from . import rules
from .models import Entry


def record(tag: rules.Tag, *, by: Actor, at: datetime, subject: str = "", **values: UUID | str | int) -> Entry:
    """Append one entry for the present controller.

    `subject` is a customer or user reference or empty, `values` are identifiers; anything else raises
    `rules.NotAReferenceError`.
    """
    return Entry.objects.create(
        tag=tag.value,
        at=at,
        actor_id=by.id,
        actor_role=by.role,
        subject=rules.subject(subject),
        references=rules.references(values),
    )
