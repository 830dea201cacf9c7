"""Named reads of what people were told, decided and objected to, by every reference of a person's merged group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery

from gardien.base import scope
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.commitment.documents import Document
from gardien.commitment.policy import Population, UnknownLanguageError, UnknownVersionError, Version

from .models import Acknowledgement, Decision, Objection, Reading
from .rules import Channel, normalised

CALLS: Final = "client.phone-prospecting"


class NeverReadError(LookupError):
    """No such reading exists for this controller."""


@dataclass(frozen=True)
class Question:
    """What intake asks for one purpose, `per_address` once for each number: unanswered until a yes or a no is said.

    `channel` is empty for a use of the data; `document` holds the very words to show.
    """

    purpose: str
    channel: str
    per_address: bool
    document: Document


def reading(identifier: UUID) -> Reading:
    """Return a reading of the present controller; raise `NeverReadError`."""
    found = Reading.objects.filter(id=identifier).first()
    if found is None:
        raise NeverReadError
    return found


def readings(subjects: Sequence[str]) -> list[Reading]:
    """Return all readings to a person, the first one first: what they were told, and whether they were told again."""
    return list(Reading.objects.filter(subject__in=subjects).order_by("read_at", "id"))


def tellings(population: str) -> QuerySet[Any, tuple[str, datetime, str]]:
    """Return (subject, at, version) of everything that customers heard, or that users said they have read."""
    if population == "client":
        return Reading.objects.values_list("subject", "read_at", "version")
    return Acknowledgement.objects.values_list("subject", "acknowledged_at", "version")


def taken_back() -> QuerySet[Any, tuple[UUID, datetime]]:
    """Return (id, at) of decisions that a later no to the same purpose and address took back, and when it first did.

    The purpose that they prove was over then, whatever else the person agreed to since. The no itself stays: it is what
    keeps anybody from asking, or acting, again.
    """
    same = {name: OuterRef(name) for name in ("subject", "purpose", "channel", "address_digest")}
    later = Decision.objects.filter(**same, is_given=False, decided_at__gt=OuterRef("decided_at"))
    first = later.order_by("decided_at").values("decided_at")[:1]
    return Decision.objects.annotate(over_at=Subquery(first)).filter(over_at__isnull=False).values_list("id", "over_at")


def acknowledgements(subjects: Sequence[str]) -> list[Acknowledgement]:
    """Return what a user said they have read, the latest first."""
    return list(Acknowledgement.objects.filter(subject__in=subjects).order_by("-acknowledged_at", "-id"))


def has_acknowledged(subjects: Sequence[str], version_id: str) -> bool:
    """Say whether a user has read the users' notice of a version, in any language."""
    return Acknowledgement.objects.filter(subject__in=subjects, version=version_id).exists()


def asked(version: Version, language: str = "fr", population: Population = "client") -> list[Question]:
    """Return what a customer, or a user, is asked under a version: each use on consent.

    Customers are asked about sales calls for each of their numbers besides.
    """
    found = []
    for purpose in documents.on_consent(version):
        if purpose.startswith(f"{population}."):
            channels = [label.removeprefix("by_") for label in version.clauses[purpose].channels] or [""]
            document = documents.consent(version, purpose, language)
            found += [Question(purpose, channel, per_address=False, document=document) for channel in channels]
    if population == "client" and is_asked(version, CALLS):
        document = wording(version, CALLS, language)
        found.append(Question(CALLS, Channel.PHONE, per_address=True, document=document))
    return found


def is_asked(version: Version, purpose: str) -> bool:
    """Say whether a version asks consent to this."""
    try:
        wording(version, purpose, version.languages[0])
    except documents.NotOnConsentError:
        return False
    return True


def wording(version: Version, purpose: str, language: str) -> Document:
    """Return the words of a question; raise `documents.NotOnConsentError` where the version does not ask it."""
    if purpose.endswith(".phone-prospecting"):
        return documents.consent_to_calls(version, purpose, language)
    return documents.consent(version, purpose, language)


