"""Named reads of the outbox, for the present controller."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from gardien.consent.rules import Channel

from .models import Message
from .rules import Kind, State

STUCK_AFTER = timedelta(minutes=15)
"""After its time to be tried: by then every job has run, or was left behind and has run again."""


class NoSuchMessageError(LookupError):
    """No such message exists for this controller."""


def can_send() -> bool:
    """Say whether this installation has a way to send; where it has none, pages offer none."""
    return settings.GARDIEN_MAIL is not None


def of_document(document_id: UUID) -> QuerySet[Message]:
    """Return the messages about one document, the latest prepared first."""
    return Message.objects.filter(document_id=document_id).order_by("-prepared_at", "id")


def of_subjects(subjects: tuple[str, ...]) -> QuerySet[Message]:
    """Return the messages to a person, by all the references they bear, the latest prepared first."""
    return Message.objects.filter(subject__in=subjects).order_by("-prepared_at", "id")


def recipient(message: Message) -> str:
    """Return the address that a message is for. Raises `base.crypto.Unreadable` if its row was altered."""
    return opened(message.recipient, message.id, "recipient").decode()


def failed() -> QuerySet[Message]:
    """Return what was refused for good or given up, the latest first: a person must look at the address."""
    return Message.objects.filter(state=State.FAILED).order_by("-ended_at", "id")


def stuck(at: datetime) -> QuerySet[Message]:
    """Return what should have been tried `STUCK_AFTER` ago and was not: its job has stopped, or no worker runs."""
    return Message.objects.filter(state=State.PREPARED, next_attempt_at__lt=at - STUCK_AFTER).order_by("prepared_at")


def counts(at: datetime) -> dict[str, int]:
    """Return how many messages are in each state, and how many of the prepared ones are stuck."""
    by_state = dict(Message.objects.values_list("state").annotate(Count("id")))
    return {**{state.value: by_state.get(state, 0) for state in State}, "stuck": stuck(at).count()}


def offers_to_customers() -> tuple[int, int]:
    """Return how many e-mails to customers passed the gate, and how many of them were no service of a use of theirs."""
    passed = Message.objects.filter(subject__startswith="C-", channel=Channel.EMAIL).exclude(state=State.REFUSED)
    is_wrong = ~Q(kind=Kind.SERVICE) | ~Q(purpose__startswith="client.use.") | Q(purpose="client.use.offers")
    return passed.count(), passed.filter(is_wrong).count()


def seal_context(message_id: UUID, part: str) -> bytes:
    """Return what binds a sealed part to its message."""
    return f"message:{message_id}:{part}".encode()


def opened(sealed: bytes | memoryview, message_id: UUID, part: str) -> bytes:
    """Return a sealed part, `recipient` or `letter`."""
    content: bytes = settings.GARDIEN_KEYRING.open_(bytes(sealed), context=seal_context(message_id, part))
    return content
