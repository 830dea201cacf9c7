"""Writing quotes: draft, lines, issue."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max

from gardien.base import clock, jobs, scope
from gardien.base.actor import Actor
from gardien.catalogue.models import Article
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.customers.models import Customer, Vehicle
from gardien.journal import actions as journal
from gardien.network.models import Site

from . import _sheet, queries
from .models import Counter, Quote, QuoteDocument, QuoteLine
from .queries import paper
from .rules import money, vocabulary
from .rules.vocabulary import State, Tag


class NotADraftError(ValueError):
    """An issued quote is not edited."""


class NothingOfferedError(ValueError):
    """A quote without a line cannot be issued."""


class NotInEurosError(ValueError):
    """The article's price is in another currency; a quote is in euros."""


@dataclass(frozen=True)
class Offer:
    """One thing offered: unit price in euros all taxes included, VAT rate in per cent."""

    label: str
    quantity: Decimal
    unit_ttc: Decimal
    vat_rate: Decimal


@transaction.atomic
def draft(
    *, customer: Customer, vehicle: Vehicle | None, site: Site, draft_key: UUID, by: Actor, at: datetime
) -> Quote:
    """Open a draft for a customer; the same `draft_key` again returns the draft already opened."""
    assert by.id is not None  # noqa: S101 -- only people write quotes; narrows the type
    quote, is_new = Quote.objects.get_or_create(
        draft_key=draft_key,
        defaults={"customer": customer, "vehicle": vehicle, "site": site, "author_id": by.id, "drafted_at": at},
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
    """Add anything that is not a tyre of the catalogue: fitting, balancing, eco-contribution."""
    return _add(quote_id, QuoteLine.Kind.SERVICE, None, offer, line_key, by, at)


def _add(
    quote_id: UUID, kind: str, article: Article | None, offer: Offer, line_key: UUID, by: Actor, at: datetime
) -> QuoteLine:
    quote = _locked_draft(quote_id)
    money.line_total(money.Line(quantity=offer.quantity, unit_price=offer.unit_ttc, rate=offer.vat_rate))
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
    quote = _locked_draft(quote_id)
    removed, _ = QuoteLine.objects.filter(quote=quote, id=line_id).delete()
    if removed:
        journal.record(Tag.LINE_REMOVED, by=by, at=at, quote=quote.id, line=line_id)


@transaction.atomic
def tell_mileage(*, quote_id: UUID, mileage: int | None, by: Actor, at: datetime) -> None:
    """Write the vehicle's mileage in km on a draft."""
    quote = _locked_draft(quote_id)
    quote.mileage = mileage
    quote.save(update_fields=["mileage"])
    journal.record(Tag.MILEAGE_TOLD, by=by, at=at, quote=quote.id)


@transaction.atomic
def issue(*, quote_id: UUID, by: Actor, at: datetime) -> Quote:
    """Issue a draft: its number, its totals and its PDF exist together or not at all.

    The number comes from a counter row locked until the transaction ends, so that numbers run 1..n per
    repairer and year without a gap. Issuing an issued quote again returns it, unchanged. Raises
    `NothingOfferedError`.
    """
    quote = _locked(quote_id)
    if quote.state != State.DRAFT:
        return quote
    found = queries.lines(quote)
    if not found:
        raise NothingOfferedError
    day = clock.legal_day(at)
    totals = queries.totals(found)
    quote.year, quote.rank = day.year, _next_rank(day.year)
    quote.number = vocabulary.number(quote.site.repairer.code, quote.year, quote.rank)
    quote.state, quote.issued_at = State.ISSUED, at
    quote.valid_until_date = vocabulary.valid_until(day, quote.site.quote_days)
    quote.total_ht, quote.total_vat, quote.total_ttc = totals.ht, totals.vat, totals.ttc
    quote.save()
    document = _freeze(quote, found, at)
    jobs.defer("quotes.verify", tenant=scope.current(), quote=quote.id)
    journal.record(
        Tag.ISSUED,
        by=by,
        at=at,
        subject=quote.customer.reference,
        quote=quote.id,
        pdf=document.sha256,
        version=document.version,
    )
    return quote


def _locked(quote_id: UUID) -> Quote:
    quotes = Quote.objects.select_for_update(of=("self",)).select_related("customer", "vehicle", "site__repairer")
    found = quotes.filter(id=quote_id).first()
    if found is None:
        raise queries.NoSuchQuoteError
    return found


def _locked_draft(quote_id: UUID) -> Quote:
    quote = _locked(quote_id)
    if not quote.is_draft:
        raise NotADraftError
    return quote


def _next_rank(year: int) -> int:
    Counter.objects.get_or_create(year=year)
    counter = Counter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _freeze(quote: Quote, found: list[QuoteLine], at: datetime) -> QuoteDocument:
    version = commitment.in_force(clock.legal_day(at))
    verso = documents.verso(version, paper.controller(quote.site.repairer), "fr")
    printed = _sheet.render(paper.sheet(quote, found, verso), at)
    return QuoteDocument.objects.create(
        quote=quote,
        sealed=settings.GARDIEN_KEYRING.seal(printed.content, context=queries.seal_context(quote.id)),
        sha256=printed.sha256,
        version=version.id,
        verso_sha256=verso.sha256,
        replaced=" ".join(printed.replaced)[:200],
        made_at=at,
    )


def mark_verified(*, document: QuoteDocument, by: Actor, at: datetime) -> None:
    """Write that the stored document was opened and is the one that was frozen."""
    del by
    QuoteDocument.objects.filter(id=document.id).update(verified_at=at)
