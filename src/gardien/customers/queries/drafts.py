"""What was typed of an intake and not saved yet."""

import json
from uuid import UUID

from django.conf import settings

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.consent import queries as consent
from gardien.consent.models import Reading

from ..models import IntakeDraft


class NotReadByError(PermissionError):
    """The wording was read by somebody else: who takes the details is who read it."""


def intake_draft(reading_id: UUID, by: Actor) -> dict[str, str]:
    """Return what was typed after a reading, by the names of the form's fields; nothing typed is empty.

    Raises `NotReadByError` to whoever did not read the wording, and `consent.queries.NeverReadError`.
    """
    reading = read_by(reading_id, by)
    draft = IntakeDraft.objects.filter(reading_id=reading.id).first()
    if draft is None:
        return {}
    return opened(draft)


def opened(draft: IntakeDraft) -> dict[str, str]:
    """Return what is sealed in a draft; raise `crypto.Unreadable` for one that was altered or put elsewhere."""
    content = settings.GARDIEN_KEYRING.open_(bytes(draft.sealed), context=seal_context(draft.reading_id))
    typed: dict[str, str] = json.loads(content)
    return typed


def read_by(reading_id: UUID, by: Actor) -> Reading:
    """Return a reading that `by` made; raise `NotReadByError` and `consent.queries.NeverReadError`."""
    reading = consent.reading(reading_id)
    if by.id is None or reading.read_by_id != by.id:
        raise NotReadByError
    return reading


def seal_context(reading_id: UUID) -> bytes:
    """Return what binds a sealed draft to its repairer and its reading."""
    return f"intake:{scope.current()}:{reading_id}".encode()
