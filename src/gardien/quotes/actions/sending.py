"""Giving a quote to the person by e-mail: a letter in the outbox, with the very PDF and a link to answer by."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from gardien.base import links, scope
from gardien.base.actor import Actor
from gardien.messaging import actions as messaging
from gardien.messaging import rules as letters
from gardien.messaging.models import Message

from .. import queries
from ..models import Quote, QuoteDocument
from ..rules.vocabulary import PURPOSE, State
from . import _locks
from .answering import give

_PARIS = ZoneInfo("Europe/Paris")


class NoAddressError(ValueError):
    """The customer told no e-mail address: hand the quote over on paper."""


@transaction.atomic
def send(*, quote_id: UUID, address_of: Callable[[str], str], by: Actor, at: datetime) -> Message:
    """Put an open quote into the outbox for its customer's e-mail address, and return the message as it stands.

    `address_of` makes an absolute address of a link's token. The quote is sent once its message is prepared; where the
    gate refuses, the message says so and the quote stays as it was. Sent again to the same address it is one message.
    Raises `NotOpenError`, `ExpiredError`, `NoAddressError`, `messaging.NoRouteError`.
    """
    quote = _locks.quote(quote_id)
    _locks.refuse_closed(quote, at)
    if not quote.customer.email:
        raise NoAddressError
    document = queries.document(quote.id)
    about = letters.About(
        subject=quote.customer.reference,
        purpose=PURPOSE,
        document_kind="quote",
        document_id=quote.id,
        document_sha256=document.sha256,
    )
    letter = _letter(quote, document, address_of(links.token(answer_link(quote, document))))
    message = messaging.prepare(about=about, letter=letter, by=by, at=at)
    if message.state in {letters.State.PREPARED, letters.State.SENT, letters.State.DELIVERED}:
        give(quote_id=quote.id, state=State.SENT, by=by, at=at)
    return message


def answer_link(quote: Quote, document: QuoteDocument) -> links.Link:
    """Return the link by which a person answers this very document, until the end of its last day in Paris."""
    assert quote.valid_until_date  # noqa: S101 -- an issued quote has its last day
    end = datetime.combine(quote.valid_until_date + timedelta(days=1), time.min, _PARIS) - timedelta(seconds=1)
    return links.Link(queries.ANSWER, scope.current(), quote.id, document.sha256, end)


def _letter(quote: Quote, document: QuoteDocument, address: str) -> letters.Letter:
    repairer = quote.site.repairer
    facts = {"number": quote.number, "repairer": repairer.name, "address": address, "phone": repairer.phone}
    title = _("Your quote %(number)s") % facts
    text = _(
        "Hello,\n\nHere is the quote %(number)s that you asked us for; the PDF is attached.\n\n"
        "To read its terms, accept or refuse it: %(address)s\n\n"
        "The back of the quote says what becomes of your data.\n\n%(repairer)s\n"
    )
    attachment = letters.Attachment(f"{quote.number}.pdf", queries.pdf(document))
    return letters.Letter(
        recipient=quote.customer.email,
        title=title,
        text=text % facts,
        sender_name=repairer.name,
        reply_to=repairer.email,
        attachment=attachment,
    )
