"""Recording what people were told, what they decide, and to what they object."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from gardien.base import clock, ids, ledger, scope
from gardien.base.actor import Actor
from gardien.base.text import Refused
from gardien.commitment import queries as commitment
from gardien.commitment.documents import Document
from gardien.commitment.policy import Version
from gardien.commitment.registry import Kept, registry
from gardien.journal import actions as journal

from . import queries
from .models import Acknowledgement, Decision, Objection, Reading
from .rules import HEARD, OBJECTED_AGAIN, About, Channel, How, NotAnAddressError, Sender, Tag, to_take_back


class NobodyReadError(ValueError):
    """A wording is read, and an answer heard, by a person; a program cannot have done it."""


class OtherWordingError(ValueError):
    """An answer must come with the very question that was asked for its purpose."""


class WithdrawInsteadError(ValueError):
    """A yes is taken back by `withdraw`, which also ends what rests on it."""


class NotOnConsentError(Refused):
    """The purpose does not rest on consent, so there is none to withdraw: `code` is its basis, or `none`.

    The sentence names the right that helps instead: GDPR, articles 17(1) for erasure and 21(1) for objection.
    """

    messages: ClassVar = {
        "contract": "This use rests on the customer's request or contract, not on consent. They can ask for erasure: "
        "record a rights request.",
        "legitimate-interest": "This use rests on a legitimate interest, not on consent. They can object: record a "
        "rights request.",
        "law": "The law requires this use: it ends neither by withdrawal nor by objection.",
        "none": "The commitment has no such use: choose another one.",
    }


@dataclass(frozen=True)
class Answer:
    """A yes or a no to one question of `queries.asked`; `wording` is what was read or shown.

    `channel` is empty for a use of the data. `address` is the one number or address that the answer is about, as
    `rules.normalised` takes it, or empty.
    """

    purpose: str
    channel: str
    address: str
    is_given: bool
    wording: Document


@transaction.atomic
def record_reading(*, wording: Document, by: Actor, at: datetime, subject: str | None = None) -> Reading:
    """Record that `by` read `wording` aloud to the person `subject`, or reserve a reference for who heard it.

    Raises `NobodyReadError`.
    """
    if by.id is None:
        raise NobodyReadError
    reading = Reading.objects.create(
        subject=subject or ids.reference("C"),
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


@transaction.atomic
def acknowledge(*, subject: str, notice: Document, by: Actor, at: datetime) -> Acknowledgement:
    """Record that the user `subject` says they have read `notice`; the same words again are one record.

    Raises `OtherWordingError` for words that are no notice.
    """
    if notice.kind != "notice":
        raise OtherWordingError
    words = {"version": notice.version_id, "language": notice.language, "notice_sha256": notice.sha256}
    if found := Acknowledgement.objects.filter(subject=subject, **words).first():
        return found
    found = Acknowledgement.objects.create(subject=subject, acknowledged_at=at, **words)
    journal.record(Tag.ACKNOWLEDGED, by=by, at=at, subject=subject, version=found.version, wording=notice.sha256)
    return found


@transaction.atomic
def decide(
    *, subject: str, answers: Sequence[Answer], how: How, by: Actor, at: datetime, quote_id: UUID | None = None
) -> list[Decision]:
    """Record a person's answers, and return the decisions that hold for them; an unanswered question has no answer.

    A no ends what the rooms declare, as a withdrawal does, and a yes after it lets it go on. The same answer to the
    same words again changes nothing.
    `quote_id` is the quote whose verso carried the wording.
    Raises `NobodyReadError`, `OtherWordingError`, `WithdrawInsteadError`, `rules.NotAnAddressError`.
    """
    _refuse_unheard(how, by)
    held = {_about(decision): decision for decision in queries.current([subject])}
    found = []
    for answer in answers:
        about = _asked(answer)
        before = held.get(about)
        told = {"is_given": answer.is_given, "how": how, "quote_id": quote_id, **_words(answer.wording)}
        if before and before.is_given and not answer.is_given:
            raise WithdrawInsteadError
        if before is None or any(getattr(before, name) != value for name, value in told.items()):
            held[about] = _append(subject, about, Tag.DECIDED, by, at, told)
            if answer.is_given:
                registry.resume(subject, answer.purpose, by=by, at=at)
            else:
                registry.end([subject], answer.purpose, by=by, at=at)
        found.append(held[about])
    return found


@transaction.atomic
def withdraw(
    *,
    subjects: Sequence[str],
    purpose: str,
    how: How,
    by: Actor,
    at: datetime,
    channel: str = "",
    address_digest: str = "",
) -> tuple[Kept, ...]:
    """Take back a person's consent, for one address or for all, and end in the same transaction what rests on it.

    An address and its channel are named as its decision bears them (`queries.address_digest`), so that one which is no
    longer known can be withdrawn. `subjects` are all references of their merged group: each gets its no, so that
    undoing the merge revives no yes. A purpose can be withdrawn from while the version in force asks consent to it, and
    wherever this person was once asked. Returned is what stays, on which ground. Doing it again changes nothing. Raises
    `NotOnConsentError`, `NobodyReadError`. Of a restricted person the no is recorded, and what it ends waits until the
    restriction is lifted.
    """
    _refuse_unheard(how, by)
    version = commitment.in_force(clock.legal_day(at))
    decided = [row for row in queries.history(subjects) if row.purpose == purpose]
    is_asked = queries.is_asked(version, purpose)
    if not is_asked and not decided:
        raise NotOnConsentError(_basis(version, purpose))
    about = About(purpose, channel, address_digest)
    told: dict[str, Any] = {"is_given": False, "how": how, **_words_of(decided, version, purpose)}
    appended = [
        _append(subject, each, Tag.WITHDRAWN, by, at, told)
        for subject in subjects
        for each in to_take_back([(_about(row), row.is_given) for row in decided if row.subject == subject], about)
    ]
    if not is_asked and not appended:
        return ()
    return registry.end(subjects, purpose, by=by, at=at)


@transaction.atomic
def object_(*, channel: Channel, address: str, sender: Sender, how: How, by: Actor, at: datetime) -> Objection:
    """Record that the bearer of an address objects to a sender's offers: a keyed digest alone, no reference, no name.

    A new objection starts its retention again; one that is known as of later is returned. Raises
    `rules.NotAnAddressError`.
    """
    _refuse_unheard(how, by)
    digest = queries.objection_digest(channel, address, sender)
    known = queries.objections([digest]).get(digest)
    if known and known.objected_at >= at:
        return known
    told = {"channel": channel, "sender": sender, "digest": digest, "how": how, "objected_at": at.isoformat()}
    objection = Objection(id=ids.new(), **{**told, "objected_at": at})
    ledger.write(OBJECTED_AGAIN, controller=scope.current(), subjects=[str(objection.id)], values=told, at=at)
    objection.save(force_insert=True)
    journal.record(Tag.OBJECTED, by=by, at=at, objection=objection.id)
    return objection


@transaction.atomic
def object_again(subjects: Sequence[str], values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Record an objection anew under its id, after a restore, from its line in the ledger; it is as old as it was."""
    told = {**values, "objected_at": datetime.fromisoformat(values["objected_at"])}
    objection = Objection(id=UUID(subjects[0]), **told)
    if not Objection.objects.filter(id=objection.id).exists():
        objection.save(force_insert=True)
        journal.record(Tag.OBJECTED, by=by, at=at, objection=objection.id)


