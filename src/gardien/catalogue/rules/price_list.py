"""A supplier's price list, read line by line: each line becomes a row or is set aside with its reason."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import chain

from stdnum import ean as stdnum_ean

from gardien.base import text
from gardien.catalogue.rules import fields
from gardien.catalogue.rules.amounts import CURRENCIES, agreed, currency_code, read_amount
from gardien.catalogue.rules.columns import positions, read_columns
from gardien.catalogue.rules.designation import LOAD_INDEXES, Designation, parse_designation
from gardien.catalogue.rules.fields import LONGEST_FIELD
from gardien.catalogue.rules.label import SPEEDS_KMH, Label, read_label
from gardien.catalogue.rules.rejections import LineRefused, Reason, Rejected, UnreadableList
from gardien.catalogue.rules.table import Record, physical_lines, records
from gardien.catalogue.rules.workbook import OLD_OFFICE, ZIP, read_workbook

__all__ = ["LONGEST_FIELD", "Lifecycle", "PriceList", "Row", "Season", "read_price_list", "read_row"]

_DELIMITERS = (",", ";", "\t")
_LONGEST_TEXT = 400
_MARK = re.compile(r"[A-Z]{1,3}\d?[A-Z]?|\*", re.ASCII)
_MOST_MARKS = 8


class Season(StrEnum):
    """The season a supplier gives in a column of its own; never derived from a tyre's name."""

    SUMMER = "summer"
    WINTER = "winter"
    ALL_SEASON = "all-season"


class Lifecycle(StrEnum):
    """Where a tyre stands in the supplier's range; only the first and the last keep it off a quote."""

    PREPARING = "preparing"
    ACTIVE = "active"
    PHASING_OUT = "phasing-out"
    ENDED = "ended"


_SEASONS = {
    **dict.fromkeys(("summer", "ete"), Season.SUMMER),
    **dict.fromkeys(("winter", "hiver"), Season.WINTER),
    **dict.fromkeys(
        ("all season", "all seasons", "4 saisons", "4s", "toutes saisons", "quatre saisons"), Season.ALL_SEASON
    ),
}
# W1 to W3 are the product cycles of PRICAT B4.0.
_LIFECYCLES = {
    **dict.fromkeys(("preparing", "a venir", "en preparation", "w1"), Lifecycle.PREPARING),
    **dict.fromkeys(("active", "actif", "en cours", "w2"), Lifecycle.ACTIVE),
    **dict.fromkeys(("phasing out", "fin de serie", "fin de vie", "w3"), Lifecycle.PHASING_OUT),
    **dict.fromkeys(("ended", "arrete", "supprime", "discontinued"), Lifecycle.ENDED),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One tyre of the list. `ean` is empty, the others None where the list is silent.

    `price` is one tyre's; `eco_fee` the eco-contribution in euros, VAT included. `designation` has the facts of columns
    that give them apart.
    """

    line: int
    source_id: str
    ean: str
    brand: str
    pattern: str
    designation_text: str
    designation: Designation
    season: Season | None
    price: Decimal
    currency: str
    label: Label
    lifecycle: Lifecycle | None = None
    valid_from_date: date | None = None
    eco_fee: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a file says, in the order of its lines: every line that is not blank is in one of the two."""

    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...]

    @property
    def read(self) -> int:
        """How many lines of data the file has."""
        return len(self.rows) + len(self.rejected)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the rows, in alphabetical order."""
        return tuple(sorted({row.currency for row in self.rows}))


def read_price_list(raw: bytes, default_currency: str | None = None) -> PriceList:
    """Read a CSV or XLSX price list with a first line of French or English column names.

    `default_currency` is the ISO code of amounts that neither a sign nor a column names; it relabels nothing, a line
    that contradicts it is set aside. Of identical lines the first is kept; lines with the same reference and other
    values, or the same EAN and another reference, are all set aside, for nobody knows which is right. Raises
    UnreadableList when no line can be read.
    """
    default = known_currency(default_currency)
    if raw.startswith(OLD_OFFICE):
        raise UnreadableList(Reason.NOT_A_WORKBOOK)
    lines = read_workbook(raw) if raw.startswith(ZIP) else _csv(raw)
    header = next(lines, None)
    if header is None:
        raise UnreadableList(Reason.EMPTY_FILE)
    columns = read_columns(header.cells)
    rows: list[Row] = []
    rejected: list[Rejected] = []
    told: dict[int, Mapping[str, str]] = {}
    for record in lines:
        values: dict[str, str] = {}
        try:
            values = columns.values(record)
            columns.refuse_flaws(record, values)
            rows.append(read_row(values, line=record.line, default_currency=default))
            told[record.line] = {field: value for field, value in values.items() if value}
        except LineRefused as refusal:
            reason, text_ = Reason(refusal.code), _shortened(record.text)
            rejected.append(Rejected(record.line, reason, refusal.params, _kept(values), text_))
    kept, repeated = _without_repeats(rows)
    repeated = [replace(each, values=_kept(told[each.line])) for each in repeated]
    return PriceList(kept, tuple(sorted((*rejected, *repeated), key=lambda each: each.line)))


def read_row(values: Mapping[str, str], *, line: int, default_currency: str | None) -> Row:
    """Read one line from its cells by field; LineRefused with the first thing that cannot be taken."""
    told = fields.cleaned(values)
    designation = parse_designation(told["designation"])
    if designation is None:
        raise LineRefused(Reason.UNREADABLE_DESIGNATION, designation=told["designation"])
    designation = _told_apart(designation, told)
    amount = read_amount(told["price"])
    currency = agreed((default_currency, currency_code(told["currency"]), amount.currency))
    if currency is None:
        raise LineRefused(Reason.CURRENCY_MISSING)
    return Row(
        line=line,
        source_id=told["source_id"],
        ean=_ean(told["ean"]),
        brand=told["brand"],
        pattern=told["pattern"],
        designation_text=told["designation"],
        designation=designation,
        season=_season(told["season"]),
        price=amount.value,
        currency=currency,
        label=read_label(told, designation),
        lifecycle=fields.one_of(told["lifecycle"], "lifecycle", _LIFECYCLES),
        valid_from_date=fields.day(told["valid_from_date"]),
        eco_fee=_eco_fee(told["eco_fee"]),
    )


def known_currency(code: str | None) -> str | None:
    """Return an ISO code in capitals, None for None; UnreadableList for one that is not known."""
    if code is None or code.upper() in CURRENCIES:
        return code and code.upper()
    raise UnreadableList(Reason.UNKNOWN_DEFAULT_CURRENCY, currency=code, known=", ".join(CURRENCIES))


def _csv(raw: bytes) -> Iterator[Record]:
    """Return the lines of a CSV cut at the sign that makes most column names known."""
    lines = physical_lines(raw)
    read = {delimiter: records(lines, delimiter) for delimiter in _DELIMITERS}
    headers = {delimiter: next(read[delimiter], None) for delimiter in _DELIMITERS}
    known = {delimiter: len(positions(header.cells)) for delimiter, header in headers.items() if header}
    if not known:
        raise UnreadableList(Reason.EMPTY_FILE)
    delimiter = max(known, key=lambda each: known[each])
    return chain(filter(None, [headers[delimiter]]), read[delimiter])


def _shortened(line: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in line[:_LONGEST_TEXT]).strip()


def _kept(values: Mapping[str, str]) -> dict[str, str]:
    return {field: _shortened(value) for field, value in values.items() if value.strip()}


def _told_apart(tyre: Designation, told: Mapping[str, str]) -> Designation:
    """Let columns that give a fact apart outrank what the designation says; makers' marks add up."""
    load, _, twin = told["load_index"].partition("/")
    least, most = LOAD_INDEXES[0], LOAD_INDEXES[-1]
    speed = told["speed_symbol"].upper().strip("()")
    if speed and speed not in SPEEDS_KMH:
        raise fields.unknown(told["speed_symbol"], "speed_symbol", SPEEDS_KMH)
    run_flat = fields.yes_or_no(told["is_run_flat"], "is_run_flat")
    load_index = fields.whole(load.strip(), "load_index", least, most)
    marks = tuple(dict.fromkeys((*tyre.oe_marks, *_marks(told["oe_marks"]))))
    return replace(
        tyre,
        load_index=load_index or tyre.load_index,
        load_index_twin=fields.whole(twin.strip(), "load_index", least, most) if load_index else tyre.load_index_twin,
        speed_symbol=speed or tyre.speed_symbol,
        is_run_flat=tyre.is_run_flat if run_flat is None else run_flat,
        oe_marks=marks[:_MOST_MARKS],
    )


