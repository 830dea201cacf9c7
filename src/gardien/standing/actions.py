"""What moves a clock, what ends it, what freezes a person's record and what holds it.

Each is written for one reference, or for every reference of a merged group: facts and endings are read together
(`queries`), restrictions and holds are rows of their own.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from gardien.base import clock, ledger, scope
from gardien.base.actor import Actor
from gardien.commitment import policy
from gardien.commitment.policy import legal_time
from gardien.commitment.registry import registry
from gardien.journal import actions as journal

from . import queries
from .models import Consultation, Ending, Fact, Hold, RemovalWarning, Restriction, Resumption
from .rules import LONGEST_HOLD_YEARS, Again, EndReason, Event, Ground, Motive, Tag

Fields = dict[str, list[dict[str, Any]]]
"""What is archived: rows by place, each with the columns of one category."""

exempt = scope.exempt
"""Decorates an action that may touch a restricted person's record; its room declares it with the reason."""


class NobodyDecidedError(ValueError):
    """A restriction or a hold is decided by a person; a program cannot place, announce, lift or release one."""


class NotAnnouncedError(ValueError):
    """The person was not told yet that the restriction will be lifted (GDPR, article 18(3)): announce it first."""


class AlreadyOverError(ValueError):
    """A hold's last day has passed already: give a day to come."""


class TooLongError(ValueError):
    """A hold's last day lies further ahead than any right of action: a hold is never for ever."""


class NoSuchHoldError(LookupError):
    """The present controller has no such hold."""


class NoSuchArchivedError(LookupError):
    """The present controller has nothing archived under this id, or its person is restricted."""


class NoMotiveError(ValueError):
    """The archive is not opened without saying what for."""


def record_activity(*, subject: str, event: Event, source_id: UUID, by: Actor, at: datetime) -> Fact:
    """Record that a person was active; told twice of the same row `source_id`, it is one fact, at the first instant.

    The action that calls writes the journal entry.
    """
    del by
    fact, _ = Fact.objects.get_or_create(
        subject=subject, event=event.value, source_id=source_id, defaults={"happened_at": at}
    )
    return fact


def end(*, subject: str, purpose: str, reason: EndReason, by: Actor, at: datetime) -> Ending:
    """Record that a purpose is over for a person; a purpose that is over already stays so, since the first time.

    It is over until the person asks for it anew, or it is resumed. Of a restricted person it waits for who
    lifts the restriction at this instant. The action that calls writes the journal entry.
    """
    del by
    list(queries.restrictions().filter(subject=subject).select_for_update())
    standing = next((each for each in queries.endings([subject]) if each.purpose == purpose), None)
    return standing or Ending.objects.create(subject=subject, purpose=purpose, reason=reason.value, ended_at=at)


def resume(*, subject: str, purpose: str, by: Actor, at: datetime) -> Resumption:
    """Record that a purpose which was over for a person goes on, for every reference merged with this one.

    It is no activity: their clock stays where the last one left it. The action that calls writes the journal entry.
    """
    del by
    return Resumption.objects.create(subject=subject, purpose=purpose, resumed_at=at)


def warn(
    *, warning_id: UUID, subject: str, clause: str, due_at: datetime, message_id: UUID | None, by: Actor, at: datetime
) -> RemovalWarning:
    """Record that a person was warned of the instant at which their time under a clause is over.

    `message_id` is of the letter, none where there was no way to write. The action that calls writes the journal entry.
    """
    del by
    told = {"subject": subject, "clause": clause, "due_at": due_at, "message_id": message_id}
    return RemovalWarning.objects.create(id=warning_id, **told, warned_at=at)


@exempt
def restrict(*, subjects: Sequence[str], by: Actor, at: datetime) -> list[Restriction]:
    """Freeze a person's record under each of their references; one that is frozen already stays as it is.

    From then on the database hides it and refuses every change that is not exempt (GDPR, article 18).
    """
    placed_by_id = _person(by)
    found = []
    for subject in subjects:
        restriction, is_new = Restriction.objects.get_or_create(
            subject=subject, lifted_at=None, defaults={"placed_at": at, "placed_by_id": placed_by_id}
        )
        found.append(restriction)
        if is_new:
            journal.record(Tag.RESTRICTED, by=by, at=at, subject=subject)
    return found


@exempt
def announce_lift(*, subjects: Sequence[str], by: Actor, at: datetime) -> None:
    """Record that the person was told that their restriction will be lifted; said once, it is not said again."""
    announced_by_id = _person(by)
    for restriction in queries.restrictions().filter(subject__in=subjects, announced_at=None).select_for_update():
        restriction.announced_at, restriction.announced_by_id = at, announced_by_id
        restriction.save(update_fields=["announced_at", "announced_by_id"])
        journal.record(Tag.LIFT_ANNOUNCED, by=by, at=at, subject=restriction.subject)


@exempt
def lift(*, subjects: Sequence[str], by: Actor, at: datetime) -> None:
    """Lift a person's restriction, and end what they withdrew from meanwhile, as the rooms declare.

    Raises `NotAnnouncedError` before they were told. Who has none stays without.
    """
    lifted_by_id = _person(by)
    lifted = []
    for restriction in queries.restrictions().filter(subject__in=subjects).select_for_update():
        if restriction.announced_at is None:
            raise NotAnnouncedError
        restriction.lifted_at, restriction.lifted_by_id = at, lifted_by_id
        restriction.save(update_fields=["lifted_at", "lifted_by_id"])
        journal.record(Tag.LIFTED, by=by, at=at, subject=restriction.subject)
        lifted.append(restriction.subject)
    over = {each.purpose for each in queries.endings(lifted) if each.reason == EndReason.CONSENT_WITHDRAWN}
    for purpose in sorted(over):
        registry.end(lifted, purpose, by=by, at=at)


