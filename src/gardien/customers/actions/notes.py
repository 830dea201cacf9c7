"""Short remarks on a customer's card."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gardien.base import ledger, scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from .. import queries
from ..models import Note
from ..rules import Again, Tag, parse_note


@transaction.atomic
def write_note(*, customer_id: UUID, text: str, note_key: UUID, by: Actor, at: datetime) -> Note:
    """Write a note on a customer; the same `note_key` again returns the note already written.

    Raises `NoSuchCustomerError` and `rules.NoteRefused`.
    """
    assert by.id is not None  # noqa: S101 -- only people write notes; narrows the type
    customer = queries.by_id(customer_id)
    note, is_new = Note.objects.get_or_create(
        note_key=note_key,
        defaults={"customer": customer, "text": parse_note(text), "written_at": at, "written_by_id": by.id},
    )
    if is_new:
        journal.record(Tag.NOTE_WRITTEN, by=by, at=at, subject=customer.reference, note=note.id)
    return note


@transaction.atomic
def remove_note(*, note_id: UUID, by: Actor, at: datetime) -> None:
    """Remove a note; one that is already gone stays gone."""
    note = Note.objects.select_for_update(of=("self",)).select_related("customer").filter(id=note_id).first()
    if note is not None:
        ledger.write(Again.NOTE_REMOVED, controller=scope.current(), subjects=[str(note_id)], at=at, is_erasure=True)
        note.delete()
        journal.record(Tag.NOTE_REMOVED, by=by, at=at, subject=note.customer.reference, note=note_id)
