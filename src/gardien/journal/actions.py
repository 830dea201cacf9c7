"""Writing to the journal, inside the transaction of what is told."""

from collections.abc import Iterable, Mapping
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
    entry = _entry(tag, by, at, subject, values)
    entry.save(force_insert=True)
    return entry


def record_each(
    tag: rules.Tag, *, by: Actor, at: datetime, of: Iterable[tuple[str, Mapping[str, UUID | str | int]]]
) -> None:
    """Append in one statement what `record` appends one by one: an entry for each pair of a subject and values."""
    Entry.objects.bulk_create(_entry(tag, by, at, subject, values) for subject, values in of)


def _entry(tag: rules.Tag, by: Actor, at: datetime, subject: str, values: Mapping[str, UUID | str | int]) -> Entry:
    return Entry(
        tag=tag.value,
        at=at,
        actor_id=by.id,
        actor_role=by.role,
        subject=rules.subject(subject),
        references=rules.references(dict(values)),
    )
