"""What is settled on a draft before it is issued: discounts, the total told, a label's absence, reused parts."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from gardien.base.actor import Actor
from gardien.journal import actions as journal

from .. import queries
from ..models import Quote, QuoteLine
from ..rules import money
from ..rules.vocabulary import ReusedParts, Tag
from . import _locks
from .drafting import NoSuchLineError


class NothingToReachError(ValueError):
    """The option has no line yet, so no total can be reached."""


@transaction.atomic
def take_off(*, quote_id: UUID, line_id: UUID, discount: Decimal, by: Actor, at: datetime) -> QuoteLine:
    """Take `discount` euros off a line, in the place of what was off before; raise money's refusals."""
    quote = _locks.draft(quote_id)
    line = _line(quote, line_id)
    line.discount = discount
    money.line_total(line.figures)
    line.save(update_fields=["discount"])
    journal.record(Tag.LINE_PRICED, by=by, at=at, quote=quote.id, line=line.id)
    return line


@transaction.atomic
def reach(*, quote_id: UUID, option: int, told: Decimal, by: Actor, at: datetime) -> None:
    """Spread a discount over an option's lines so that it comes to exactly `told` euros, as the policy tells them.

    With options, what they have in common counts but keeps its price: the option's own lines give way. Raises
    `NothingToReachError`, and `money.AmountRefusedError` where `told` is above the prices or below what is common.
    """
    quote = _locks.draft(quote_id)
    own, common = _split(queries.lines(quote), option)
    if not own:
        raise NothingToReachError
    rest = sum((line.total for line in common), Decimal(0))
    if told < rest:
        raise money.AmountRefusedError
    for line, discount in zip(own, money.reach([line.figures for line in own], told - rest), strict=True):
        line.discount = discount
    QuoteLine.objects.bulk_update(own, ["discount"])
    journal.record(Tag.LINE_PRICED, by=by, at=at, quote=quote.id)


@transaction.atomic
def excuse_label(*, quote_id: UUID, line_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Say why a tyre is quoted without its EU label; an empty reason takes the excuse back."""
    quote = _locks.draft(quote_id)
    line = _line(quote, line_id)
    line.label_excuse = reason.strip()
    line.save(update_fields=["label_excuse"])
    journal.record(Tag.LABEL_EXCUSED, by=by, at=at, quote=quote.id, line=line.id)


@transaction.atomic
def choose_parts(*, quote_id: UUID, choice: ReusedParts, by: Actor, at: datetime) -> None:
    """Write whether the person wants reused parts (code de la consommation, art. L224-67)."""
    quote = _locks.draft(quote_id)
    quote.reused_parts = choice.value
    quote.save(update_fields=["reused_parts"])
    journal.record(Tag.PARTS_CHOSEN, by=by, at=at, quote=quote.id)


def _line(quote: Quote, line_id: UUID) -> QuoteLine:
    found = QuoteLine.objects.filter(quote=quote, id=line_id).first()
    if found is None:
        raise NoSuchLineError
    return found


def _split(lines: list[QuoteLine], option: int) -> tuple[list[QuoteLine], list[QuoteLine]]:
    """Return the lines of an option and those that it shares with the others; without options all are its own."""
    if not option:
        return ([], []) if any(line.option for line in lines) else (lines, [])
    return [line for line in lines if line.option == option], [line for line in lines if not line.option]
