"""Named reads of quotes. Each sees the present repairer's quotes only."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from gardien.consent.models import Decision

from ..models import Quote, QuoteDocument, QuoteLine
from ..rules import money
from ..rules.vocabulary import PURPOSE, State


class NoSuchQuoteError(LookupError):
    """The present repairer has no such quote; another one's is none."""


class NotIssuedError(LookupError):
    """The quote has no document yet: a draft has none."""


def by_id(identifier: UUID) -> Quote:
    """Return a quote with customer, vehicle and site; raise `NoSuchQuoteError`."""
    found = Quote.objects.select_related("customer", "vehicle", "site__repairer").filter(id=identifier).first()
    if found is None:
        raise NoSuchQuoteError
    return found


def latest(site_id: UUID, count: int) -> QuerySet[Quote]:
    """Return the site's `count` most recent quotes with their customers, drafts included."""
    quotes = Quote.objects.filter(site_id=site_id).select_related("customer", "vehicle")
    return quotes.order_by("-drafted_at", "id")[:count]


def of_customers(customer_ids: Sequence[UUID]) -> QuerySet[Quote]:
    """Return the quotes of one person's records, the most recent first."""
    return Quote.objects.filter(customer_id__in=customer_ids).order_by("-drafted_at", "id")


def lines(quote: Quote) -> list[QuoteLine]:
    """Return the lines in their order."""
    return list(QuoteLine.objects.filter(quote=quote).order_by("position"))


def totals(found: list[QuoteLine]) -> money.Totals:
    """Return the totals of these lines under the policy of new quotes."""
    return money.totals(line.figures for line in found)


def document(quote_id: UUID) -> QuoteDocument:
    """Return an issued quote's document; raise `NotIssuedError`."""
    found = QuoteDocument.objects.filter(quote_id=quote_id).first()
    if found is None:
        raise NotIssuedError
    return found


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


def open_after_a_no() -> tuple[int, int]:
    """Return how many quotes are open, drafts included, and how many of them their person's no should have ended."""
    quotes = Quote.objects.filter(state__in=(State.DRAFT, State.ISSUED))
    decided = Decision.objects.filter(subject=OuterRef("customer__reference"), purpose=PURPOSE)
    last = decided.order_by("-decided_at", "-id")
    ended = quotes.annotate(
        is_given=Subquery(last.values("is_given")[:1]), decided_at=Subquery(last.values("decided_at")[:1])
    ).filter(is_given=False, drafted_at__lte=F("decided_at"))
    return quotes.count(), ended.count()
