"""XLSX price lists: read like the CSV of the same cells, and hostile ones refused before they cost anything."""

import io
import re
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.catalogue.rules import workbook
from gardien.catalogue.rules.price_list import PriceList, read_price_list
from gardien.catalogue.rules.rejections import UnreadableList
from tests.catalogue.workbooks import HEADER, TYRE, listed, made, repacked, tyre, with_sheet

MEMORY_KB = 400_000
SPREAD = b'<worksheet><sheetData><row r="1"><c r="A1"/><c r="XFD1048576"/></row></sheetData></worksheet>'


def told(raw: bytes, currency: str | None = None) -> dict[int, str]:
    found = read_price_list(raw, currency)
    return {row.line: f"{row.price} {row.currency}" for row in found.rows} | {
        line.line: line.reason.value for line in found.rejected
    }


def refusal(raw: bytes) -> str:
    with pytest.raises(UnreadableList) as refused:
        read_price_list(raw)
    assert refused.value.msgid % refused.value.params
    return refused.value.code


def as_csv(*rows: tuple[Any, ...]) -> PriceList:
    return read_price_list("\n".join(";".join(str(cell) for cell in row) for row in rows).encode())


def test_a_workbook_is_read_as_the_csv_of_the_same_cells() -> None:
    rows = (HEADER, TYRE, tyre(id="A2", price="81,50 €"), tyre(id="A3", price=0), tyre(id="A4", brand=""), ("A5",))
    assert read_price_list(made(*rows)) == as_csv(*rows)


def test_numbers_are_read_as_people_see_them() -> None:
    price = 79.90000000000001
    found = read_price_list(listed(tyre(price=price), tyre(id=205.0, price=80)))
    assert [(row.source_id, row.ean, row.price) for row in found.rows] == [
        ("A1", "2900000000018", Decimal("79.90")), ("205", "", Decimal("80.00")),
    ]  # fmt: skip


def test_a_day_of_the_spreadsheet_is_a_day() -> None:
    def dated(book: Any, sheet: Any) -> None:
        sheet.write(0, 8, "Valable à partir du")
        sheet.write_datetime(1, 8, date(2026, 3, 1), book.add_format({"num_format": "dd/mm/yyyy"}))

    assert [row.valid_from_date for row in read_price_list(listed(TYRE, then=dated)).rows] == [date(2026, 3, 1)]


def test_line_numbers_are_those_of_the_sheet_and_blank_lines_are_passed_over() -> None:
    assert told(made((), HEADER, (), TYRE, ("", " "), tyre(id="A2", price="x"))) == {
        4: "72.99 EUR", 6: "unreadable_price",
    }  # fmt: skip


def test_a_formula_is_neither_computed_nor_believed() -> None:
    def formulas(_: Any, sheet: Any) -> None:
        sheet.write_formula("G2", "=1+1", None, 2)
        sheet.write_formula("J3", '=HYPERLINK("https://maker.example")', None, "x")
        sheet.write_formula("F4", "=A1", None, "hiver")
        sheet.write_formula("B7", "=A1")

    raw = listed(TYRE, tyre(id="A2"), tyre(id="A3"), tyre(id="A4", brand='=cmd|" /C calc"!A0'), then=formulas)
    found = read_price_list(raw)
    assert {line.line: line.reason.value for line in found.rejected} == {
        2: "formula", 3: "too_many_cells", 4: "formula", 5: "formula", 7: "formula",
    }  # fmt: skip
    assert found.rejected[0].values["designation"] == "205/55 R16 91V"
    assert "price" not in found.rejected[0].values


def test_an_error_of_the_spreadsheet_is_set_aside() -> None:
    raw = with_sheet(
        listed(tyre(price=5)), lambda xml: xml.replace(b'<c r="G2"><v>5</v>', b'<c r="G2" t="e"><v>#N/A</v>')
    )
    assert told(raw) == {2: "sheet_error"}


