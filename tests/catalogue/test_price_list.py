"""Price lists: every line is a row or set aside with its reason; nothing is lost, nothing is guessed."""

import csv
import io
import os
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gardien.catalogue
from gardien.catalogue.rules.price_list import LONGEST_FIELD, PriceList, Row, Season, read_price_list
from gardien.catalogue.rules.rejections import Reason, Rejected, UnreadableList
from gardien.catalogue.rules.table import LARGEST_FILE_MB, MOST_LINES

DEMO = Path(gardien.catalogue.__file__).parent / "demo" / "tyres-demo-fr.csv"
HEADER = "id,brand,pattern,size,price"
TYRE = "Kestrane,Rivage 3,205/55 R16 91V"


def listed(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode()


def told(raw: bytes, currency: str | None = "EUR") -> dict[int, str]:
    """Say what became of each line: the price of a row, the reason of a line set aside."""
    found = read_price_list(raw, currency)
    prices = {row.line: f"{row.price} {row.currency}" for row in found.rows}
    return prices | {line.line: line.reason.value for line in found.rejected}


def numbers(found: PriceList) -> list[int]:
    """Return the line numbers of everything that was read, in order."""
    return sorted([row.line for row in found.rows] + [line.line for line in found.rejected])


def refusal(raw: bytes, currency: str | None = None) -> tuple[str, str]:
    """Return the reason and the English sentence with which the whole file is refused."""
    with pytest.raises(UnreadableList) as refused:
        read_price_list(raw, currency)
    return refused.value.code, refused.value.msgid % refused.value.params


def test_a_french_list_of_a_spreadsheet_is_read_as_an_english_one() -> None:
    english = (
        'id,ean,brand,pattern,size,season,price,currency\nA1,2900000000018,É,P,155 R13 78S,winter,"1,234.50",EUR\n'
    )
    french = (
        "Réf.;EAN;Marque;Modèle;Désignation;Saison;Prix TTC (€)\r\nA1;2900000000018;É;P;155 R13 78S;hiver;1 234,5\r\n"
    )

    read = read_price_list(english.encode())

    assert [(row.line, row.ean, row.brand, row.season, row.price, row.currency) for row in read.rows] == [
        (2, "2900000000018", "É", Season.WINTER, Decimal("1234.50"), "EUR")
    ]
    assert read_price_list(french.encode("cp1252")) == read
    assert read_price_list(french.replace(";", "\t").encode("utf-8-sig")) == read


@pytest.mark.parametrize(
    ("written", "currency", "expected"),
    [
        ("72.99", "EUR", "72.99 EUR"),
        ("72.99", "eur", "72.99 EUR"),
        ("£72.99", None, "72.99 GBP"),
        ("£72.99", "GBP", "72.99 GBP"),
        ("£72.99", "EUR", "currency_contradicted"),
        ("72.99", None, "currency_missing"),
        ('"72,9 €"', None, "72.90 EUR"),
        ('"1 234,56 €"', None, "1234.56 EUR"),
        ('"1\u202f234,56\u00a0€"', None, "1234.56 EUR"),
        ('"EUR 1.234,56"', None, "1234.56 EUR"),
        ("1'234.50 CHF", None, "1234.50 CHF"),
        ("€ 5 GBP", None, "currency_contradicted"),
        ("$5", None, "unknown_currency"),
        ('"1,234"', "EUR", "price_too_precise"),
        ("72.990", "EUR", "price_too_precise"),
        ("1.234.56", "EUR", "unreadable_price"),
        ("-5", "EUR", "price_not_positive"),
        ("£-5", "GBP", "price_not_positive"),
        ("(5.00)", "EUR", "price_not_positive"),
        ("0.00", "EUR", "price_not_positive"),
        ("99999.99", "EUR", "99999.99 EUR"),
        ("100000", "EUR", "price_too_high"),
        ("9" * 150, "EUR", "price_too_high"),
        ("=72.99", "EUR", "unreadable_price"),
        ("12e3", "EUR", "unreadable_price"),
        ("NaN", "EUR", "unreadable_price"),
        ("٧٢", "EUR", "unreadable_price"),
        ("", "EUR", "missing_value"),
    ],
)
def test_an_amount_is_read_to_the_cent_in_its_own_currency_or_set_aside(
    written: str, currency: str | None, expected: str
) -> None:
    assert told(listed(f"A1,{TYRE},{written}"), currency) == {2: expected}


def test_a_column_of_currencies_speaks_for_amounts_without_sign_and_never_relabels() -> None:
    raw = listed(
        f"A1,{TYRE},5,gbp", f"A2,{TYRE},€5,EUR", f"A3,{TYRE},€5,GBP", f"A4,{TYRE},5,", header=HEADER + ",currency"
    )

    assert told(raw, None) == {2: "5.00 GBP", 3: "5.00 EUR", 4: "currency_contradicted", 5: "currency_missing"}
    assert told(raw, "EUR") == {
        2: "currency_contradicted", 3: "5.00 EUR", 4: "currency_contradicted", 5: "5.00 EUR",
    }  # fmt: skip


def test_a_currency_in_the_name_of_the_price_column_counts_as_a_sign() -> None:
    raw = listed(f"A1,{TYRE},5", f"A2,{TYRE},€5", header="ref,marque,profil,taille,Prix TTC GBP")

    assert told(raw, None) == {2: "5.00 GBP", 3: "currency_contradicted"}
    assert told(raw, "EUR") == {2: "currency_contradicted", 3: "currency_contradicted"}


def test_line_numbers_are_those_of_the_file_even_after_a_cell_of_two_lines() -> None:
    raw = listed("", f"A1,{TYRE},5", 'A2,Kestrane,"Quatre\nVents",205/55 R16 91V,6', ",,,,", f"A3,{TYRE},7")
    found = read_price_list(raw, "EUR")

    assert [(row.line, row.source_id, row.pattern) for row in found.rows] == [
        (3, "A1", "Rivage 3"), (4, "A2", "Quatre Vents"), (7, "A3", "Rivage 3"),
    ]  # fmt: skip
    assert found.read == 3


def test_a_forgotten_quotation_mark_costs_its_own_line_only() -> None:
    raw = listed(
        f"A1,{TYRE},5", 'A2,"Kestrane,Rivage 3,205/55 R16 91V,6', f"A3,{TYRE},7",
        'A4,Kestrane","Rivage 3,205/55 R16 91V,8', 'A5,"Kes"trane,Rivage 3,205/55 R16 91V,9', f"A6,{TYRE},10",
    )  # fmt: skip

    broken = "broken_quotes"
    assert told(raw) == {2: "5.00 EUR", 3: broken, 4: "7.00 EUR", 5: broken, 6: broken, 7: "10.00 EUR"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"A1,{TYRE},72,99", Reason.TOO_MANY_CELLS),
        (",Kestrane,Rivage 3,205/55 R16 91V,5", Reason.MISSING_VALUE),
        ("A1,Kestrane,Rivage 3", Reason.MISSING_VALUE),
        ("A1,Kes\0trane,Rivage 3,205/55 R16 91V,5", Reason.UNREADABLE_TEXT),
        ("A1,Kes\x1ctrane,Rivage 3,205/55 R16 91V,5", Reason.UNREADABLE_TEXT),
        ("A1,Kes\u202etrane,Rivage 3,205/55 R16 91V,5", Reason.UNREADABLE_TEXT),
        (f"A1,{'é' * (LONGEST_FIELD + 1)},Rivage 3,205/55 R16 91V,5", Reason.FIELD_TOO_LONG),
        (f"A1,{'K' * 1_000_000},Rivage 3,205/55 R16 91V,5", Reason.LINE_TOO_LONG),
        ("A1,Kestrane,Rivage 3,205/55 R16 91X,5", Reason.UNREADABLE_DESIGNATION),
    ],
)
def test_a_bad_line_is_set_aside_and_the_next_one_is_read(line: str, reason: Reason) -> None:
    assert told(listed(line, f"B1,{TYRE},7")) == {2: reason, 3: "7.00 EUR"}


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    found = read_price_list(listed("=A1,@Kestrane,+1-1,205/55 R16 91V,5"), "EUR")

    assert [(row.source_id, row.brand, row.pattern) for row in found.rows] == [("=A1", "@Kestrane", "+1-1")]


