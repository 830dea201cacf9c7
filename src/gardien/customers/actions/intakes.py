"""Giving up an intake that was typed in part."""

from datetime import datetime
from uuid import UUID

from gardien.base.actor import Actor

from ..models import IntakeDraft


def drop_intake_draft(*, reading_id: UUID, by: Actor, at: datetime) -> None:
    """Delete what `by` typed after a reading and did not save; the reading itself stays, as the proof that it is.

    Nothing was told, so nothing is journalled. What is gone already, or another's, changes nothing.
    """
    del at
    if by.id is not None:
        IntakeDraft.objects.filter(reading_id=reading_id, typed_by_id=by.id).delete()
