"""The sweep as a loop over objects: one person at a time, read, deleted and saved by the ORM."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max

from gardien.base import ledger, scope
from gardien.base.actor import Actor
from gardien.customers.models import Customer, FormerPlate, Merge
from gardien.journal import actions as journal
from gardien.messaging.models import Attempt, Message
from gardien.quotes.models import Quote, QuoteDocument, QuoteLine, QuoteOption
from gardien.retention.models import Twin
from gardien.retention.rules import Tag
from gardien.standing.models import Closure, Ending, Fact, Restriction, Resumption


def due(tenant: UUID, as_of: datetime, count: int) -> list[Customer]:
    """Return some customers whose last activity is more than two years ago."""
    with scope.entered(tenant):
        last = Fact.objects.values("subject").annotate(last=Max("happened_at"))
        gone = last.filter(last__lt=as_of - timedelta(days=735)).values_list("subject", flat=True)[:count]
        return list(Customer.objects.filter(reference__in=list(gone)))


def erase(tenant: UUID, customer: Customer, as_of: datetime) -> None:
    """Take back one person, in one transaction; a twin of each quote says its year alone."""
    by = Actor.program("bench")
    with scope.entered(tenant):
        Customer.objects.select_for_update().get(id=customer.id)
        facts = Fact.objects.filter(subject=customer.reference)
        last = facts.latest("happened_at")
        quotes = Quote.objects.filter(customer=customer)
        for quote in quotes:
            Twin(kind="quote", level=5, period=f"{quote.issued_at:%Y}").save()
        ledger.write("bench", controller=tenant, subjects=[customer.reference], at=as_of, is_erasure=True)
        for rows in _rows(customer, quotes):
            rows.delete()
        customer.delete()
        Closure(subject=customer.reference, last_at=last.happened_at, ended_at=as_of).save()
        journal.record(Tag.SWEPT, by=by, at=as_of, version="2026-11-22", count=1)


def _rows(customer: Customer, quotes: Any) -> tuple[Any, ...]:
    messages = Message.objects.filter(subject=customer.reference)
    of_person = (model.objects.filter(subject=customer.reference) for model in (Fact, Ending, Resumption, Restriction))
    return (
        Attempt.objects.filter(message__in=messages),
        messages,
        QuoteLine.objects.filter(quote__in=quotes),
        QuoteOption.objects.filter(quote__in=quotes),
        QuoteDocument.objects.filter(quote__in=quotes),
        quotes,
        customer.tokens.all(),
        customer.variants.all(),
        customer.notes.all(),
        FormerPlate.objects.filter(vehicle__customer=customer),
        customer.vehicles.all(),
        Merge.objects.filter(kept=customer),
        *of_person,
    )
