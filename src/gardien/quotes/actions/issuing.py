"""Issuing: a number, totals and a document that exist together or not at all."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gardien.base import clock, jobs, scope
from gardien.base.actor import Actor
from gardien.catalogue.models import Article
from gardien.catalogue.rules.label import LabelStatus
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.journal import actions as journal
from gardien.standing import actions as standing
from gardien.standing.rules import Event

from .. import _sheet, queries
from ..models import Counter, Quote, QuoteDocument, QuoteLine, QuoteOption
from ..queries import paper
from ..rules import vocabulary
from ..rules.vocabulary import State, Tag
from . import _locks


class NothingOfferedError(ValueError):
    """A quote without a line cannot be issued, nor one with a single option."""


class LabelMissingError(ValueError):
    """A tyre has no EU label (regulation 2020/740), and nobody said why it is quoted all the same."""


class PartsUnansweredError(ValueError):
    """A part may come from the circular economy: ask the person first (code de la consommation, art. L224-67)."""


class ManagerNeededError(PermissionError):
    """More is taken off than the site's advisers may grant: a manager issues the quote."""


@transaction.atomic
def issue(*, quote_id: UUID, by: Actor, at: datetime, is_approved: bool = False) -> Quote:
    """Issue a draft: its number, its totals and its PDF exist together or not at all.

    The number comes from a counter row locked until the transaction ends, so that numbers run 1..n per
    repairer and year without a gap. Issuing an issued quote again returns it, unchanged. Raises
    `NothingOfferedError`, `LabelMissingError`, `PartsUnansweredError`, `NotAgreedError`, and `NotOpenError` or
    `ExpiredError` for a revision of a quote that was answered or ended meanwhile. `ManagerNeededError` for a discount
    beyond the site's, unless a manager approves it by issuing (`is_approved`).
    """
    quote = _locks.revision(quote_id)
    if quote.state != State.DRAFT:
        return quote
    _locks.refuse_a_no(quote.customer_id, at)
    found = queries.lines(quote)
    _refuse_incomplete(quote, found)
    if not is_approved and queries.needs_a_manager(quote, found):
        raise ManagerNeededError
    _number(quote, at)
    sums = queries.sums(quote, found)
    quote.state, quote.issued_at = State.ISSUED, at
    quote.total_ht, quote.total_vat, quote.total_ttc = sums[0].totals.ht, sums[0].totals.vat, sums[0].totals.ttc
    quote.save()
    QuoteOption.objects.bulk_create(
        QuoteOption(quote=quote, option=each.option, **each.amounts) for each in sums if each.option
    )
    document = _freeze(quote, found, at)
    reference = quote.customer.reference
    standing.record_activity(subject=reference, event=Event.QUOTE_ISSUED, source_id=quote.id, by=by, at=at)
    jobs.defer("quotes.verify", tenant=scope.current(), quote=quote.id)
    journal.record(
        Tag.ISSUED, by=by, at=at, subject=reference, quote=quote.id, pdf=document.sha256, version=document.version
    )
    if quote.revises_id:
        _supersede(quote.revises_id, by, at)
    return quote


def _refuse_incomplete(quote: Quote, found: list[QuoteLine]) -> None:
    if not found or len({line.option for line in found} - {0}) == 1:
        raise NothingOfferedError
    articles = {line.article_id for line in found if line.article_id and not line.label_excuse}
    if Article.objects.filter(id__in=articles, label_status=LabelStatus.MISSING).exists():
        raise LabelMissingError
    if any(line.family for line in found) and not quote.reused_parts:
        raise PartsUnansweredError


def _number(quote: Quote, at: datetime) -> None:
    """Give a quote its number and its last day: a revision keeps its predecessor's rank, which must still be open."""
    day = clock.legal_day(at)
    if quote.revises_id:
        older = _locks.quote(quote.revises_id)
        _locks.refuse_closed(older, at)
        quote.year, quote.rank = older.year, older.rank
    else:
        quote.year, quote.rank = day.year, _next_rank(day.year)
    assert quote.year and quote.rank  # noqa: S101, PT018 -- an open quote has both
    quote.number = vocabulary.number(quote.site.repairer.code, quote.year, quote.rank, quote.revision)
    quote.valid_until_date = vocabulary.valid_until(day, quote.site.quote_days)


def _supersede(quote_id: UUID, by: Actor, at: datetime) -> None:
    older = _locks.quote(quote_id)
    older.state = State.SUPERSEDED.value
    older.save(update_fields=["state"])
    journal.record(Tag.SUPERSEDED, by=by, at=at, subject=older.customer.reference, quote=older.id)


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
