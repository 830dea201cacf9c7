"""Drafts made of quotes: a duplicate for the same person, a revision that takes an issued quote's place."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gardien.base import ids
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from .. import queries
from ..models import Quote, QuoteLine
from ..rules.vocabulary import Tag
from . import _locks
from .answering import NotOpenError
from .drafting import draft

COPIED = (
    *("position", "kind", "article", "label", "detail", "family", "label_excuse"),
    *("quantity", "unit_price", "discount", "vat_rate", "option"),
)


@transaction.atomic
def duplicate(*, quote_id: UUID, draft_key: UUID, by: Actor, at: datetime) -> Quote:
    """Open a draft with a quote's lines and prices, whatever its state; the same key again returns that draft."""
    source = queries.by_id(quote_id)
    return _copied(source, draft_key, by, at)


@transaction.atomic
def revise(*, quote_id: UUID, draft_key: UUID, by: Actor, at: datetime) -> Quote:
    """Open the draft that will replace an open quote once it is issued; there is one at a time, returned again.

    Until then the older one stands. Raises `answering.NotOpenError`.
    """
    source = _locks.quote(quote_id)
    begun = Quote.objects.filter(revises=source).first()
    if begun is not None:
        return begun
    if not source.is_open:
        raise NotOpenError
    copy = _copied(source, draft_key, by, at)
    copy.revises, copy.revision = source, source.revision + 1
    copy.save(update_fields=["revises", "revision"])
    return copy


@transaction.atomic
def discard(*, quote_id: UUID, by: Actor, at: datetime) -> None:
    """Delete a draft and its lines; what was already issued is refused with `NotADraftError`."""
    quote = _locks.draft(quote_id)
    journal.record(Tag.DISCARDED, by=by, at=at, subject=quote.customer.reference, quote=quote.id)
    QuoteLine.objects.filter(quote=quote).delete()
    Quote.objects.filter(id=quote.id).delete()


def _copied(source: Quote, draft_key: UUID, by: Actor, at: datetime) -> Quote:
    known = Quote.objects.filter(draft_key=draft_key).first()
    if known is not None:
        return known
    copy = draft(customer=source.customer, vehicle=source.vehicle, site=source.site, draft_key=draft_key, by=by, at=at)
    copy.rounding_policy, copy.mileage, copy.reused_parts = source.rounding_policy, source.mileage, source.reused_parts
    copy.save(update_fields=["rounding_policy", "mileage", "reused_parts"])
    lines = queries.lines(source)
    QuoteLine.objects.bulk_create(
        QuoteLine(quote=copy, line_key=ids.new(), **{name: getattr(line, name) for name in COPIED}) for line in lines
    )
    return copy
