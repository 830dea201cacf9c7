"""What becomes of an issued quote: accepted or refused by the person, or cancelled."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gardien.base.actor import Actor
from gardien.commitment.registry import Kept
from gardien.customers.models import Customer
from gardien.journal import actions as journal
from gardien.standing import actions as standing
from gardien.standing.rules import Event

from ..models import Quote, QuoteLine
from ..rules import vocabulary
from ..rules.vocabulary import CancelReason, State, Tag
from . import _locks


class NotOpenError(ValueError):
    """Only an issued quote that nobody answered or cancelled can be: a draft is issued first."""


class ExpiredError(ValueError):
    """The quote's last day has passed: issue a new one."""


@transaction.atomic
def accept(*, quote_id: UUID, by: Actor, at: datetime) -> Quote:
    """Record that the person accepted a quote in time; accepted again it stays as it is.

    Raises `NotOpenError`, `ExpiredError`, `queries.NoSuchQuoteError`.
    """
    quote = _locks.quote(quote_id)
    if quote.state == State.ACCEPTED:
        return quote
    if quote.valid_until_date and not vocabulary.is_valid(at, quote.valid_until_date):
        raise ExpiredError
    return _answer(quote, State.ACCEPTED, Event.QUOTE_ACCEPTED, Tag.ACCEPTED, by, at)


@transaction.atomic
def refuse(*, quote_id: UUID, by: Actor, at: datetime) -> Quote:
    """Record that the person refused a quote; refused again it stays as it is.

    Raises `NotOpenError`, `queries.NoSuchQuoteError`.
    """
    quote = _locks.quote(quote_id)
    if quote.state == State.REFUSED:
        return quote
    return _answer(quote, State.REFUSED, Event.QUOTE_REFUSED, Tag.REFUSED, by, at)


@transaction.atomic
def cancel(*, quote_id: UUID, reason: CancelReason, by: Actor, at: datetime) -> Quote:
    """Cancel an issued quote; cancelled again it keeps its first reason. It moves no clock: the person did nothing.

    Raises `NotOpenError`, `queries.NoSuchQuoteError`.
    """
    quote = _locks.quote(quote_id)
    if quote.state != State.CANCELLED:
        _cancel(quote, reason, by, at)
    return quote


@transaction.atomic
def end_use(subjects: Sequence[str], purpose: str, *, by: Actor, at: datetime) -> tuple[Kept, ...]:
    """End the use of a person's data for quotes: their drafts are deleted, their issued quotes cancelled.

    Accepted quotes stay on their own ground, those that are over stay without one. Doing it again changes nothing.
    """
    del purpose
    persons = Customer.objects.select_for_update().filter(reference__in=subjects).order_by("id")
    ids = [person.id for person in persons]
    quotes = Quote.objects.select_for_update(of=("self",)).select_related("customer")
    counts = dict.fromkeys(State, 0)
    for quote in quotes.filter(customer__in=ids).order_by("id"):
        if quote.state == State.DRAFT:
            _discard(quote, by, at)
        elif quote.state == State.ISSUED:
            _cancel(quote, CancelReason.CONSENT_WITHDRAWN, by, at)
        counts[State(quote.state)] += 1
    over = counts[State.REFUSED] + counts[State.CANCELLED]
    kept = (
        Kept(_("accepted quotes"), counts[State.ACCEPTED], _("the contract that the acceptance made")),
        Kept(_("cancelled or refused quotes"), over, ""),
    )
    return tuple(each for each in kept if each.count)


def _answer(quote: Quote, state: State, event: Event, tag: Tag, by: Actor, at: datetime) -> Quote:
    _refuse_closed(quote)
    quote.state, quote.answered_at = state.value, at
    quote.save(update_fields=["state", "answered_at"])
    reference = quote.customer.reference
    standing.record_activity(subject=reference, event=event, source_id=quote.id, by=by, at=at)
    journal.record(tag, by=by, at=at, subject=reference, quote=quote.id)
    return quote


def _cancel(quote: Quote, reason: CancelReason, by: Actor, at: datetime) -> None:
    _refuse_closed(quote)
    quote.state, quote.cancelled_at, quote.cancel_reason = State.CANCELLED.value, at, reason.value
    quote.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    journal.record(Tag.CANCELLED, by=by, at=at, subject=quote.customer.reference, quote=quote.id)


def _discard(quote: Quote, by: Actor, at: datetime) -> None:
    journal.record(Tag.DISCARDED, by=by, at=at, subject=quote.customer.reference, quote=quote.id)
    QuoteLine.objects.filter(quote=quote).delete()
    Quote.objects.filter(id=quote.id).delete()


def _refuse_closed(quote: Quote) -> None:
    if quote.state != State.ISSUED:
        raise NotOpenError
