"""A supplier's price list, read line by line: each line becomes a row or is set aside with its reason."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from stdnum import ean as stdnum_ean

from gardien.base import text
from gardien.catalogue.rules.amounts import CURRENCIES, SIGNS, agreed, currency_code, read_amount
from gardien.catalogue.rules.designation import Designation, parse_designation
from gardien.catalogue.rules.rejections import LineRefused, Reason, Rejected, UnreadableList
from gardien.catalogue.rules.table import Record, physical_lines, records

LONGEST_FIELD = 200
_DELIMITERS = (",", ";", "\t")

# What each column may be called, folded; the first two names are shown when it is missing. A price is one tyre's, VAT
# included: "prix ht" is no name of it.
_NAMES = {
    "source_id": "id|référence|ref|sku|article|code article|référence article",
    "brand": "brand|marque|manufacturer|fabricant",
    "pattern": "pattern|profil|modèle|model|tread pattern",
    "designation": "designation|size|désignation|dimension|dimensions|tyre size|taille",
    "price": "price|prix ttc|prix|price per tyre|prix par pneu|prix unitaire ttc|prix public ttc|tarif ttc",
    "ean": "ean|gtin|ean13|ean 13|code ean",
    "season": "season|saison",
    "currency": "currency|devise|monnaie",
}
_OPTIONAL = ("ean", "season", "currency")
_BLANKS = "\t\n\r\u00a0\u2009\u202f"
_HEADER_CURRENCY = re.compile(r"(?P<name>.+?) ?\(?(?P<mark>[€£]|(?<=[ (])[A-Za-z]{3})\)?")
_CURRENCY_SIGN = re.compile("[$\u00a2-\u00a5\u20a0-\u20cf]")


class Season(StrEnum):
    """The season a supplier gives in a column of its own; never derived from a tyre's name."""

    SUMMER = "summer"
    WINTER = "winter"
    ALL_SEASON = "all-season"


_SEASONS = {
    **dict.fromkeys(("summer", "ete"), Season.SUMMER),
    **dict.fromkeys(("winter", "hiver"), Season.WINTER),
    **dict.fromkeys(
        ("all season", "all seasons", "4 saisons", "4s", "toutes saisons", "quatre saisons"), Season.ALL_SEASON
    ),
}


