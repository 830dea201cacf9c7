"""What may leave, as what, and what becomes of it: vocabulary, the gate and the waits. Pure."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal
from uuid import UUID

from gardien.commitment import policy
from gardien.consent.rules import Channel, Sender
from gardien.journal import rules as journal


class Tag(journal.Tag):
    """What this room tells the journal."""

    PREPARED = "messaging:message:prepared"
    REFUSED = "messaging:message:refused_by_gate"
    SENT = "messaging:message:sent"
    FAILED = "messaging:message:failed"
    STOPPED = "messaging:message:stopped"


class State(StrEnum):
    """Where a message stands. Refused, failed and stopped ones may be prepared again; a sent one never is."""

    PREPARED = "prepared"
    REFUSED = "refused_by_gate"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    STOPPED = "stopped"


class Kind(StrEnum):
    """`service`: what a person asked for or must know, such as a quote; `offer`: all that is meant to sell."""

    SERVICE = "service"
    OFFER = "offer"


class Outcome(StrEnum):
    """What became of one attempt. `unknown`: it was cut off, and the other side may hold the message."""

    STARTED = "started"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why the gate refuses a message."""

    PURPOSE = "purpose_not_in_version"
    CHANNEL = "channel_not_in_version"
    OFFERS = "offers_not_in_version"
    SENDER = "sender_not_in_version"
    DISGUISED = "offer_as_service"
    OBJECTED = "objected"
    UNKNOWN_OBJECTIONS = "objections_not_known"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True)
class Question:
    """What the gate is asked: may this be sent? `purpose` is the id of a `use.*` or `messages.*` clause.

    A version's clauses list a channel as `by_<channel>`; `sender` is on whose behalf an offer is made.
    """

    population: policy.Population
    purpose: str
    channel: Channel
    kind: Kind
    sender: Sender = Sender.CONTROLLER


@dataclass(frozen=True)
class Known:
    """What is known of the person for this channel, address and sender; None is nobody's word, and opens nothing."""

    has_objected: bool | None = None
    has_consented: bool | None = None


NOTHING_KNOWN = Known()


def message_of(file_name: str) -> UUID | None:
    """Return the message of which this is a file, or a half-written one, in the folder of a `file:` route."""
    named = re.fullmatch(r"\.?([0-9a-f]{32})\.(?:eml|half)", file_name)
    return UUID(named[1]) if named else None


def population(subject: str) -> policy.Population:
    """Return whose reference this is: `C-…` a customer's, `U-…` a user's."""
    return "client" if subject.startswith("C-") else "user"


def refusal(question: Question, version: policy.Version, known: Known = NOTHING_KNOWN) -> Cause | None:
    """Return why `version` does not let the message pass, None if it does.

    A service message passes if the version lists its purpose, and lists its channel for that population in a clause on
    messages, on sending or on keeping them. An offer needs a clause of offers by that channel and sender, and for
    customers the purpose `client.use.offers` besides, which no version so far has; then the person's word.
    """
    clauses = version.population(question.population)
    purpose = clauses.get(question.purpose)
    if purpose is None or not policy.is_purpose(question.purpose):
        is_offer_to_client = question.kind is Kind.OFFER and question.population == "client"
        return Cause.OFFERS if is_offer_to_client else Cause.PURPOSE
    if question.kind is Kind.OFFER:
        return _offer_refusal(question, clauses, known)
    if purpose.content == "offers" or question.purpose == _offers(question.population):
        return Cause.DISGUISED
    stem = question.population
    listing = [clause for id_, clause in clauses.items() if id_.startswith(f"{stem}.messages.")]
    listing += [clauses[id_] for id_ in (f"{stem}.retention.messages",) if id_ in clauses]
    return None if any(_lists(clause, question.channel) for clause in listing) else Cause.CHANNEL


def _offer_refusal(question: Question, clauses: dict[str, policy.Clause], known: Known) -> Cause | None:
    if question.population == "client" and question.purpose != _offers("client"):
        return Cause.OFFERS
    stem = f"{question.population}.messages."
    offering = [clause for id_, clause in clauses.items() if id_.startswith(stem) and clause.content == "offers"]
    if not offering:
        return Cause.OFFERS
    listing = [clause for clause in offering if _lists(clause, question.channel)]
    if not listing:
        return Cause.CHANNEL
    if not any(question.sender in clause.senders for clause in listing):
        return Cause.SENDER
    if known.has_objected is not False:
        return Cause.UNKNOWN_OBJECTIONS if known.has_objected is None else Cause.OBJECTED
    needs_yes = any(clause.permission == "opt_in" for clause in listing)
    needs_yes = needs_yes or (question.population == "client" and question.channel is not Channel.POST)
    return Cause.NO_CONSENT if needs_yes and not known.has_consented else None


def _offers(population: policy.Population) -> str:
    return f"{population}.use.offers"


def _lists(clause: policy.Clause, channel: Channel) -> bool:
    return f"by_{channel}" in clause.channels


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True)
class Letter:
    """What is to be sent to whom, complete. `sender_name` is shown before the portal's own address."""

    recipient: str
    title: str
    text: str
    sender_name: str
    reply_to: str = ""
    attachment: Attachment | None = None


@dataclass(frozen=True)
class About:
    """What a message is about, in references. One document goes to one address once, whatever is prepared again.

    `document_kind` and `document_id` name it in its own room (`quote`, the quote's id), `document_sha256` says which
    form of it: of the attachment, where there is one.
    """

    subject: str
    purpose: str
    document_kind: str
    document_id: UUID
    document_sha256: str
    kind: Kind = Kind.SERVICE
    channel: Channel = Channel.EMAIL
    sender: Sender = Sender.CONTROLLER


@dataclass(frozen=True)
class Server:
    """An SMTP server that takes our messages. `timeout` in seconds bounds each single wait."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0


@dataclass(frozen=True)
class Folder:
    """A folder that takes our messages as files, for demonstrations and tests."""

    path: Path


@dataclass(frozen=True)
class Result:
    """What a transport says of one attempt: `code` is an SMTP code or a word, never the other side's text."""

    outcome: Outcome
    code: str


FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=30)
GIVE_UP = timedelta(hours=48)
"""How long a message is tried, by our own relay's queue times; then it has failed and is shown."""


def wait(attempts: int, since_prepared: timedelta) -> timedelta | None:
    """Return how long to wait after so many attempts: twice as long each time, up to half an hour; None to give up."""
    if since_prepared >= GIVE_UP:
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_WAIT)
