"""Drafts and their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count, Max

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.catalogue.models import Article
from gardien.customers.models import Customer, Vehicle
from gardien.journal import actions as journal
from gardien.network.models import Site

from ..models import Quote, QuoteLine
from ..rules import money
from ..rules.vocabulary import Tag
from . import _locks


class NotInEurosError(ValueError):
    """The article's price is in another currency; a quote is in euros."""


class NoSuchLineError(LookupError):
    """The draft has no such line, or no longer."""


@dataclass(frozen=True)
class Offer:
    """One thing offered: unit price and discount in euros as the quote's policy tells them, VAT rate in per cent.

    `option` is 1 to 3 if it belongs to one of several offers, 0 if all have it; `detail` completes the label, `family`
    is one of `vocabulary.Family` for a part.
    """

    label: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    discount: Decimal = Decimal(0)
    option: int = 0
    detail: str = ""
    family: str = ""


@transaction.atomic
def draft(
    *, customer: Customer, vehicle: Vehicle | None, site: Site, draft_key: UUID, by: Actor, at: datetime
) -> Quote:
    """Open a draft for a customer; the same `draft_key` again returns the draft already opened.

    A company is told amounts without VAT first, a person all taxes included. Raises `NotAgreedError`.
    """
    assert by.id is not None  # noqa: S101 -- only people write quotes; narrows the type
    _locks.customer(customer.id)
    _locks.refuse_a_no(customer.id, at)
    quote, is_new = Quote.objects.get_or_create(
        draft_key=draft_key,
        defaults={
            "customer": customer,
            "vehicle": vehicle,
            "site": site,
            "author_id": by.id,
            "drafted_at": at,
            "rounding_policy": (money.Policy.HT_FIRST if customer.company else money.Policy.TTC_FIRST).value,
        },
    )
    if is_new:
        journal.record(Tag.DRAFTED, by=by, at=at, subject=customer.reference, quote=quote.id)
    return quote


@transaction.atomic
def add_tyre(*, quote_id: UUID, article: Article, offer: Offer, line_key: UUID, by: Actor, at: datetime) -> QuoteLine:
    """Add a tyre of the catalogue at the price told; raise `NotInEurosError`, `NotADraftError`, or money's refusals."""
    if article.currency != "EUR":
        raise NotInEurosError
    return _add(quote_id, QuoteLine.Kind.TYRE, article, offer, line_key, by, at)


@transaction.atomic
def add_service(*, quote_id: UUID, offer: Offer, line_key: UUID, by: Actor, at: datetime) -> QuoteLine:
    """Add anything that is not a tyre of the catalogue: fitting, balancing, eco-contribution, a part."""
    return _add(quote_id, QuoteLine.Kind.SERVICE, None, offer, line_key, by, at)


@transaction.atomic
def add_fitted(
    *, quote_id: UUID, article: Article, offers: Sequence[Offer], line_key: UUID, by: Actor, at: datetime
) -> list[QuoteLine]:
    """Add a tyre and what is done to fit it, at once: the first offer is the tyre's.

    The same `line_key` again adds nothing. Raises what `add_tyre` raises.
    """
    tyre, *extras = offers
    added = [add_tyre(quote_id=quote_id, article=article, offer=tyre, line_key=line_key, by=by, at=at)]
    for rank, offer in enumerate(extras):
        key = uuid5(line_key, str(rank))
        added.append(add_service(quote_id=quote_id, offer=offer, line_key=key, by=by, at=at))
    return added


def _add(
    quote_id: UUID, kind: str, article: Article | None, offer: Offer, line_key: UUID, by: Actor, at: datetime
) -> QuoteLine:
    quote = _locks.draft(quote_id)
    money.line_total(money.Line(offer.quantity, offer.unit_price, offer.vat_rate, offer.discount))
    money.check_rate(offer.vat_rate, money.Territory(quote.site.territory), clock.legal_day(at))
    known = quote.lines.aggregate(count=Count("id"), last=Max("position", default=0))
    if known["count"] >= money.MAX_LINES and not quote.lines.filter(line_key=line_key).exists():
        raise money.TooManyLinesError
    line, is_new = QuoteLine.objects.get_or_create(
        line_key=line_key,
        defaults={"quote": quote, "position": known["last"] + 1, "kind": kind, "article": article, **vars(offer)},
    )
    if is_new:
        journal.record(Tag.LINE_ADDED, by=by, at=at, quote=quote.id, line=line.id)
    return line


@transaction.atomic
def remove_line(*, quote_id: UUID, line_id: UUID, by: Actor, at: datetime) -> None:
    """Remove a line of a draft; a line that is already gone stays gone."""
    quote = _locks.draft(quote_id)
    removed, _ = QuoteLine.objects.filter(quote=quote, id=line_id).delete()
    if removed:
        journal.record(Tag.LINE_REMOVED, by=by, at=at, quote=quote.id, line=line_id)


@transaction.atomic
def tell_mileage(*, quote_id: UUID, mileage: int | None, by: Actor, at: datetime) -> None:
    """Write the vehicle's mileage in km on a draft."""
    quote = _locks.draft(quote_id)
    quote.mileage = mileage
    quote.save(update_fields=["mileage"])
    journal.record(Tag.MILEAGE_TOLD, by=by, at=at, quote=quote.id)
