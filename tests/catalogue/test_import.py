"""`gardien import tyres`: what becomes of each line is said, nothing is lost, and no currency is ever relabelled."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gardien.catalogue import queries
from gardien.catalogue.demo import PRICE_LIST
from gardien.catalogue.models import Article, PriceList
from gardien.catalogue.rules import workbook
from gardien.portal import cli
from tests.catalogue import workbooks
from tests.web import counter

COUNTS = ("read", "imported", "updated", "unchanged", "quarantined")
HEAD = "référence;marque;profil;désignation;prix ttc;devise\n"
LINE = "A1;Montferre;Rivage 3;205/55 R16 91V;79,90;EUR\n"
REAL = Path(os.environ.get("GARDIEN_REAL_DATA") or "/nowhere") / "tyres-price-list-uk.csv"

Import = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(committed: None, cast: Any, capsys: pytest.CaptureFixture[str]) -> Import:
    """Return a function that runs `gardien import tyres` and gives status, output and errors."""

    def imported(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main(["import", "tyres", *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return imported


@pytest.fixture
def report(run: Import) -> Callable[..., dict[str, Any]]:
    """Return a function that imports a list and gives its JSON, whose counts add up."""

    def reported(*arguments: object) -> dict[str, Any]:
        status, out, err = run(*arguments, "--json")
        assert (status, err) == (0, "")
        found: dict[str, Any] = json.loads(out)
        assert list(found) == ["file", "currency", *COUNTS, "lines"]
        assert all(type(found[name]) is int for name in COUNTS)
        assert found["read"] == sum(found[name] for name in COUNTS[1:])
        assert len(found["lines"]) == found["quarantined"]
        return found

    return reported


def counts(found: dict[str, Any]) -> tuple[int, ...]:
    return tuple(found[name] for name in COUNTS)


def test_the_committed_list_is_imported_and_unchanged_the_second_time(report: Any) -> None:
    first, second = report(PRICE_LIST), report(PRICE_LIST)
    assert first["file"] == "tyres-demo-fr.csv"
    assert first["imported"] == len(Article.objects.all())
    assert first["updated"] == first["unchanged"] == 0
    assert counts(second) == (first["read"], 0, 0, first["imported"], first["quarantined"])
    assert second["lines"] == first["lines"]


def test_a_changed_price_is_updated_and_nothing_else(report: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + LINE + LINE.replace("A1", "A2"))
    assert counts(report(file)) == (2, 2, 0, 0, 0)
    file.write_text(HEAD + LINE.replace("79,90", "81,50") + LINE.replace("A1", "A2"))
    assert counts(report(file)) == (2, 0, 1, 1, 0)
    assert {each.source_id: each.price for each in Article.objects.all()} == {
        "A1": Decimal("81.50"),
        "A2": Decimal("79.90"),
    }


def test_a_line_in_quarantine_has_its_number_and_a_french_reason_and_the_status_is_0(
    report: Any, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + LINE + "A2;Montferre;Rivage 3;rond et noir;79,90;EUR\nA3;;Rivage 3;205/55 R16 91V;-1;EUR\n")
    found = report(file)
    assert counts(found) == (3, 1, 0, 0, 2)
    assert [line["line"] for line in found["lines"]] == [3, 4]
    assert "« rond et noir »" in found["lines"][0]["reason"].replace("\u00a0", " ").replace("\u202f", " ")
    assert all(counter.is_french(line["reason"]) for line in found["lines"])


def test_the_currency_option_names_silent_amounts_and_relabels_none(report: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    lines = ("A1;M;P;205/55 R16 91V;79,90;", "A2;M;P;205/55 R16 91V;79,90;EUR", "A3;M;P;205/55 R16 91V;£79.90;")
    file.write_text(HEAD + "\n".join(lines))
    found = report(file, "--currency", "GBP")
    assert (found["currency"], counts(found)) == ("GBP", (3, 2, 0, 0, 1))
    assert [line["line"] for line in found["lines"]] == [3]
    assert {each.source_id: each.currency for each in Article.objects.all()} == {"A1": "GBP", "A3": "GBP"}
    found = report(file)
    assert (found["currency"], counts(found)) == (None, (3, 1, 0, 1, 1))
    assert [line["line"] for line in found["lines"]] == [2]


def test_a_price_list_in_another_currency_does_not_touch_the_articles_already_there(
    report: Any, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + LINE)
    report(file)
    assert counts(report(file, "--currency", "GBP")) == (1, 0, 0, 0, 1)
    assert Article.objects.get().currency == "EUR"


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (None, []),
        (b"", []),
        (b"  \n\n", []),
        (b"\x00\x01\x02\xff\xfe\x81\x8d" * 50, []),
        (b"prix;marque\n1;2\n", []),
        (f"{HEAD}{LINE}".encode("utf-16"), []),
        (f"{HEAD}{LINE}".encode(), ["--currency", "XYZ"]),
    ],
    ids=["missing", "empty", "blank", "binary", "without columns", "UTF-16", "unknown currency"],
)
def test_an_unreadable_list_gives_status_2_and_a_french_sentence(
    run: Import, tmp_path: Path, content: bytes | None, options: list[str]
) -> None:
    file = tmp_path / "list.csv"
    if content is not None:
        file.write_bytes(content)
    before = counter.rows()
    status, out, err = run(file, "--json", *options)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert counter.is_french(err.replace(str(file), ""))
    assert counter.rows() == before


def test_a_workbook_is_imported_like_the_csv_of_the_same_cells(report: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(workbooks.listed(workbooks.TYRE, workbooks.tyre(id="A2", price=0), workbooks.tyre(id="A3")))
    found = report(file)
    assert (found["file"], counts(found)) == ("list.xlsx", (3, 2, 0, 0, 1))
    assert [line["line"] for line in found["lines"]] == [3]
    assert counts(report(file)) == (3, 0, 0, 2, 1)
    plain = tmp_path / "list.csv"
    plain.write_text(
        ";".join(workbooks.HEADER) + "\nA1;2900000000018;Kestrane;Rivage 3;205/55 R16 91V;été;72,99;EUR\n", "utf-8"
    )
    assert counts(report(plain)) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04junk",
        workbook.OLD_OFFICE + bytes(600),
        workbooks.made(),
        workbooks.made(("a", "b")),
        workbooks.listed(workbooks.TYRE, then=lambda book, _: book.add_worksheet().write(0, 0, "x")),
        workbooks.listed(workbooks.TYRE, then=lambda _, sheet: sheet.merge_range("G1:H1", "Prix TTC")),
        workbooks.listed(workbooks.TYRE, then=lambda _, sheet: sheet.write("XFD1048576", 1)),
        workbooks.repacked(workbooks.listed(), lambda _, part: part, {"xl/worksheets/x.xml": b" " * 90_000_000}),
    ],
    ids=["junk", "old", "empty", "no columns", "two sheets", "merged names", "far apart", "bomb"],
)
def test_a_hostile_workbook_gives_status_2_and_a_french_sentence(run: Import, tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(raw)
    before = counter.rows()
    status, out, err = run(file, "--json")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert counter.is_french(re.sub(r"[/«][^»,.]*", "", err))
    assert counter.rows() == before


def test_a_folder_is_no_price_list(run: Import, tmp_path: Path) -> None:
    status, out, err = run(tmp_path)
    assert (status, out) == (2, "")
    assert counter.is_french(err.replace(str(tmp_path), ""))


def test_the_console_script_prints_its_json_and_nothing_else(cast: Any, tmp_path: Path) -> None:
    gardien = Path(sys.executable).with_name("gardien")
    done = subprocess.run([gardien, "import", "tyres", PRICE_LIST, "--json"], capture_output=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["imported"] == PriceList.objects.get().imported
    assert b"Traceback" not in done.stderr
    missing = subprocess.run([gardien, "import", "tyres", tmp_path / "none.csv"], capture_output=True, check=False)
    assert (missing.returncode, missing.stdout) == (2, b"")


def test_without_json_the_counts_and_reasons_are_sentences(run: Import, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + LINE + "A2;Montferre;Rivage 3;rond;79,90;EUR\n")
    status, out, _ = run(file)
    assert status == 0
    assert out.startswith("read 2, imported 1, updated 0, unchanged 0, quarantined 1\n  3: ")


@pytest.fixture
def real(report: Any) -> dict[str, Any]:
    """Import the list that a workshop in England got, which is not ours to commit."""
    if not REAL.exists():
        pytest.skip("GARDIEN_REAL_DATA names no folder with tyres-price-list-uk.csv")
    found: dict[str, Any] = report(REAL)
    return found


def test_the_real_list_is_imported_whole_in_pounds_and_can_be_searched(real: dict[str, Any]) -> None:
    assert counts(real) == (250, 250, 0, 0, 0)
    assert set(Article.objects.values_list("currency", flat=True)) == {"GBP"}
    found = queries.search("2055516")
    assert {article.size_key for article in found} == {"205/55R16"}
    assert [article.price for article in found] == sorted(article.price for article in found)
    assert queries.search("205 55 16") == found


def test_the_real_list_as_a_workbook_brings_nothing_new(real: dict[str, Any], report: Any, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(REAL.read_text("utf-8"))))
    file = tmp_path / REAL.with_suffix(".xlsx").name
    file.write_bytes(workbooks.made(*rows))
    assert counts(report(file)) == (250, 0, 0, 250, 0)


def test_a_tyre_in_pounds_is_shown_but_refused_on_a_quote_with_a_sentence(real: dict[str, Any], sign_in: Any) -> None:
    client = sign_in(counter.ADVISER)
    path = counter.draft(client)
    page = client.get(path, {"size": "2055516"}).text
    assert re.search(r"£", page)
    refusals = re.findall(r'<p class="refusal">(.*?)</p>', page)
    assert refusals
    assert all("GBP" in each and counter.is_french(each) for each in refusals)
    assert 'name="article"' not in page
    before = counter.rows()
    line = {"article": str(queries.search("2055516")[0].id), "line_key": str(uuid.uuid4())}
    answer = counter.post(
        client, f"{path}pneus/", {**line, "quantity": "4", "unit_price": "72,99", "vat_rate": "20.00"}
    )
    assert answer.status_code == 422
    assert any("euros" in said for said in counter.sentences(answer.text))
    assert all(map(counter.is_french, counter.sentences(answer.text)))
    assert counter.rows() == before
