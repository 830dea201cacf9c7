"""Recording what people were told."""

from datetime import datetime

from gardien.base import ids
from gardien.base.actor import Actor
from gardien.commitment.documents import Document
from gardien.journal import actions as journal

from .models import Reading
from .rules import Tag


class NobodyReadError(ValueError):
    """A wording is read by a person; a program cannot have read it."""


def record_reading(*, wording: Document, by: Actor, at: datetime) -> Reading:
    """Record that `by` read `wording` aloud, and reserve the reference of the person who heard it."""
    if by.id is None:
        raise NobodyReadError
    reading = Reading.objects.create(
        subject=ids.reference("C"),
        version=wording.version_id,
        language=wording.language,
        wording_sha256=wording.sha256,
        read_by_id=by.id,
        read_at=at,
    )
    journal.record(
        Tag.READ, by=by, at=at, subject=reading.subject, version=reading.version, wording=reading.wording_sha256
    )
    return reading
