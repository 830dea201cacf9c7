"""Messages as tests prepare them: one quote's PDF to one address."""

import email
import hashlib
import re
from datetime import datetime, timedelta
from email import policy
from typing import Any
from uuid import UUID

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.base.jobs import TryLater
from gardien.messaging import actions
from gardien.messaging.jobs import send
from gardien.messaging.models import Message
from gardien.messaging.rules import About, Attachment, Letter
from tests.conftest import as_role

BY = Actor(id=ids.new(), role="counter_adviser")
FROM = "portail@gardien.example"


def pdf(number: int = 1) -> bytes:
    """Return bytes that stand for the PDF of a quote, a few kilobytes of them."""
    return b"%PDF-1.7 " + hashlib.sha256(str(number).encode()).digest() * 100


def letter(number: int = 1, **told: Any) -> Letter:
    """Return a letter with its PDF to a recipient of that number."""
    return Letter(
        **{
            "recipient": f"destinataire{number}@courriel.example",
            "title": f"Votre devis D-TILLEUL-2026-{number:06}",
            "text": "Bonjour,\n\nvoici le devis demandé.\n",
            "sender_name": "Garage du Tilleul",
            "reply_to": "accueil@tilleul.example",
            "attachment": Attachment(f"devis-{number}.pdf", pdf(number)),
            **told,
        }
    )


def about(number: int = 1, **told: Any) -> About:
    """Return what that letter is about."""
    return About(
        **{
            "subject": "C-7K3M9QXA",
            "purpose": "client.use.quote",
            "document_kind": "quote",
            "document_id": UUID(int=number),
            "document_sha256": hashlib.sha256(pdf(number)).hexdigest(),
            **told,
        }
    )


def prepare(controller: UUID, at: datetime, number: int = 1, *, of: About | None = None, **told: Any) -> Message:
    """Prepare a message in a transaction of its own."""
    with scope.entered(controller):
        return actions.prepare(about=of or about(number), letter=letter(number, **told), by=BY, at=at)


def stands(controller: UUID, message: Message) -> Message:
    """Return a message as the database has it."""
    with scope.entered(controller):
        return Message.objects.get(id=message.id)


def tries(controller: UUID, message: Message) -> list[tuple[int, str, str]]:
    """Return the number, outcome and code of each attempt."""
    with scope.entered(controller):
        return list(message.tries.order_by("number").values_list("number", "outcome", "code"))


def queued() -> list[dict[str, str]]:
    """Return the arguments of the jobs that send."""
    with as_role("audit") as connection:
        rows = connection.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'messaging.send' ORDER BY id")
        return [row[0] for row in rows]


def tags() -> list[str]:
    """Return the journal's tags in their order."""
    with as_role("audit") as connection:
        return [tag for (tag,) in connection.execute("SELECT tag FROM journal_entry ORDER BY id")]


def run(garage: UUID, message: Message) -> timedelta | None:
    """Run the job once; return how long it asks to wait."""
    try:
        send(str(garage), str(message.id))
    except TryLater as later:
        return later.wait
    return None


def parts(raw: bytes) -> list[bytes]:
    """Return a letter as sent, and what each of its parts says, attachments included."""
    found = email.message_from_bytes(raw, policy=policy.default)
    bodies = [part.get_payload(decode=True) for part in found.walk() if not part.is_multipart()]
    return [raw, str(found["Subject"]).encode(), *(body for body in bodies if isinstance(body, bytes))]


def links(raw: bytes) -> list[str]:
    """Return the paths that a letter links to."""
    texts = [part.decode("utf-8", "ignore") for part in parts(raw)[1:] if not part.startswith(b"%PDF")]
    return [link for text in texts for link in re.findall(r"https?://[^/\s]+(/[^\s\"<>]*)", text)]