def test_a_formula_in_a_column_that_is_not_read_does_no_harm() -> None:
    raw = made((*HEADER, "Marge"), TYRE, then=lambda _, sheet: sheet.write_formula("I2", "=G2*0.3", None, 21.9))
    assert told(raw) == {2: "72.99 EUR"}


def test_merged_cells_are_set_aside_and_merged_names_of_columns_refuse_the_file() -> None:
    rows = (TYRE, tyre(id="A2", season=""), tyre(id="A3"))
    merged = listed(*rows, then=lambda _, sheet: sheet.merge_range("F2:F3", "hiver"))
    assert told(merged) == {2: "merged_cells", 3: "merged_cells", 4: "72.99 EUR"}
    for where in ("G1:H1", "A1:A2"):
        assert refusal(listed(TYRE, then=lambda _, sheet, where=where: sheet.merge_range(where, "Prix TTC"))) == (
            "merged_header"
        )


def test_several_sheets_are_refused_unless_the_others_are_empty() -> None:
    def second(book: Any, _: Any) -> None:
        book.add_worksheet("Vide")

    def filled(book: Any, _: Any) -> None:
        book.add_worksheet("Pneus hiver").write(0, 0, "x")

    def hidden(book: Any, _: Any) -> None:
        sheet = book.add_worksheet("Caché")
        sheet.write(5, 5, 1)
        sheet.hide()

    assert told(listed(TYRE, then=second)) == {2: "72.99 EUR"}
    assert refusal(listed(TYRE, then=filled)) == refusal(listed(TYRE, then=hidden)) == "several_sheets"


def test_cells_of_a_megabyte_cost_their_line_only() -> None:
    def long(cell: bytes) -> bytes:
        return with_sheet(
            listed(TYRE, tyre(id="A2")),
            lambda xml: re.sub(
                rb'<c r="C2" t="s"><v>.*?</v>', b'<c r="C2" t="inlineStr"><is><t>' + cell + b"</t></is>", xml
            ),
        )

    assert told(long(b"K" * 1_000_000)) == {2: "field_too_long", 3: "72.99 EUR"}


def memory_kb(line: str) -> int:
    """Return a figure of this process: `VmRSS` now, `VmHWM` the most since the mark was last cleared (5: proc(5))."""
    return int(re.findall(rf"{line}:\s+(\d+) kB", Path("/proc/self/status").read_text())[0])


def test_two_cells_that_lie_far_apart_are_refused_at_once() -> None:
    started, before = time.perf_counter(), memory_kb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    for place in ("XFD1048576", "ALL150000"):
        assert refusal(listed(TYRE, then=lambda _, sheet, place=place: sheet.write(place, 1))) == "workbook_too_large"
    spread = b'<row r="190000"><c><v>1</v></c>' + b"<c><v>1</v></c>" * 500 + b"</row></sheetData>"
    assert refusal(with_sheet(listed(TYRE), lambda xml: xml.replace(b"</sheetData>", spread))) == "workbook_too_large"
    quoted = with_sheet(listed(TYRE), lambda xml: xml.replace(b'r="H2"', b"r = 'XFD1048576'"))
    assert refusal(quoted) == "workbook_too_large"
    assert time.perf_counter() - started < 10
    assert memory_kb("VmHWM") - before < MEMORY_KB


