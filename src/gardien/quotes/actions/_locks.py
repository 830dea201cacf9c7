"""Rows locked until the transaction ends, always in this order: customers, then quotes, the older first.

A withdrawal locks every record and every quote of a person: a draft opened meanwhile waits for it, all others it sees.
"""

from datetime import datetime
from uuid import UUID

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.consent import queries as consent
from gardien.customers import queries as customers
from gardien.customers.models import Customer

from .. import queries
from ..models import Quote
from ..rules.vocabulary import PURPOSE, State, is_valid


class NotADraftError(ValueError):
    """An issued quote is not edited."""


class NotOpenError(ValueError):
    """Only an issued quote that nobody answered or cancelled can be: a draft is issued first."""


class ExpiredError(ValueError):
    """The quote's last day has passed: issue a new one, or let a manager accept it with a reason."""


class NotAgreedError(PermissionError):
    """The person said no to quotes, and the version in force asks their consent: ask them again first."""


def quote(quote_id: UUID) -> Quote:
    """Lock a quote; raise `queries.NoSuchQuoteError`."""
    quotes = Quote.objects.select_for_update(of=("self",)).select_related("customer", "vehicle", "site__repairer")
    found = quotes.filter(id=quote_id).first()
    if found is None:
        raise queries.NoSuchQuoteError
    return found


def revision(quote_id: UUID) -> Quote:
    """Lock the quote that this one revises, if any, then this one; raise `queries.NoSuchQuoteError`."""
    older = Quote.objects.filter(id=quote_id).values_list("revises_id", flat=True).first()
    if older:
        quote(older)
    return quote(quote_id)


def draft(quote_id: UUID) -> Quote:
    """Lock a draft; raise `queries.NoSuchQuoteError`, `NotADraftError`."""
    found = quote(quote_id)
    if not found.is_draft:
        raise NotADraftError
    return found


def is_over(quote: Quote, at: datetime) -> bool:
    """Say whether a quote's last day has passed in Paris; a draft has none."""
    return quote.valid_until_date is not None and not is_valid(at, quote.valid_until_date)


def refuse_closed(quote: Quote, at: datetime) -> None:
    """Raise `ExpiredError` for a quote whose last day is over unanswered, `NotOpenError` for any other closed one."""
    if quote.state == State.EXPIRED or (quote.is_open and is_over(quote, at)):
        raise ExpiredError
    if not quote.is_open:
        raise NotOpenError


def customer(customer_id: UUID) -> None:
    """Lock a customer, so that a withdrawal under way is over; a restricted one is hidden and stays unlocked."""
    Customer.objects.select_for_update(no_key=True).filter(id=customer_id).first()


def refuse_a_no(customer_id: UUID, at: datetime) -> None:
    """Raise `NotAgreedError` where the person said no to what the version in force asks consent to.

    A question that nobody answered is no no. Every record of the person counts.
    """
    if consent.is_asked(commitment.in_force(clock.legal_day(at)), PURPOSE):
        decision = consent.decision_for(customers.subjects(customer_id), PURPOSE)
        if decision is not None and not decision.is_given:
            raise NotAgreedError
