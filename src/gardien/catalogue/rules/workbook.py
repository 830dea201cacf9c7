"""The lines of an XLSX workbook, read as text like a CSV's.

Nothing of a workbook is trusted: the few parts that matter are unpacked within a bound, looked over, and packed again
before the library sees them. Cells that lie far apart are refused, for the library lays out the whole rectangle between
them (6 GB for two cells a thousand columns and two hundred thousand lines apart: measured). A formula is never computed
and its kept result never taken: it may be older than what it was made from.
"""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from gardien.catalogue.rules.rejections import Reason, UnreadableList
from gardien.catalogue.rules.table import LARGEST_FILE_MB, MOST_LINES, Record

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_UNPACKED_MB = 80
MOST_CELLS = 4_000_000
_MOST_PARTS = 200
_MOST_NAMES = 5
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError)

# What the library is shown; pictures, macros and links are never unpacked.
_READ = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels|xl/(workbook|sharedStrings|styles)\.xml"
    r"|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(?P<letters>[A-Za-z]{1,4})(?P<digits>\d{1,9})", re.ASCII)
_LETTERS = 26

Place = tuple[int, int]
"""Row and column, from 0."""


class _Sheet(NamedTuple):
    name: str
    rows: Sequence[Sequence[object]]
    merged: list[tuple[Place, Place]]


def read_workbook(raw: bytes) -> Iterator[Record]:
    """Return the lines of the only sheet that holds something, blank ones passed over.

    Raises UnreadableList for what is no XLSX workbook or is behind a password, one that is too large once unpacked,
    one with several sheets that hold something, and merged cells in the line of column names.
    """
    if len(raw) > LARGEST_FILE_MB * 1_000_000:
        raise UnreadableList(Reason.FILE_TOO_LARGE, limit=LARGEST_FILE_MB)
    parts = _unpacked(raw)
    flaws: dict[Place, Reason] = {}
    for content in parts.values():  # all of them: a hostile workbook may name any part as its sheet
        flaws |= _Survey().of(content)
    sheet = _only_sheet(_packed(parts))
    flaws |= _merged(sheet)
    return _records(sheet, flaws)


def _unpacked(raw: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            infos = [info for info in packed.infolist() if _READ.fullmatch(info.filename)]
            is_bearable = sum(info.file_size for info in infos) <= LARGEST_UNPACKED_MB * 1_000_000
            is_bearable &= len(infos) <= _MOST_PARTS
            parts = {info.filename: packed.read(info) for info in infos if is_bearable}
    except _BROKEN:
        raise UnreadableList(Reason.NOT_A_WORKBOOK) from None
    if not is_bearable:
        raise UnreadableList(Reason.WORKBOOK_TOO_LARGE)
    if "xl/workbook.xml" not in parts:
        raise UnreadableList(Reason.NOT_A_WORKBOOK)
    return parts


def _packed(parts: Mapping[str, bytes]) -> bytes:
    """Pack what was really unpacked, so that sizes that a file tells wrongly cannot mislead the library."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


class _Survey:
    """What a pass over a sheet's XML tells before the library lays it out: its extent, its formulas and errors."""

    def __init__(self) -> None:
        self.row = self.column = -1
        self.height = self.width = 0
        self.flaws: dict[Place, Reason] = {}

    def of(self, xml: bytes) -> dict[Place, Reason]:
        """Return where a sheet holds formulas and errors.

        Raises UnreadableList for XML that is not well formed or brings definitions of its own, of which the library
        would silently leave something out, and for cells that lie too far apart.
        """
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.StartDoctypeDeclHandler = _refuse_definitions
        try:
            parser.Parse(xml, True)  # noqa: FBT003 -- its only form
        except UnreadableList:
            raise
        except (expat.ExpatError, ValueError, LookupError):
            raise UnreadableList(Reason.NOT_A_WORKBOOK) from None
        return self.flaws

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self.row, self.column = int(attributes.get("r", self.row + 2)) - 1, -1
        elif kind == "c":
            self._cell(attributes)
        elif kind == "f":
            self.flaws[self.row, self.column] = Reason.FORMULA

    def _cell(self, attributes: dict[str, str]) -> None:
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self.column = _number(place["letters"]) if place else self.column + 1
        self.row = int(place["digits"]) - 1 if place else self.row
        self.height, self.width = max(self.height, self.row + 1), max(self.width, self.column + 1)
        if self.height > MOST_LINES or self.height * self.width > MOST_CELLS:
            raise UnreadableList(Reason.WORKBOOK_TOO_LARGE)
        if attributes.get("t") == "e":
            self.flaws[self.row, self.column] = Reason.SHEET_ERROR


def _refuse_definitions(*_: object) -> None:
    raise UnreadableList(Reason.NOT_A_WORKBOOK)


def _number(letters: str) -> int:
    """Return the number of a column, from 0: A is 0, AA is 26."""
    column = 0
    for letter in letters.upper():
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return column - 1


def _only_sheet(packed: bytes) -> _Sheet:
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(packed))
        sheets = [
            _sheet(book.get_sheet_by_name(each.name))
            for each in book.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet
        ]
    except (CalamineError, *_BROKEN):
        raise UnreadableList(Reason.NOT_A_WORKBOOK) from None
    held = [sheet for sheet in sheets if any(cell != "" for row in sheet.rows for cell in row)]
    if not held:
        raise UnreadableList(Reason.EMPTY_FILE)
    if len(held) > 1:
        names = ("".join(filter(str.isprintable, sheet.name)) for sheet in held[:_MOST_NAMES])
        raise UnreadableList(Reason.SEVERAL_SHEETS, sheets=", ".join(names))
    return held[0]


def _sheet(sheet: CalamineSheet) -> _Sheet:
    return _Sheet(sheet.name, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or [])


def _merged(sheet: _Sheet) -> dict[Place, Reason]:
    """Return where cells are merged; UnreadableList where they are in the line of column names, or without end."""
    header = next(number for number, row in enumerate(sheet.rows) if any(_text(cell).strip() for cell in row))
    height, width = len(sheet.rows), len(sheet.rows[0])
    found: dict[Place, Reason] = {}
    count = 0
    for (top, left), (bottom, right) in sheet.merged:
        if top <= header <= bottom:
            raise UnreadableList(Reason.MERGED_HEADER)
        rows, columns = range(top, min(bottom + 1, height)), range(left, min(right + 1, width))
        count += len(rows) * len(columns)
        if count > MOST_CELLS:
            raise UnreadableList(Reason.WORKBOOK_TOO_LARGE)
        found |= {(row, column): Reason.MERGED_CELLS for row in rows for column in columns}
    return found


def _records(sheet: _Sheet, flaws: Mapping[Place, Reason]) -> Iterator[Record]:
    by_row: dict[int, dict[int, Reason]] = {}
    for (line, column), reason in flaws.items():
        by_row.setdefault(line, {})[column] = reason
    for number, row in enumerate(sheet.rows):
        cells = tuple(map(_text, row))
        if number in by_row or _is_filled(cells):
            yield Record(number + 1, cells, flaws=by_row.get(number, {}), text="; ".join(filter(None, cells)))


def _is_filled(cells: Iterable[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _text(cell: object) -> str:
    """Return a cell as people see it: 15 digits of a number, days as 2026-03-31, yes and no as 1 and 0."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, int | float):
        return format(cell, ".15g")
    if isinstance(cell, dt.datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return str(cell)