def test_a_bomb_is_refused_by_its_size_and_one_that_lies_about_it_too() -> None:
    blanks = b" " * 100_000_000
    bomb = repacked(listed(TYRE), lambda _, part: part, {"xl/worksheets/bomb.xml": blanks})
    assert len(bomb) < 200_000
    assert refusal(bomb) == "workbook_too_large"
    liar = bomb.replace(len(blanks).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert liar != bomb
    assert refusal(liar) == "not_a_workbook"
    parts = {f"xl/worksheets/{number}.xml": b"<x/>" for number in range(2_000)}
    assert refusal(repacked(listed(TYRE), lambda _, part: part, parts)) == "workbook_too_large"


def test_pictures_and_macros_are_never_unpacked() -> None:
    raw = repacked(
        listed(TYRE), lambda _, part: part, {"xl/media/a.png": bytes(100_000_000), "xl/vbaProject.bin": b"x"}
    )
    assert told(raw) == {2: "72.99 EUR"}


def test_a_sheet_that_hides_under_another_name_is_looked_over_too() -> None:
    def elsewhere(where: bytes) -> bytes:
        return repacked(
            listed(TYRE, then=lambda _, sheet: sheet.write("XFD1048576", 1)),
            lambda name, part: part.replace(b"worksheets/sheet1.xml", where) if name.endswith(".rels") else part,
        )

    assert refusal(elsewhere(b"media/sheet1.bin")) in {"not_a_workbook", "workbook_too_large"}
    hidden = repacked(elsewhere(b"styles.xml"), lambda name, part: SPREAD if name == "xl/styles.xml" else part)
    assert refusal(hidden) == "workbook_too_large"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"PK\x03\x04", "not_a_workbook"),
        (b"PK\x03\x04" + b"x" * 500, "not_a_workbook"),
        (workbook.OLD_OFFICE + bytes(600), "not_a_workbook"),
        (listed(TYRE)[:-200], "not_a_workbook"),
        (made(), "empty_file"),
        (made(("Tarif",), HEADER, TYRE), "missing_columns"),
        (made((*HEADER, "Prix")), "column_twice"),
        (repacked(listed(TYRE), lambda _, part: part.replace(b"sheetData", b"sheetDate")), "empty_file"),
        (repacked(listed(TYRE), lambda _, part: part.replace(b"<row", b"<<row")), "not_a_workbook"),
        (with_sheet(listed(TYRE), lambda xml: xml.decode().encode("utf-16")), "not_a_workbook"),
    ],
    ids=["magic", "junk", "old", "cut", "empty", "title", "twice", "no data", "broken XML", "UTF-16"],
)
def test_what_is_no_price_list_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    assert refusal(raw) == code


def test_other_packed_files_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    assert refusal(file.getvalue()) == "not_a_workbook"


def test_a_sheet_with_definitions_of_its_own_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    raw = with_sheet(
        listed(tyre(brand=5)),
        lambda xml: xml.replace(b"?>", b"?>" + bomb, 1).replace(b'<c r="C2"><v>5</v>', b'<c r="C2" t="str"><v>&b;</v>'),
    )
    assert refusal(raw) == "not_a_workbook"


def test_many_lines_are_read_in_bearable_time() -> None:
    rows = [tyre(id=f"A{number}") for number in range(20_000)]
    raw = listed(*rows)
    started = time.process_time()
    assert len(read_price_list(raw).rows) == 20_000
    assert time.process_time() - started < 20


PARTS = sorted(zipfile.ZipFile(io.BytesIO(listed(TYRE))).namelist())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PARTS), st.integers(0), st.binary(min_size=1, max_size=12))
def test_any_damage_to_any_part_is_read_or_refused(part: str, place: int, junk: bytes) -> None:
    def damage(name: str, content: bytes) -> bytes:
        at = place % (len(content) + 1)
        return content[:at] + junk + content[at + len(junk) :] if name == part else content

    try:
        found = read_price_list(repacked(listed(TYRE, tyre(id="A2")), damage))
    except UnreadableList:
        return
    assert found.read == len(found.rows) + len(found.rejected)


@settings(max_examples=150, deadline=None)
@given(st.integers(0), st.binary(min_size=1, max_size=8))
def test_any_damage_to_the_file_is_read_or_refused(place: int, junk: bytes) -> None:
    raw = listed(TYRE)
    at = place % len(raw)
    try:
        read_price_list(raw[:at] + junk + raw[at + len(junk) :])
    except UnreadableList:
        return
