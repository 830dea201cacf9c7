"""Issuing: a number, totals and a document that exist together or not at all."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gardien.base import clock, jobs, scope
from gardien.base.actor import Actor
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.journal import actions as journal
from gardien.standing import actions as standing
from gardien.standing.rules import Event

from .. import _sheet, queries
from ..models import Counter, Quote, QuoteDocument, QuoteLine
from ..queries import paper
from ..rules import vocabulary
from ..rules.vocabulary import State, Tag
from . import _locks


class NothingOfferedError(ValueError):
    """A quote without a line cannot be issued."""


@transaction.atomic
def issue(*, quote_id: UUID, by: Actor, at: datetime) -> Quote:
    """Issue a draft: its number, its totals and its PDF exist together or not at all.

    The number comes from a counter row locked until the transaction ends, so that numbers run 1..n per
    repairer and year without a gap. Issuing an issued quote again returns it, unchanged. Raises
    `NothingOfferedError`, `NotAgreedError`.
    """
    _locks.customer(queries.by_id(quote_id).customer_id)
    quote = _locks.quote(quote_id)
    if quote.state != State.DRAFT:
        return quote
    _locks.refuse_a_no(quote.customer_id, at)
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
    reference = quote.customer.reference
    standing.record_activity(subject=reference, event=Event.QUOTE_ISSUED, source_id=quote.id, by=by, at=at)
    jobs.defer("quotes.verify", tenant=scope.current(), quote=quote.id)
    journal.record(
        Tag.ISSUED,
        by=by,
        at=at,
        subject=reference,
        quote=quote.id,
        pdf=document.sha256,
        version=document.version,
    )
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


@standing.exempt
def mark_verified(*, document: QuoteDocument, by: Actor, at: datetime) -> None:
    """Write that the stored document was opened and is the one that was frozen."""
    del by
    QuoteDocument.objects.filter(id=document.id).update(verified_at=at)