@exempt
def hold(
    *, subject: str, ground: Ground, category: str, legal_reference: str, until_date: date, by: Actor, at: datetime
) -> Hold:
    """Hold one category of a person's data on a lawful ground until a day, that day included.

    One that stands on the same ground for the same category takes the new day and reference. Raises `AlreadyOverError`,
    or `TooLongError` beyond `rules.LONGEST_HOLD_YEARS`.
    """
    placed_by_id = _person(by)
    if until_date < clock.legal_day(at):
        raise AlreadyOverError
    if until_date > legal_time.same_numbered_day(clock.legal_day(at), policy.Period(years=LONGEST_HOLD_YEARS)):
        raise TooLongError
    about = {"subject": subject, "ground": ground.value, "category": category}
    terms = {"legal_reference": legal_reference, "until_date": until_date}
    placed, is_new = Hold.objects.select_for_update().get_or_create(
        **about, released_at=None, defaults={**terms, "placed_at": at, "placed_by_id": placed_by_id}
    )
    if not is_new and (placed.legal_reference, placed.until_date) == (legal_reference, until_date):
        return placed
    placed.legal_reference, placed.until_date = legal_reference, until_date
    since = {"placed_at": placed.placed_at.isoformat(), "placed_by_id": str(placed.placed_by_id)}
    told = {**about, "legal_reference": legal_reference, "until_date": until_date.isoformat(), **since}
    ledger.write(Again.HELD, controller=scope.current(), subjects=[str(placed.id)], values=told, at=at)
    placed.save(update_fields=[*terms])
    journal.record(Tag.HELD, by=by, at=at, subject=subject)
    return placed


@exempt
def hold_again(subjects: Sequence[str], values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Place a hold again, or give it its new terms, on a database restored from before: under its id, as old as it was.

    Otherwise who is erased again would leave nothing in the archive that it should keep.
    """
    if not Hold.objects.filter(id=subjects[0], **values).exists():
        Hold.objects.update_or_create(id=subjects[0], defaults=values)
        journal.record(Tag.HELD, by=by, at=at, subject=values["subject"])


@exempt
def release(*, hold_id: UUID, by: Actor, at: datetime) -> None:
    """Release a hold before its day; one that is released stays so. Raises `NoSuchHoldError`."""
    released_by_id = _person(by)
    placed = Hold.objects.select_for_update().filter(id=hold_id).first()
    if placed is None:
        raise NoSuchHoldError
    if placed.released_at is None:
        told = {"released_by_id": str(released_by_id)}
        ledger.write(Again.RELEASED, controller=scope.current(), subjects=[str(hold_id)], values=told, at=at)
        placed.released_at, placed.released_by_id = at, released_by_id
        placed.save(update_fields=["released_at", "released_by_id"])
        journal.record(Tag.RELEASED, by=by, at=at, subject=placed.subject)


@exempt
def release_again(subjects: Sequence[str], values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Release a hold again on a database restored from before: who is erased next must not be kept under it."""
    for placed in Hold.objects.select_for_update().filter(id__in=subjects, released_at=None):
        placed.released_at, placed.released_by_id = at, values["released_by_id"]
        placed.save(update_fields=["released_at", "released_by_id"])
        journal.record(Tag.RELEASED, by=by, at=at, subject=placed.subject)


def close(*, people: Sequence[tuple[str, str]], by: Actor, at: datetime) -> None:
    """Record that persons' records are gone, by (the reference kept of their group, each of their references).

    Each reference keeps the last activity of its person, from which other clauses run. Call it before their facts
    go; a reference that is closed stays as it was. The action that calls writes the journal entry.
    """
    del by
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH member AS (SELECT * FROM unnest(%(heads)s::text[], %(references)s::text[]) m(head, subject)),
            last AS (
                SELECT m.head, max(f.happened_at) AS at FROM member m JOIN standing_fact f USING (subject)
                WHERE f.controller_id = %(controller)s GROUP BY m.head)
            INSERT INTO standing_closure (id, controller_id, subject, last_at, ended_at)
            SELECT gen_random_uuid(), %(controller)s, m.subject, l.at, %(at)s
            FROM member m LEFT JOIN last l USING (head)
            ON CONFLICT (controller_id, subject) DO NOTHING""",
            {
                "heads": [head for head, _ in people],
                "references": [reference for _, reference in people],
                "controller": scope.current(),
                "at": at,
            },
        )


def consult(*, archived_id: UUID, motive: Motive, explanation: str, by: Actor, at: datetime) -> Fields:
    """Open what is archived under an id, and write who did and why: there is no other way to its fields.

    Each opening is written, the same one twice is two. Raises `NoSuchArchivedError`, `NoMotiveError` without an
    explanation, and `base.crypto.Unreadable` if the row was altered; then nothing is written.
    """
    consulted_by_id = _person(by)
    if not explanation.strip():
        raise NoMotiveError
    found = queries.archived().filter(id=archived_id).first()
    if found is None:
        raise NoSuchArchivedError
    content = settings.GARDIEN_KEYRING.open_(bytes(found.sealed), context=queries.archive_context(found.id))
    Consultation.objects.create(
        subject=found.subject,
        archived_id=found.id,
        motive=motive.value,
        explanation=explanation,
        consulted_at=at,
        consulted_by_id=consulted_by_id,
    )
    journal.record(Tag.CONSULTED, by=by, at=at, subject=found.subject, archived=found.id)
    fields: Fields = json.loads(content)
    return fields


def _person(by: Actor) -> UUID:
    if by.id is None:
        raise NobodyDecidedError
    return by.id