def _refuse_unheard(how: How, by: Actor) -> None:
    if how in HEARD and by.id is None:
        raise NobodyReadError


def _asked(answer: Answer) -> About:
    """Return what an answer is about; refuse the words of another question, and an address missing or out of place."""
    if answer.wording.kind != "consent" or answer.wording.sections[0].clause_ids != (answer.purpose,):
        raise OtherWordingError
    is_use, is_call = ".use." in answer.purpose, answer.purpose == queries.CALLS
    if (is_use and (answer.channel or answer.address)) or (is_call and not answer.address):
        raise NotAnAddressError(answer.channel)
    if not answer.address:
        return About(answer.purpose, answer.channel)
    channel = answer.channel or Channel.PHONE
    return About(answer.purpose, channel, queries.address_digest(channel, answer.address))


def _about(decision: Decision) -> About:
    return About(decision.purpose, decision.channel, decision.address_digest)


def _words(wording: Document) -> dict[str, str]:
    return {"version": wording.version_id, "language": wording.language, "wording_sha256": wording.sha256}


def _words_of(decided: Sequence[Decision], version: Version, purpose: str) -> dict[str, str]:
    """Return the words that a withdrawal takes back: of the latest answer, else those of the version in force."""
    if not decided:
        return _words(queries.wording(version, purpose, version.languages[0]))
    last = decided[-1]
    return {"version": last.version, "language": last.language, "wording_sha256": last.wording_sha256}


def _append(subject: str, about: About, tag: Tag, by: Actor, at: datetime, told: dict[str, Any]) -> Decision:
    decision = Decision.objects.create(
        subject=subject, **vars(about), basis="consent", recorded_by_id=by.id, decided_at=at, **told
    )
    proof: dict[str, UUID | str | int] = {"decision": decision.id, "version": decision.version}
    if decision.quote_id:
        proof["quote"] = decision.quote_id
    journal.record(tag, by=by, at=at, subject=subject, wording=decision.wording_sha256, **proof)
    return decision


def _basis(version: Version, purpose: str) -> str:
    """Return on what else a purpose rests, as a code of `NotOnConsentError`."""
    matrix = version.clauses.get(f"{purpose.partition('.')[0]}.basis-matrix")
    return matrix.bases.get(purpose, "none") if matrix else "none"
