"""Named reads of quotes. Each sees the present repairer's quotes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from gardien.base import clock, links, scope
from gardien.consent.models import Decision

from ..models import Quote, QuoteDocument, QuoteLine, QuoteOption
from ..rules import money
from ..rules.vocabulary import FOLLOW_UP_DAYS, OPEN, PURPOSE, State, option_letter, parse_number

ANSWER = "quotes.answer"
"""The purpose of the links by which a person answers a quote."""
_PARIS = ZoneInfo("Europe/Paris")


class NoSuchQuoteError(LookupError):
    """The present repairer has no such quote; another one's is none."""


class NotIssuedError(LookupError):
    """The quote has no document yet: a draft has none."""


def by_id(identifier: UUID) -> Quote:
    """Return a quote with customer, vehicle, site and the quote it replaces; raise `NoSuchQuoteError`."""
    whole = Quote.objects.select_related("customer", "vehicle", "site__repairer", "revises")
    found = whole.filter(id=identifier).first()
    if found is None:
        raise NoSuchQuoteError
    return found


def by_number(text: str) -> Quote | None:
    """Return the issued quote whose number was typed, in any spelling (`parse_number`), with what `by_id` brings.

    Typed without a revision, it is the last one that was issued.
    """
    typed = parse_number(text)
    if typed is None:
        return None
    numbered = Quote.objects.select_related("customer", "vehicle", "site__repairer")
    found = numbered.filter(year=typed.year, rank=typed.rank).order_by("-revision")
    found = found.filter(revision=typed.revision) if typed.revision else found
    quote = found.first()
    return quote if quote and quote.number and typed.means(quote.number) else None


def latest(site_id: UUID, count: int) -> QuerySet[Quote]:
    """Return the site's `count` most recent quotes with their customers, drafts included."""
    quotes = Quote.objects.filter(site_id=site_id).select_related("customer", "vehicle")
    return quotes.order_by("-drafted_at", "id")[:count]


def of_customers(customer_ids: Sequence[UUID]) -> QuerySet[Quote]:
    """Return the quotes of one person's records, the most recent first."""
    return Quote.objects.filter(customer_id__in=customer_ids).order_by("-drafted_at", "id")


def carrying(customer_ids: Sequence[UUID], version: str) -> UUID | None:
    """Return the latest issued quote of one person's records whose verso is of this commitment version, if any."""
    documents = QuoteDocument.objects.filter(quote__customer__in=customer_ids, version=version)
    return documents.order_by("-made_at", "-id").values_list("quote_id", flat=True).first()


def lines(quote: Quote) -> list[QuoteLine]:
    """Return the lines in their order."""
    return list(QuoteLine.objects.filter(quote=quote).order_by("position"))


@dataclass(frozen=True)
class Sum:
    """What an option comes to with the lines that all have; `option` is 0 where the quote has none."""

    option: int
    totals: money.Totals

    @property
    def letter(self) -> str:
        """Return how people call the option, nothing where the quote has none."""
        return option_letter(self.option) if self.option else ""

    @property
    def amounts(self) -> dict[str, Decimal]:
        """Return the totals by the names of their columns."""
        return {"total_ht": self.totals.ht, "total_vat": self.totals.vat, "total_ttc": self.totals.ttc}


def sums(quote: Quote, found: list[QuoteLine]) -> list[Sum]:
    """Return what each option comes to under the quote's policy, in their order; one sum without options."""
    options = sorted({line.option for line in found} - {0}) or [0]
    return [
        Sum(option, money.totals((line.figures for line in found if line.option in {0, option}), quote.policy))
        for option in options
    ]


def needs_a_manager(quote: Quote, found: list[QuoteLine]) -> bool:
    """Say whether an option takes more off than the site's advisers may grant (`Site.most_discount`)."""
    most = quote.site.most_discount
    options = {line.option for line in found} - {0} or {0}
    offered = ([line.figures for line in found if line.option in {0, option}] for option in options)
    return most is not None and any(money.share_off(figures) > most for figures in offered)


