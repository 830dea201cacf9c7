"""What the end of a person's consent ends in this room, and what goes on when they agree anew."""

from collections.abc import Sequence
from datetime import datetime

from gardien.base.actor import Actor
from gardien.commitment.registry import Kept
from gardien.standing import actions as standing
from gardien.standing import queries as standings
from gardien.standing.rules import EndReason

from .. import queries
from ..models import Customer


def end_use(subjects: Sequence[str], purpose: str, *, by: Actor, at: datetime) -> tuple[Kept, ...]:
    """End a purpose for a person, under each of their references: what rests on nothing else is due at once.

    Nothing of this room stays on a ground of its own. `consent.withdraw` calls it, and writes the journal entry.
    """
    for subject in subjects:
        standing.end(subject=subject, purpose=purpose, reason=EndReason.CONSENT_WITHDRAWN, by=by, at=at)
    return ()


def resume_use(subject: str, purpose: str, *, by: Actor, at: datetime) -> None:
    """Let a purpose go on that was over for a person: they said yes to it, under one of their references.

    `consent.decide` calls it, and writes the journal entry.
    """
    known = Customer.objects.filter(reference=subject).first()
    group = queries.subjects(known.id) if known else (subject,)
    if purpose in {each.purpose for each in standings.endings(group)}:
        standing.resume(subject=subject, purpose=purpose, by=by, at=at)
