"""Workbooks made for tests, honest and hostile ones."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

HEADER = ("Référence", "EAN", "Marque", "Profil", "Désignation", "Saison", "Prix TTC", "Devise")
TYRE = ("A1", 2900000000018, "Kestrane", "Rivage 3", "205/55 R16 91V", "été", 72.99, "EUR")


def made(*rows: Sequence[Any], then: Callable[[Any, Any], None] = lambda *_: None) -> bytes:
    """Make a workbook of one sheet with these rows; `then` does what a row cannot say."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("Tarif")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    then(book, sheet)
    book.close()
    return file.getvalue()


def listed(*rows: Sequence[Any], then: Callable[[Any, Any], None] = lambda *_: None) -> bytes:
    """Make a price list with its line of column names."""
    return made(HEADER, *rows, then=then)


def tyre(**told: Any) -> tuple[Any, ...]:
    """Return a good line, with other cells where told: `tyre(id="A2", price=5)`."""
    names = ("id", "ean", "brand", "pattern", "size", "season", "price", "currency")
    line: dict[str, Any] = dict(zip(names, TYRE, strict=True)) | ({"ean": ""} if "id" in told else {})
    return tuple((line | told).values())


def repacked(raw: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """Pack a workbook again with its parts changed."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
        for name, content in (extra or {}).items():
            after.writestr(name, content)
    return file.getvalue()


def with_sheet(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the XML of the first sheet."""
    return repacked(raw, lambda name, part: change(part) if name == "xl/worksheets/sheet1.xml" else part)
