"""What the end of a person's consent ends in this room."""

from collections.abc import Sequence
from datetime import datetime

from gardien.base.actor import Actor
from gardien.commitment.registry import Kept
from gardien.standing import actions as standing
from gardien.standing.rules import EndReason


def end_use(subjects: Sequence[str], purpose: str, *, by: Actor, at: datetime) -> tuple[Kept, ...]:
    """End a purpose for a person, under each of their references: what rests on nothing else is due at once.

    Nothing of this room stays on a ground of its own. `consent.withdraw` calls it, and writes the journal entry.
    """
    for subject in subjects:
        standing.end(subject=subject, purpose=purpose, reason=EndReason.CONSENT_WITHDRAWN, by=by, at=at)
    return ()