def test_an_ean_needs_its_check_digit_and_a_season_its_word() -> None:
    header = HEADER + ",ean,season"
    raw = listed(
        f"A1,{TYRE},5,2900000000018,", f"A2,{TYRE},5,2900000000019,", f'A3,{TYRE},5,"2,9E+12",',
        f"A4,{TYRE},5,,toutes saisons", f"A5,{TYRE},5,,mousson", header=header,
    )  # fmt: skip

    assert told(raw) == {2: "5.00 EUR", 3: "wrong_ean", 4: "wrong_ean", 5: "5.00 EUR", 6: "unknown_season"}


def test_identical_lines_are_kept_once_and_lines_that_disagree_not_at_all() -> None:
    raw = listed(f"A1,{TYRE},5", f"A1,{TYRE},5.00", f"A2,{TYRE},6", f"A2,{TYRE},7", f"A2,{TYRE},6", f"A3,{TYRE},5")
    found = read_price_list(raw, "EUR")

    assert [row.line for row in found.rows] == [2, 7]
    assert found.rejected == (
        Rejected(3, Reason.SAME_LINE_TWICE, {"other": 2}),
        Rejected(4, Reason.LINES_DISAGREE, {"other": 5}),
        Rejected(5, Reason.LINES_DISAGREE, {"other": 4}),
        Rejected(6, Reason.LINES_DISAGREE, {"other": 4}),
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf \r\n\n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"\n" * (MOST_LINES + 1) + b"x", "too_many_lines"),
        (b"x" * (LARGEST_FILE_MB * 1_000_000 + 1), "file_too_large"),
        (HEADER.encode("utf-16"), "unknown_encoding"),
        (HEADER.encode() + b"\nA1,\x81", "unknown_encoding"),
        (HEADER.encode() + b"\nA1,\xc3\xa9\nA2,\xe9", "mixed_encoding"),
        (b"\0" * 100, "missing_columns"),
        (b"ref,marque,profil,taille,prix ht\n", "missing_columns"),
        (b"ref,marque,profil,taille,prix ($)\n", "missing_columns"),
        (b"ref,id,brand,pattern,size,price\n", "column_twice"),
        (b'"ref,id,brand,pattern,size,price\n', "missing_columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    assert refusal(raw)[0] == code


def test_missing_columns_are_named_in_both_languages() -> None:
    assert refusal(b"marque;profil;taille\n")[1] == (
        "Columns are missing: id / référence, price / prix ttc. Add them to the first line of the file."
    )


def test_a_default_currency_that_nobody_knows_is_refused() -> None:
    assert refusal(listed(f"A1,{TYRE},5"), "XYZ")[0] == "unknown_default_currency"


def test_a_list_of_column_names_only_has_no_lines() -> None:
    assert read_price_list(HEADER.encode()) == PriceList((), ())


def test_each_reason_has_a_sentence_with_exactly_its_figures() -> None:
    found = read_price_list(DEMO.read_bytes()).rejected

    named = {line.reason: set(re.findall(r"%\((\w+)\)s", line.msgid)) - set(line.params) for line in found}
    assert named == {line.reason: set() for line in found}
    assert all(Rejected(1, reason, {}).msgid for reason in Reason)


def test_the_projects_own_list_of_hard_cases_sets_aside_what_it_must() -> None:
    found = read_price_list(DEMO.read_bytes())

    assert {line.line: line.reason.value for line in found.rejected} == {
        69: "wrong_ean", 70: "missing_value", 71: "price_not_positive", 72: "price_not_positive",
        73: "currency_contradicted", 74: "currency_missing", 75: "unreadable_price", 76: "price_too_precise",
        77: "unknown_currency", 78: "unreadable_designation", 79: "unreadable_designation",
        80: "unreadable_designation", 81: "missing_value", 82: "missing_value", 83: "unknown_season",
        84: "field_too_long", 85: "unreadable_text", 86: "too_many_cells", 87: "broken_quotes",
        88: "lines_disagree", 89: "lines_disagree", 90: "same_line_twice", 92: "price_too_high",
    }  # fmt: skip
    assert (found.read, len(found.rows), found.currencies) == (89, 66, ("EUR",))


def test_the_real_list_is_read_whole_and_stays_in_pounds() -> None:
    folder = os.environ.get("GARDIEN_REAL_DATA")
    if not folder:
        pytest.skip("GARDIEN_REAL_DATA names no folder: the real price list is not in the repository")
    raw = (Path(folder) / "tyres-price-list-uk.csv").read_bytes()
    found = read_price_list(raw)

    assert (found.read, len(found.rows), found.currencies) == (250, 250, ("GBP",))
    assert Counter(row.designation.size_key for row in found.rows) == {"205/55R16": 234, "225/50R16": 16}
    assert sum(row.price for row in found.rows) == Decimal("30706.50")
    assert Counter(told(raw, "EUR").values()) == {"currency_contradicted": 250}


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
likely = st.sampled_from(["A1", "A2", "Kestrane", "205/55 R16 91V", "5", "£6.5", "7,125", '"', "\n", ",", ";", "\0"])


@given(st.lists(st.lists(st.one_of(cells, likely), min_size=1, max_size=7), max_size=8))
def test_every_record_of_a_well_formed_file_is_a_row_or_set_aside(rows: list[list[str]]) -> None:
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    swallowing = [row for row in kept if any("," in cell and re.search(r"[\r\n]", cell) for cell in row)]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(HEADER.split(","))
    writer.writerows(kept)
    found = read_price_list(file.getvalue().encode(), "EUR")

    assert len(set(numbers(found))) == found.read
    assert found.read == len(kept) if not swallowing else found.read >= len(kept)


@given(st.lists(st.text(st.characters(exclude_characters='"\r\n\0', codec="utf-8")), max_size=8))
def test_each_physical_line_without_quotation_marks_is_counted_once(lines: list[str]) -> None:
    found = read_price_list(listed(*lines), "EUR")

    expected = [number for number, line in enumerate(lines, 2) if line.replace(",", "").strip()]
    assert numbers(found) == expected


@given(st.binary(), st.booleans(), st.sampled_from([None, "EUR", "", "\0"]))
def test_any_bytes_are_read_or_refused_as_a_list(raw: bytes, is_headed: bool, currency: str | None) -> None:
    try:
        found = read_price_list(HEADER.encode() + b"\n" + raw if is_headed else raw, currency)
    except UnreadableList:
        return
    assert all(isinstance(row, Row) for row in found.rows)
    assert found.read == len(set(numbers(found)))
