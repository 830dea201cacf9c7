"""Drafts made of quotes: a duplicate at the prices of its day, a revision that takes an issued quote's place."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from gardien.base import clock, ids
from gardien.base.actor import Actor
from gardien.catalogue import queries as catalogue
from gardien.catalogue.models import Article
from gardien.journal import actions as journal

from .. import queries
from ..models import Quote, QuoteLine
from ..rules import money
from ..rules.vocabulary import Tag
from . import _locks
from .drafting import draft

COPIED = (
    *("position", "kind", "article", "label", "detail", "family", "label_excuse"),
    *("quantity", "unit_price", "discount", "vat_rate", "option"),
)


@transaction.atomic
def duplicate(*, quote_id: UUID, draft_key: UUID, by: Actor, at: datetime) -> Quote:
    """Open a draft with a quote's lines, whatever its state, at the prices of today; the same key returns that draft.

    A tyre costs what the catalogue says now, a service what the tariff says under its name; a line whose price has
    changed loses its discount, and a tyre that can no longer be quoted is left out: `queries.changes` tells both.
    What was asked of the person, and the mileage, is asked anew.
    """
    source = queries.by_id(quote_id)
    known = _known(source, draft_key)
    if known is not None:
        return known
    copy = _opened(source, draft_key, by, at)
    _write(copy, _repriced(queries.lines(source), source.policy, clock.legal_day(at)))
    return copy


@transaction.atomic
def revise(*, quote_id: UUID, draft_key: UUID, by: Actor, at: datetime) -> Quote:
    """Open the draft that will replace an open quote once it is issued; there is one at a time, returned again.

    It keeps all that the older one says, which stands until then. Raises `NotOpenError`, `ExpiredError`.
    """
    source = queries.by_id(quote_id)
    known = _known(source, draft_key)
    begun = Quote.objects.filter(revises=source).first() or known
    if begun is not None:
        return begun
    source = _locks.quote(quote_id)
    _locks.refuse_closed(source, at)
    copy = _opened(source, draft_key, by, at)
    copy.revises, copy.revision = source, source.revision + 1
    copy.mileage, copy.reused_parts = source.mileage, source.reused_parts
    copy.save(update_fields=["revises", "revision", "mileage", "reused_parts"])
    _write(copy, queries.lines(source))
    return copy


@transaction.atomic
def discard(*, quote_id: UUID, by: Actor, at: datetime) -> None:
    """Delete a draft and its lines; what was already issued is refused with `NotADraftError`."""
    quote = _locks.draft(quote_id)
    journal.record(Tag.DISCARDED, by=by, at=at, subject=quote.customer.reference, quote=quote.id)
    QuoteLine.objects.filter(quote=quote).delete()
    Quote.objects.filter(id=quote.id).delete()


def _known(source: Quote, draft_key: UUID) -> Quote | None:
    """Return the draft that this key has opened, once nobody else opens one for the same person."""
    _locks.customer(source.customer_id)
    return Quote.objects.filter(draft_key=draft_key).first()


def _opened(source: Quote, draft_key: UUID, by: Actor, at: datetime) -> Quote:
    vehicle = source.vehicle if source.vehicle and source.vehicle.parted_at is None else None
    copy = draft(customer=source.customer, vehicle=vehicle, site=source.site, draft_key=draft_key, by=by, at=at)
    copy.rounding_policy = source.rounding_policy
    copy.save(update_fields=["rounding_policy"])
    return copy


def _write(copy: Quote, lines: Iterable[QuoteLine]) -> None:
    QuoteLine.objects.bulk_create(
        QuoteLine(quote=copy, line_key=ids.new(), **{name: getattr(line, name) for name in COPIED}) for line in lines
    )


def _repriced(lines: list[QuoteLine], policy: money.Policy, day: date) -> Iterator[QuoteLine]:
    """Yield the lines that can be quoted on `day` at their prices of that day; they are not stored."""
    articles = Article.objects.in_bulk({line.article_id for line in lines if line.article_id})
    told = {key: catalogue.priced(article, day).unit_ttc for key, article in articles.items()}
    tariff: dict[str, set[Decimal]] = {}
    for service in catalogue.services():
        tariff.setdefault(service.label, set()).add(service.unit_ttc)
    for line in lines:
        same_name = tariff.get(line.label, set())
        now = told[line.article_id] if line.article_id else min(same_name) if len(same_name) == 1 else None
        if now is not None:
            price = money.unit_price(now, line.vat_rate, policy)
            line.discount = line.discount if price == line.unit_price else Decimal(0)
            line.unit_price = price
        if now is not None or not line.article_id:
            yield line
