"""Writing the outbox: prepare, begin and finish an attempt, stop."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gardien.base import clock, ids, jobs, scope
from gardien.base.actor import Actor
from gardien.commitment import queries as commitment
from gardien.commitment.policy import Version
from gardien.commitment.registry import Kept
from gardien.consent import queries as consent
from gardien.consent.rules import Channel, Sender
from gardien.journal import actions as journal
from gardien.network import queries as network
from gardien.standing import queries as standing

from . import _mime, queries, rules
from .models import Attempt, Message
from .rules import About, Folder, Kind, Letter, Outcome, Result, State, Tag

NotAnAddressError = _mime.NotAnAddressError
_SWEEP = Actor.program("sweep")
_SETTLED = (State.PREPARED, State.SENT, State.DELIVERED)


class NoRouteError(RuntimeError):
    """This installation has no way to send: set GARDIEN_MAIL_URL."""


class WrongDocumentError(ValueError):
    """The attachment is not the document that the message is about."""


@dataclass(frozen=True)
class Begun:
    """An attempt that is on record as started, and what it has to hand over."""

    attempt_id: UUID
    name: str
    recipient: str
    content: bytes


@transaction.atomic
def prepare(*, about: About, letter: Letter, by: Actor, at: datetime) -> Message:
    """Ask the gate, write the message and queue its sending; return it as it stands.

    One document goes to one address once: what is prepared or sent already is returned unchanged. What was refused by
    the gate, failed or was stopped is prepared anew, under the same Message-ID. Where the gate refuses, the message
    returned says so (`state`, `refused_cause`) and nothing is queued. Raises `NoRouteError`, `WrongDocumentError`,
    `_mime.NotAnAddressError`, or `base.text.Refused` for a title, name or text too long.
    """
    if not queries.can_send():
        raise NoRouteError
    attached = letter.attachment
    if attached and hashlib.sha256(attached.content).hexdigest() != about.document_sha256:
        raise WrongDocumentError
    address = _mime.envelope_address(letter.recipient)
    message, is_new = _row(about, address, at)
    if not is_new and message.state in _SETTLED:
        return message
    content = _mime.compose(letter, message.id, settings.GARDIEN_MAIL_FROM, at)
    message.letter = _sealed(content, message.id, "letter")
    message.subject, message.purpose, message.kind = about.subject, about.purpose, about.kind
    message.channel, message.sender, message.prepared_at = about.channel, about.sender, at
    message.state, message.next_attempt_at, message.ended_at = State.PREPARED, at, None
    message.refused_cause = message.last_code = ""
    if _is_refused(message, by, at):
        return message
    message.save()
    jobs.defer("messaging.send", controller=scope.current(), message=message.id)
    _tell(Tag.PREPARED, message, by, at)
    return message


def _row(about: About, address: str, at: datetime) -> tuple[Message, bool]:
    """Return the one row of this document and address, locked, and whether it is new."""
    identifier = ids.new()
    message, is_new = Message.objects.get_or_create(
        document_sha256=about.document_sha256,
        recipient_digest=settings.GARDIEN_KEYRING.digest("recipient", str(scope.current()), address),
        defaults={
            "id": identifier,
            "subject": about.subject,
            "purpose": about.purpose,
            "kind": about.kind,
            "channel": about.channel,
            "sender": about.sender,
            "document_kind": about.document_kind,
            "document_id": about.document_id,
            "recipient": _sealed(address.encode(), identifier, "recipient"),
            "message_id": _mime.message_id(identifier, settings.GARDIEN_MAIL_FROM),
            "version": commitment.in_force(clock.legal_day(at)).id,
            "prepared_at": at,
            "next_attempt_at": at,
        },
    )
    return (message, True) if is_new else (_locked(message.id), False)


@transaction.atomic
def begin(*, message_id: UUID, by: Actor, at: datetime) -> Begun | None:
    """Put an attempt on record as started, and return what it has to hand over; None if nothing is to be sent.

    The gate is asked once more, by the version in force at `at`. The caller's transaction must end before it sends.
    Raises `scope.RestrictedError` while the person's data is restricted.
    """
    message = _locked(message_id)
    if message.state != State.PREPARED or _is_refused(message, by, at):
        return None
    message.tries.filter(ended_at=None).update(outcome=Outcome.UNKNOWN, ended_at=at)
    message.attempts += 1
    message.save()
    attempt = Attempt.objects.create(message=message, number=message.attempts, started_at=at)
    content = queries.opened(message.letter, message.id, "letter")
    return Begun(attempt.id, message.id.hex, queries.recipient(message), content)


@scope.exempt
@transaction.atomic
def finish(*, message_id: UUID, attempt_id: UUID, result: Result, by: Actor, at: datetime) -> timedelta | None:
    """Write what became of an attempt; return how long to wait for the next one, None if none is needed."""
    message = _locked(message_id)
    message.tries.filter(id=attempt_id).update(outcome=result.outcome, code=result.code, ended_at=at)
    if result.outcome is Outcome.ACCEPTED and message.state in (State.PREPARED, State.STOPPED):
        _end(message, State.SENT, Tag.SENT, result.code, by, at)
    if message.state != State.PREPARED:
        return None
    wait = None
    if result.outcome is not Outcome.REFUSED:
        wait = rules.wait(message.attempts, at - message.prepared_at)
    if wait is None:
        _end(message, State.FAILED, Tag.FAILED, result.code, by, at)
        return None
    message.last_code, message.next_attempt_at = result.code, at + wait
    message.save()
    return wait


@scope.exempt
@transaction.atomic
def stop(*, message_id: UUID, by: Actor, at: datetime) -> Message:
    """Stop a message that is not sent yet; one that is sent, or stopped, is returned as it stands.

    What a worker is handing over at this instant may arrive nevertheless; the message then says that it was sent.
    """
    message = _locked(message_id)
    if message.state in (State.PREPARED, State.FAILED):
        _end(message, State.STOPPED, Tag.STOPPED, message.last_code, by, at)
    return message


@transaction.atomic
def end_purpose(subjects: tuple[str, ...], purpose: str, *, by: Actor, at: datetime) -> tuple[Kept, ...]:
    """Stop what is not sent yet to a person for a purpose that they no longer consent to; what was sent stays.

    A restricted person's messages stay as they are: the gate refuses them once the restriction is lifted.
    """
    found = queries.of_subjects(subjects).filter(purpose=purpose)
    if standing.restriction(subjects) is None:
        for message in found.filter(state__in=(State.PREPARED, State.FAILED)):
            stop(message_id=message.id, by=by, at=at)
    sent = found.filter(state__in=(State.SENT, State.DELIVERED)).count()
    return (Kept(_("sent messages"), sent, ""),) if sent else ()


def _is_refused(message: Message, by: Actor, at: datetime) -> bool:
    """Ask the gate; where it refuses, write so."""
    version = commitment.in_force(clock.legal_day(at))
    question = rules.Question(
        population=rules.population(message.subject),
        purpose=message.purpose,
        channel=Channel(message.channel),
        kind=Kind(message.kind),
        sender=Sender(message.sender),
    )
    cause = rules.refusal(question, version, _known(message))
    if cause is None and _was_taken_back(message, version):
        cause = rules.Cause.NO_CONSENT
    message.version = version.id
    if cause:
        message.refused_cause = cause
        _end(message, State.REFUSED, Tag.REFUSED, "", by, at)
    return cause is not None


def remove_files(*, at: datetime, by: Actor = _SWEEP) -> int:
    """Remove from the folder of a `file:` route the files of messages whose row is gone, and return how many.

    Rows are looked up after the files: a file is written for a row that is there, so that none of a message under way
    is taken for one that is gone. Done again it changes nothing.
    """
    del by, at
    route = settings.GARDIEN_MAIL
    if not isinstance(route, Folder) or not route.path.is_dir():
        return 0
    files = {path: found for path in route.path.iterdir() if (found := rules.message_of(path.name))}
    kept = set[UUID]()
    for controller in network.controllers():
        with scope.entered(controller):
            kept |= set(Message.objects.filter(id__in=files.values()).values_list("id", flat=True))
    gone = [path for path, found in files.items() if found not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _known(message: Message) -> rules.Known:
    """Return what the bearer of the address said of this sender's offers; a service asks for nobody's word."""
    if message.kind != Kind.OFFER:
        return rules.NOTHING_KNOWN
    return rules.Known(has_objected=consent.has_objected(message.channel, queries.recipient(message), message.sender))


def _was_taken_back(message: Message, version: Version) -> bool:
    """Say whether the person's last answer is a no to a purpose for which the version asks their consent."""
    if not consent.is_asked(version, message.purpose):
        return False
    decision = consent.decision_for((message.subject,), message.purpose)
    return decision is not None and not decision.is_given


def _end(message: Message, state: State, tag: Tag, code: str, by: Actor, at: datetime) -> None:
    """Write a state in which nothing more is sent by itself; only a failed letter is kept, for another try."""
    message.state, message.last_code, message.ended_at, message.next_attempt_at = state, code, at, None
    if state is not State.FAILED:
        message.letter = b""
    message.save()
    _tell(tag, message, by, at)


def _tell(tag: Tag, message: Message, by: Actor, at: datetime) -> None:
    journal.record(tag, by=by, at=at, subject=message.subject, message=message.id, document=message.document_sha256)


def _sealed(content: bytes, message_id: UUID, part: str) -> bytes:
    sealed: bytes = settings.GARDIEN_KEYRING.seal(content, context=queries.seal_context(message_id, part))
    return sealed


def _locked(message_id: UUID) -> Message:
    found = Message.objects.select_for_update().filter(id=message_id).first()
    if found is None:
        raise queries.NoSuchMessageError
    return found
