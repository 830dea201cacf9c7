"""What becomes of an issued quote: given to the person, answered by them, or ended without an answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.commitment.registry import Kept
from gardien.customers.models import Customer
from gardien.journal import actions as journal
from gardien.standing import actions as standing
from gardien.standing.rules import Event

from ..models import Quote, QuoteLine, QuoteOption
from ..rules import vocabulary
from ..rules.vocabulary import OPEN, CancelReason, RefusalReason, State, Tag
from . import _locks

BATCH = 500
_CHOSEN = ("chosen_option", "total_ht", "total_vat", "total_ttc")


class NotExpiredError(ValueError):
    """The quote still holds: it is accepted like any other."""


class NoReasonError(ValueError):
    """A quote is accepted after its last day for a reason only: the manager says which."""


class NoOptionError(ValueError):
    """The quote has options, and the person chose none of them; or it has none and one was chosen."""


@transaction.atomic
def give(*, quote_id: UUID, state: State, by: Actor, at: datetime) -> Quote:
    """Write that an open quote was sent (`State.SENT`) or handed over on paper (`State.HANDED_OVER`).

    It moves no clock: the person did nothing. Raises `NotOpenError`, `ExpiredError`.
    """
    quote = _locks.quote(quote_id)
    _locks.refuse_closed(quote, at)
    tag = {State.SENT: Tag.SENT, State.HANDED_OVER: Tag.HANDED_OVER}[state]
    quote.state, quote.sent_at = state.value, quote.sent_at or at
    quote.save(update_fields=["state", "sent_at"])
    journal.record(tag, by=by, at=at, subject=quote.customer.reference, quote=quote.id)
    return quote


@transaction.atomic
def accept(*, quote_id: UUID, by: Actor, at: datetime, option: int | None = None) -> Quote:
    """Record that the person accepted a quote in time, and which of its options; accepted again it stays as it is.

    Raises `NotOpenError`, `ExpiredError`, `NoOptionError`, `queries.NoSuchQuoteError`.
    """
    quote = _locks.quote(quote_id)
    if quote.state == State.ACCEPTED:
        return quote
    _locks.refuse_closed(quote, at)
    _choose(quote, option)
    return _answer(quote, State.ACCEPTED, Tag.ACCEPTED, by, at)


@transaction.atomic
def accept_late(*, quote_id: UUID, reason: str, by: Actor, at: datetime, option: int | None = None) -> Quote:
    """Accept a quote after its last day, with the manager's `reason`; accepted again it stays as it is.

    Raises `NotExpiredError`, `NotOpenError`, `NoReasonError`, `NoOptionError`, `queries.NoSuchQuoteError`.
    """
    quote = _locks.quote(quote_id)
    if quote.state == State.ACCEPTED:
        return quote
    _refuse_impossible(quote, State.ACCEPTED)
    if not _locks.is_over(quote, at):
        raise NotExpiredError
    if not reason.strip():
        raise NoReasonError
    _choose(quote, option)
    quote.late_reason = reason.strip()
    return _answer(quote, State.ACCEPTED, Tag.ACCEPTED_LATE, by, at)


@transaction.atomic
def refuse(*, quote_id: UUID, by: Actor, at: datetime, reason: RefusalReason | None = None) -> Quote:
    """Record that the person refused a quote, and why if they said so; refused again it stays as it is.

    Raises `NotOpenError`, `queries.NoSuchQuoteError`.
    """
    quote = _locks.quote(quote_id)
    if quote.state == State.REFUSED:
        return quote
    quote.refusal_reason = reason.value if reason else ""
    return _answer(quote, State.REFUSED, Tag.REFUSED, by, at)


def expire(*, by: Actor, at: datetime) -> int:
    """End the present repairer's open quotes whose last day is over in Paris; return how many.

    In batches by key, three statements each, past rows that somebody holds: those are found the next time. Answered
    quotes are never touched.
    """
    day, last, ended = clock.legal_day(at), None, 0
    while True:
        with transaction.atomic():
            due = Quote.objects.filter(state__in=OPEN, valid_until_date__lt=day).select_related("customer")
            rows = due.select_for_update(of=("self",), skip_locked=True).order_by("id")
            batch = list((rows.filter(id__gt=last) if last else rows)[:BATCH])
            Quote.objects.filter(id__in=[quote.id for quote in batch]).update(state=State.EXPIRED.value)
            ends = ((quote.customer.reference, {"quote": quote.id}) for quote in batch)
            journal.record_each(Tag.EXPIRED, by=by, at=at, of=ends)
        ended += len(batch)
        if len(batch) < BATCH:
            return ended
        last = batch[-1].id


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
        elif quote.is_open:
            _cancel(quote, CancelReason.CONSENT_WITHDRAWN, by, at)
        counts[State(quote.state)] += 1
    over = sum(counts[state] for state in (State.REFUSED, State.EXPIRED, State.SUPERSEDED, State.CANCELLED))
    kept = (
        Kept(_("accepted quotes"), counts[State.ACCEPTED], _("the contract that the acceptance made")),
        Kept(_("quotes that are over"), over, ""),
    )
    return tuple(each for each in kept if each.count)


def _answer(quote: Quote, state: State, tag: Tag, by: Actor, at: datetime) -> Quote:
    _refuse_impossible(quote, state)
    quote.state, quote.answered_at = state.value, at
    quote.save(update_fields=["state", "answered_at", *_CHOSEN, "refusal_reason", "late_reason"])
    reference = quote.customer.reference
    event = Event.QUOTE_ACCEPTED if state is State.ACCEPTED else Event.QUOTE_REFUSED
    standing.record_activity(subject=reference, event=event, source_id=quote.id, by=by, at=at)
    journal.record(tag, by=by, at=at, subject=reference, quote=quote.id)
    return quote


def _choose(quote: Quote, option: int | None) -> None:
    """Keep which option was chosen, whose totals are the quote's from now on."""
    offered = {each.option: each for each in QuoteOption.objects.filter(quote=quote)}
    if option not in (offered or {None}):
        raise NoOptionError
    quote.chosen_option = option
    if option is not None:
        chosen = offered[option]
        quote.total_ht, quote.total_vat, quote.total_ttc = chosen.total_ht, chosen.total_vat, chosen.total_ttc


def _cancel(quote: Quote, reason: CancelReason, by: Actor, at: datetime) -> None:
    _refuse_impossible(quote, State.CANCELLED)
    quote.state, quote.cancelled_at, quote.cancel_reason = State.CANCELLED.value, at, reason.value
    quote.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    journal.record(Tag.CANCELLED, by=by, at=at, subject=quote.customer.reference, quote=quote.id)


def _discard(quote: Quote, by: Actor, at: datetime) -> None:
    journal.record(Tag.DISCARDED, by=by, at=at, subject=quote.customer.reference, quote=quote.id)
    QuoteLine.objects.filter(quote=quote).delete()
    Quote.objects.filter(id=quote.id).delete()


def _refuse_impossible(quote: Quote, state: State) -> None:
    if state not in vocabulary.TRANSITIONS[State(quote.state)]:
        raise _locks.NotOpenError
