"""Cells of a price list as values: text, yes or no, whole numbers, days, one of a closed list."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from gardien.base import text
from gardien.catalogue.rules.columns import FIELDS, MANDATORY, shown
from gardien.catalogue.rules.rejections import LineRefused, Reason

LONGEST_FIELD = 200
_BLANKS = "\t\n\r\u00a0\u2009\u202f"
_YES = ("oui", "o", "yes", "y", "true", "vrai", "1", "x")
_NO = ("non", "n", "no", "false", "faux", "0")
_ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
_MOST_DIGITS = 12

_Value = TypeVar("_Value")


def cleaned(cells: Mapping[str, str]) -> dict[str, str]:
    """Return every field's text as it is kept; LineRefused for invisible signs, a text too long or a missing one."""
    told = {field: cells.get(field, "") for field in FIELDS}
    return {field: _cleaned(cell, field) if cell or field in MANDATORY else "" for field, cell in told.items()}


def _cleaned(cell: str, field: str) -> str:
    if not all(sign.isprintable() or sign in _BLANKS for sign in cell):
        raise LineRefused(Reason.UNREADABLE_TEXT, column=shown(field))
    try:
        value = text.clean(cell, max_length=LONGEST_FIELD)
    except text.Refused as refusal:
        reason = Reason.FIELD_TOO_LONG if refusal.code == "too_long" else Reason.UNREADABLE_TEXT
        raise LineRefused(reason, column=shown(field), limit=LONGEST_FIELD) from None
    if not value and field in MANDATORY:
        raise LineRefused(Reason.MISSING_VALUE, column=shown(field))
    return value


def one_of(value: str, field: str, known: Mapping[str, _Value]) -> _Value | None:
    """Return what a folded word stands for, None for no word; LineRefused for a word that is not known."""
    if not value:
        return None
    if text.fold(value) not in known:
        raise unknown(value, field, dict.fromkeys(str(each) for each in known.values()))
    return known[text.fold(value)]


def unknown(value: str, field: str, known: Iterable[str]) -> LineRefused:
    """Make the refusal of a value that is not one of a closed list."""
    return LineRefused(Reason.UNKNOWN_VALUE, value=value, column=shown(field), known=", ".join(known))


def yes_or_no(value: str, field: str) -> bool | None:
    """Read a yes, a no, or None for an empty cell."""
    word = text.fold(value)
    if value and word not in (*_YES, *_NO):
        raise unknown(value, field, ("oui", "non"))
    return word in _YES if value else None


def whole(value: str, field: str, least: int, most: int) -> int | None:
    """Read a whole number, None for an empty cell; LineRefused outside `least` to `most`."""
    if not value:
        return None
    is_number = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
    if not is_number or not least <= int(value) <= most:
        raise LineRefused(Reason.NOT_A_NUMBER, value=value, column=shown(field), least=least, most=most)
    return int(value)


def day(value: str) -> date | None:
    """Read `2026-03-31`, `20260331` or `31/03/2026`, None for an empty cell; LineRefused for any other text."""
    iso, french = _ISO.fullmatch(value), _FRENCH.fullmatch(value)
    parts = iso.groups() if iso else french.groups()[::-1] if french else ()
    try:
        return date(*map(int, parts)) if value else None
    except (TypeError, ValueError):
        raise LineRefused(Reason.NOT_A_DAY, value=value) from None
