"""Mending and replaying what a price list left in quarantine. Each list's figures go on adding up to what it read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.catalogue import queries
from gardien.catalogue.models import PriceList, QuarantinedLine
from gardien.catalogue.rules.price_list import Row, known_currency, read_row
from gardien.catalogue.rules.rejections import LineRefused, Reason
from gardien.catalogue.rules.tags import Tag
from gardien.journal import actions as journal
from gardien.network import queries as network
from gardien.network.rules import PartyKind

from ._merging import Merge, Outcome

_NEEDS_A_PERSON = (
    *(Reason.LINES_DISAGREE, Reason.SAME_LINE_TWICE, Reason.SAME_EAN_TWICE),
    *(Reason.FORMULA, Reason.SHEET_ERROR, Reason.MERGED_CELLS, Reason.UNREADABLE_TEXT),
)
"""Which of two lines is right, and what an unreadable cell meant, no rule will ever know."""

_Pair = tuple[QuarantinedLine, Row]


@transaction.atomic
def mend(*, line_id: UUID, values: Mapping[str, str], by: Actor, at: datetime) -> Outcome:
    """Take a waiting line in with `values`, its cells by field as a person corrected them.

    Raises `LineRefused` while something of it cannot be taken (it goes on waiting), `queries.NoSuchLineError` for a
    line that is not there or no longer waits.
    """
    line = _locked(line_id)
    price_list = PriceList.objects.select_for_update().get(id=line.price_list_id)
    row = read_row(values, line=line.line, default_currency=price_list.currency or None)
    line.values = {field: value for field, value in values.items() if value}
    outcome = _take(price_list, [(line, row)], at)[0]
    _record(Tag.LINE_MENDED, by, at, price_list=price_list.id, line=line.id)
    return outcome


@transaction.atomic
def drop(*, line_id: UUID, by: Actor, at: datetime) -> None:
    """Give a waiting line up: it stays in quarantine for ever. Raises `queries.NoSuchLineError`."""
    line = _locked(line_id)
    line.state, line.settled_at = QuarantinedLine.State.DROPPED, at
    line.save(update_fields=["state", "settled_at"])
    _record(Tag.LINE_DROPPED, by, at, price_list=line.price_list_id, line=line.id)


@transaction.atomic
def replay(*, price_list_id: UUID, currency: str | None, by: Actor, at: datetime) -> int:
    """Try all waiting lines of a list again, and return how many were taken.

    `currency` names the currency of their amounts without sign or column; None leaves what the import was told. Lines
    that contradict each other wait for a person. Raises `queries.NoSuchListError`, and `UnreadableList` for a currency
    that is not known.
    """
    price_list = PriceList.objects.select_for_update().filter(id=price_list_id).first()
    if price_list is None:
        raise queries.NoSuchListError
    default = known_currency(currency or price_list.currency or None)
    waiting = QuarantinedLine.objects.select_for_update().filter(price_list=price_list, state="waiting")
    read = [(line, row) for line in waiting.exclude(reason__in=_NEEDS_A_PERSON) if (row := _read(line, default))]
    taken = _without_doubles(price_list, read)
    _take(price_list, taken, at)
    _record(Tag.REPLAYED, by, at, price_list=price_list.id, read=len(taken))
    return len(taken)


def _read(line: QuarantinedLine, default: str | None) -> Row | None:
    """Read a waiting line as it was; where it still cannot be taken, keep the reason of today."""
    if not line.values:
        return None
    try:
        return read_row(line.values, line=line.line, default_currency=default)
    except LineRefused as refusal:
        reason, parameters = refusal.code, {name: str(value) for name, value in refusal.params.items()}
        if (line.reason, line.parameters) != (reason, parameters):
            line.reason, line.parameters = reason, parameters
            line.save(update_fields=["reason", "parameters"])
        return None


def _without_doubles(price_list: PriceList, read: list[_Pair]) -> list[_Pair]:
    """Leave out lines that name one tyre twice, among themselves or with what the list's other lines brought in."""
    told = [key for _, row in read for key in {f"id {row.source_id}", f"ean {row.ean}"} if key != "ean "]
    brought = queries.brought_by(price_list)
    return [
        (line, row)
        for line, row in read
        if told.count(f"id {row.source_id}") == 1
        and (not row.ean or told.count(f"ean {row.ean}") == 1)
        and row.source_id not in brought
    ]


def _take(price_list: PriceList, lines: list[_Pair], at: datetime) -> list[Outcome]:
    """Merge the rows, settle their lines, and move them in the list's figures."""
    merge = Merge(price_list.supplier, [row for _, row in lines])
    outcomes = [merge.put(row) for _, row in lines]
    merge.save(price_list)
    for line, _ in lines:
        line.state, line.settled_at = QuarantinedLine.State.MENDED, at
    QuarantinedLine.objects.bulk_update([line for line, _ in lines], ["state", "settled_at", "values"])
    for outcome in outcomes:
        setattr(price_list, outcome.value, getattr(price_list, outcome.value) + 1)
    price_list.quarantined -= len(lines)
    price_list.save()
    return outcomes


def _locked(line_id: UUID) -> QuarantinedLine:
    line = QuarantinedLine.objects.select_for_update().filter(id=line_id, state="waiting").first()
    if line is None:
        raise queries.NoSuchLineError
    return line


def _record(tag: Tag, by: Actor, at: datetime, **references: Any) -> None:
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        journal.record(tag, by=by, at=at, **references)