@dataclass(frozen=True)
class Change:
    """What a line costs each, as the quote's policy tells it, and what it cost; `now` is None where it is left out."""

    label: str
    was: Decimal
    now: Decimal | None


def changes(source: Quote, copy: Quote) -> list[Change]:
    """Return what a duplicate that was just opened tells otherwise than its source, in the order of the lines."""
    prices = {line.position: line.unit_price for line in lines(copy)}
    pairs = ((line, prices.get(line.position)) for line in lines(source))
    return [Change(line.label, line.unit_price, now) for line, now in pairs if now != line.unit_price]


def follow_up(site_id: UUID, at: datetime) -> QuerySet[Quote]:
    """Return the site's open quotes whose last day is near, the nearest first, with their customers."""
    day = clock.legal_day(at)
    near = Quote.objects.filter(site_id=site_id, state__in=OPEN).select_related("customer", "vehicle")
    last = day + timedelta(days=FOLLOW_UP_DAYS)
    return near.filter(valid_until_date__range=(day, last)).order_by("valid_until_date", "id")


def document(quote_id: UUID) -> QuoteDocument:
    """Return an issued quote's document; raise `NotIssuedError`."""
    found = QuoteDocument.objects.filter(quote_id=quote_id).first()
    if found is None:
        raise NotIssuedError
    return found


def linked(link: links.Link) -> tuple[Quote, QuoteDocument]:
    """Return the quote and the very document that a link of the present scope stands for; raise `NoSuchQuoteError`."""
    quote = by_id(link.object_id)
    found = QuoteDocument.objects.filter(quote=quote, sha256=link.sha256).first()
    if found is None:
        raise NoSuchQuoteError
    return quote, found


def answer_link(quote: Quote, document: QuoteDocument) -> links.Link:
    """Return the link by which a person answers this very document, until the end of its last day in Paris."""
    assert quote.valid_until_date  # noqa: S101 -- an issued quote has its last day
    end = datetime.combine(quote.valid_until_date + timedelta(days=1), time.min, _PARIS) - timedelta(seconds=1)
    return links.Link(ANSWER, scope.current(), quote.id, document.sha256, end)


def options(quote: Quote) -> list[QuoteOption]:
    """Return what each option of an issued quote comes to, none if it has no options."""
    return list(QuoteOption.objects.filter(quote=quote).order_by("option"))


def pdf(document: QuoteDocument) -> bytes:
    """Return the very bytes that were frozen at issue; raise `crypto.Unreadable` if the store was altered."""
    return settings.GARDIEN_KEYRING.open_(bytes(document.sealed), context=seal_context(document.quote_id))


def seal_context(quote_id: UUID) -> bytes:
    """Return what a quote's PDF is sealed to: it opens as this quote's document and as no other's."""
    return b"quotes.document:" + quote_id.bytes


def issued_without_verso() -> tuple[int, int]:
    """Return how many quotes the repairer has issued, and how many of them have no frozen document with its verso."""
    issued = Quote.objects.filter(issued_at__isnull=False)
    documents = QuoteDocument.objects.filter(quote=OuterRef("id")).exclude(verso_sha256="")
    return issued.count(), issued.filter(~Exists(documents)).count()


def on_contract() -> QuerySet[Any, tuple[str]]:
    """Return who has accepted a quote: it rests on the contract, whatever consent is taken back."""
    return Quote.objects.filter(state=State.ACCEPTED.value).values_list("customer__reference").distinct()


def open_after_a_no() -> tuple[int, int]:
    """Return how many quotes are open, drafts included, and how many of them their person's no should have ended."""
    quotes = Quote.objects.filter(state__in=(State.DRAFT, *OPEN))
    decided = Decision.objects.filter(subject=OuterRef("customer__reference"), purpose=PURPOSE)
    last = decided.order_by("-decided_at", "-id")
    ended = quotes.annotate(
        is_given=Subquery(last.values("is_given")[:1]), decided_at=Subquery(last.values("decided_at")[:1])
    ).filter(is_given=False, drafted_at__lte=F("decided_at"))
    return quotes.count(), ended.count()