_FIELDS = {text.fold(name): field for field, names in _NAMES.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class Row:
    """One tyre of the list. `ean` is empty and `season` None where the list is silent; `price` is one tyre's."""

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


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each column stands, how many the file has, and the currency that the price's name holds."""

    positions: Mapping[str, int]
    count: int
    price_currency: str | None


def read_price_list(raw: bytes, default_currency: str | None = None) -> PriceList:
    """Read a CSV price list with a first line of French or English column names.

    `default_currency` is the ISO code of amounts that neither a sign nor a column names; it relabels nothing, a line
    that contradicts it is set aside. Of identical lines the first is kept; lines with the same reference and other
    values are all set aside, for nobody knows which is right. Raises UnreadableList when no line can be read.
    """
    default = _default(default_currency)
    lines = physical_lines(raw)
    headers = {delimiter: _header(lines, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(headers, key=lambda each: len(_positions(headers[each])))
    columns = _columns(headers[delimiter])
    rows: list[Row] = []
    rejected: list[Rejected] = []
    for record in islice(records(lines, delimiter), 1, None):
        try:
            rows.append(_row(record, columns, default))
        except LineRefused as refusal:
            rejected.append(Rejected(record.line, Reason(refusal.code), refusal.params))
    kept, repeated = _without_repeats(rows)
    return PriceList(kept, tuple(sorted((*rejected, *repeated), key=lambda each: each.line)))


def _default(code: str | None) -> str | None:
    if code is None or code.upper() in CURRENCIES:
        return code and code.upper()
    raise UnreadableList(Reason.UNKNOWN_DEFAULT_CURRENCY, currency=code, known=", ".join(CURRENCIES))


def _header(lines: Sequence[str], delimiter: str) -> tuple[str, ...]:
    header = next(records(lines, delimiter), None)
    if header is None:
        raise UnreadableList(Reason.EMPTY_FILE)
    return header.cells


def _named(cell: str) -> tuple[str, str | None] | None:
    """Find the field that a column's name means, and the currency in it: `Prix TTC (€)`; None for any other name."""
    parts = _HEADER_CURRENCY.fullmatch(" ".join(cell.split()))
    if parts and parts["mark"].upper() in (*CURRENCIES, *SIGNS):
        is_price = _FIELDS.get(text.fold(parts["name"])) == "price"
        return ("price", currency_code(parts["mark"])) if is_price else None
    field = None if _CURRENCY_SIGN.search(cell) else _FIELDS.get(text.fold(cell))
    return (field, None) if field else None


def _positions(header: Sequence[str]) -> dict[str, int]:
    named = ((_named(cell), position) for position, cell in enumerate(header))
    return {meaning[0]: position for meaning, position in named if meaning}


def _columns(header: Sequence[str]) -> _Columns:
    meanings = [meaning for meaning in map(_named, header) if meaning]
    fields = [field for field, _ in meanings]
    twice = next((field for field in fields if fields.count(field) > 1), None)
    if twice:
        raise UnreadableList(Reason.COLUMN_TWICE, column=_shown(twice))
    missing = [_shown(field) for field in _NAMES if field not in (*fields, *_OPTIONAL)]
    if missing:
        raise UnreadableList(Reason.MISSING_COLUMNS, columns=", ".join(missing))
    count = max(position for position, cell in enumerate(header, 1) if cell.strip())
    return _Columns(_positions(header), count, agreed(currency for _, currency in meanings))


def _shown(field: str) -> str:
    """Name a column as people call it, in both languages: `price / prix ttc`."""
    return " / ".join(_NAMES[field].split("|")[:2])


def _row(record: Record, columns: _Columns, default: str | None) -> Row:
    if record.refusal:
        raise record.refusal
    values = _values(record.cells, columns)
    designation = parse_designation(values["designation"])
    if designation is None:
        raise LineRefused(Reason.UNREADABLE_DESIGNATION, designation=values["designation"])
    amount = read_amount(values["price"])
    currency = agreed((default, columns.price_currency, currency_code(values["currency"]), amount.currency))
    if currency is None:
        raise LineRefused(Reason.CURRENCY_MISSING)
    return Row(
        line=record.line,
        source_id=values["source_id"],
        ean=_ean(values["ean"]),
        brand=values["brand"],
        pattern=values["pattern"],
        designation_text=values["designation"],
        designation=designation,
        season=_season(values["season"]),
        price=amount.value,
        currency=currency,
    )


def _values(cells: Sequence[str], columns: _Columns) -> dict[str, str]:
    if any(cell.strip() for cell in cells[columns.count :]):
        raise LineRefused(Reason.TOO_MANY_CELLS, found=len(cells), expected=columns.count)
    values = dict.fromkeys(_NAMES, "")
    for field, position in columns.positions.items():
        values[field] = _value(cells[position] if position < len(cells) else "", field)
    return values


def _value(cell: str, field: str) -> str:
    if not all(sign.isprintable() or sign in _BLANKS for sign in cell):
        raise LineRefused(Reason.UNREADABLE_TEXT, column=_shown(field))
    try:
        value = text.clean(cell, max_length=LONGEST_FIELD)
    except text.Refused as refusal:
        reason = Reason.FIELD_TOO_LONG if refusal.code == "too_long" else Reason.UNREADABLE_TEXT
        raise LineRefused(reason, column=_shown(field), limit=LONGEST_FIELD) from None
    if not value and field not in _OPTIONAL:
        raise LineRefused(Reason.MISSING_VALUE, column=_shown(field))
    return value


def _ean(digits: str) -> str:
    if digits and not stdnum_ean.is_valid(digits):
        raise LineRefused(Reason.WRONG_EAN, ean=digits)
    return stdnum_ean.compact(digits)


def _season(word: str) -> Season | None:
    if word and text.fold(word) not in _SEASONS:
        raise LineRefused(Reason.UNKNOWN_SEASON, season=word)
    return _SEASONS.get(text.fold(word))


def _without_repeats(rows: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Rejected, ...]]:
    by_id: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_id[row.source_id].append(row)
    kept, repeated = [], []
    for first, *others in by_id.values():
        different = next((row for row in others if replace(row, line=first.line) != first), None)
        if different is None:
            kept.append(first)
            repeated += [Rejected(row.line, Reason.SAME_LINE_TWICE, {"other": first.line}) for row in others]
            continue
        repeated.append(Rejected(first.line, Reason.LINES_DISAGREE, {"other": different.line}))
        repeated += [Rejected(row.line, Reason.LINES_DISAGREE, {"other": first.line}) for row in others]
    return tuple(kept), tuple(repeated)