def history(subjects: Sequence[str]) -> list[Decision]:
    """Return all that a person decided, the first decision first."""
    return list(Decision.objects.filter(subject__in=subjects).order_by("decided_at", "id"))


def current(subjects: Sequence[str]) -> list[Decision]:
    """Return what holds: the latest decision for each purpose, channel and digest of an address.

    What was never answered is absent: it is neither a yes nor a no.
    """
    key = ("purpose", "channel", "address_digest")
    found = Decision.objects.filter(subject__in=subjects).order_by(*key, "-decided_at", "-id")
    return list(found.distinct(*key))


def decision_for(subjects: Sequence[str], purpose: str, address: str = "", channel: str = "") -> Decision | None:
    """Return the decision that holds for a purpose, or for one address of it: the latest about it or about every one.

    An address without a channel is a telephone number, in E.164. None where nothing was answered. Raises
    `rules.NotAnAddressError`.
    """
    channels, digests = {""}, {""}
    if channel or address:
        channels.add(channel or Channel.PHONE)
    if address:
        digests.add(address_digest(channel or Channel.PHONE, address))
    found = Decision.objects.filter(
        subject__in=subjects, purpose=purpose, channel__in=channels, address_digest__in=digests
    )
    return found.order_by("-decided_at", "-id").first()


def has_objected(channel: str, address: str, sender: str) -> bool:
    """Say whether the bearer of an address objects to a sender's offers; raise `rules.NotAnAddressError`.

    A customer's addresses are spelt by `customers.rules.reached`: a postal one has no name in it.
    """
    digest = objection_digest(channel, address, sender)
    return Objection.objects.filter(channel=channel, sender=sender, digest=digest).exists()


def objections(digests: Iterable[str]) -> dict[str, Objection]:
    """Return the latest objection under each of these digests (`objection_digest`), by digest: one query for a card."""
    found = Objection.objects.filter(digest__in=set(digests)).order_by("objected_at", "id")
    return {each.digest: each for each in found}


def address_digest(channel: str, address: str) -> str:
    """Return the keyed digest of an address in the ledger; an objection of the same address has another one."""
    return _digest("decision", channel, "", normalised(channel, address))


def objection_digest(channel: str, address: str, sender: str) -> str:
    """Return the keyed digest of an address in the list of objections of the present controller."""
    return _digest("objection", channel, sender, normalised(channel, address))


def decided_on_other_words() -> tuple[int, int]:
    """Return how many decisions there are, and how many do not bear the digest of the words that their version asks."""
    asked_in = ("version", "purpose", "language", "wording_sha256")
    rows = Decision.objects.order_by().values_list(*asked_in).annotate(count=Count("id"))
    counted = [(_asks(*words), count) for *words, count in rows]
    return sum(count for _, count in counted), sum(count for is_right, count in counted if not is_right)


def acknowledged_other_words() -> tuple[int, int]:
    """Return how many acknowledgements there are, and how many do not bear the digest of their version's notice."""
    rows = Acknowledgement.objects.order_by().values_list("version", "language", "notice_sha256")
    counted = [(_tells(*words), count) for *words, count in rows.annotate(count=Count("id"))]
    return sum(count for _, count in counted), sum(count for is_right, count in counted if not is_right)


def _tells(version: str, language: str, sha256: str) -> bool:
    try:
        return documents.notice(commitment.versions().get(version), "user", language).sha256 == sha256
    except (UnknownVersionError, UnknownLanguageError):
        return False


def _asks(version: str, purpose: str, language: str, sha256: str) -> bool:
    try:
        return wording(commitment.versions().get(version), purpose, language).sha256 == sha256
    except (UnknownVersionError, UnknownLanguageError, documents.NotOnConsentError):
        return False


def _digest(kind: str, channel: str, sender: str, address: str) -> str:
    digest: str = settings.GARDIEN_KEYRING.digest(kind, str(scope.current()), channel, sender, address)
    return digest