def _marks(cell: str) -> Iterable[str]:
    marks = re.split(r"[\s,;/+|]+", cell.upper().strip())
    wrong = next((mark for mark in marks if mark and not _MARK.fullmatch(mark)), None)
    if wrong:
        raise LineRefused(Reason.UNKNOWN_MARK, value=wrong)
    return filter(None, marks)


def _ean(digits: str) -> str:
    if digits and not stdnum_ean.is_valid(digits):
        raise LineRefused(Reason.WRONG_EAN, ean=digits)
    return stdnum_ean.compact(digits)


def _season(word: str) -> Season | None:
    if word and text.fold(word) not in _SEASONS:
        raise LineRefused(Reason.UNKNOWN_SEASON, season=word)
    return _SEASONS.get(text.fold(word))


def _eco_fee(cell: str) -> Decimal | None:
    if not cell:
        return None
    if not cell.strip("0., €"):
        return Decimal("0.00")
    amount = read_amount(cell)
    agreed(("EUR", amount.currency))
    return amount.value


def _without_repeats(rows: Sequence[Row]) -> tuple[tuple[Row, ...], list[Rejected]]:
    kept, repeated = [], []
    for first, *others in _groups(rows, lambda row: row.source_id):
        different = next((row for row in others if replace(row, line=first.line) != first), None)
        if different is None:
            kept.append(first)
            repeated += [Rejected(row.line, Reason.SAME_LINE_TWICE, {"other": first.line}) for row in others]
            continue
        repeated.append(Rejected(first.line, Reason.LINES_DISAGREE, {"other": different.line}))
        repeated += [Rejected(row.line, Reason.LINES_DISAGREE, {"other": first.line}) for row in others]
    single = []
    for first, *others in _groups(kept, lambda row: row.ean or f"line {row.line}"):
        if not others:
            single.append(first)
            continue
        repeated.append(Rejected(first.line, Reason.SAME_EAN_TWICE, {"other": others[0].line}))
        repeated += [Rejected(row.line, Reason.SAME_EAN_TWICE, {"other": first.line}) for row in others]
    return tuple(single), repeated


def _groups(rows: Iterable[Row], key: Callable[[Row], str]) -> list[list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return list(found.values())
