"""The corpus of hard designations: as its script makes it, and read back to its own facts, every spelling of it."""

import csv
import io
from typing import Any

import pytest

from gardien.catalogue.rules.designation import parse_designation, parse_size_query
from tests.catalogue import corpus

LINES = list(csv.DictReader(io.StringIO(corpus.FILE.read_text(encoding="utf-8"))))


def read(spelling: str) -> dict[str, Any]:
    """Return what the parser reads, as text, by the corpus's fields."""
    found = parse_designation(spelling)
    if found is None:
        return {}
    told = {name: getattr(found, name) for name in corpus.FACTS}
    told["oe_marks"] = " ".join(sorted(found.oe_marks))
    return {name: "" if value is None else str(value) for name, value in told.items()}


def expected(line: dict[str, str]) -> dict[str, str]:
    marks = " ".join(sorted(line["oe_marks"].split()))
    return {name: line[name] for name in corpus.FACTS} | {"oe_marks": marks}


def test_the_committed_corpus_is_what_its_script_makes() -> None:
    assert corpus.FILE.read_text(encoding="utf-8") == corpus.corpus()


def test_the_corpus_is_large_and_holds_every_hard_thing() -> None:
    assert len(LINES) > 1_500
    assert len({line["spelling"] for line in LINES}) == len(LINES)
    marks = {mark for line in LINES for mark in line["oe_marks"].split()}
    assert {"J", "JLR", "JRS", "LR", "LR1", "AO", "RO1", "*", "MOE", "N2", "K1", "T0", "AM4", "AR"} <= marks
    assert {line["load_version"] for line in LINES} == {"SL", "XL", "HL", "C", "CP"}
    assert {line["construction"] for line in LINES} == {"R", "ZR", "D", "B"}


def test_every_spelling_is_read_as_the_facts_of_its_tyre() -> None:
    wrong = {line["spelling"]: read(line["spelling"]) for line in LINES if read(line["spelling"]) != expected(line)}
    assert wrong == {}


def test_every_spelling_finds_its_size_in_the_search_box() -> None:
    found = {line["spelling"]: parse_size_query(line["spelling"]) for line in LINES}
    assert {text for text, query in found.items() if query is None} == set()
    assert [
        line["spelling"] for line in LINES if getattr(found[line["spelling"]], "size_key", "") != line["size_key"]
    ] == []


@pytest.mark.parametrize("fault", [("91", "92"), ("55", "50"), ("V", "W")])
def test_a_spelling_of_another_tyre_is_told_from_this_one(fault: tuple[str, str]) -> None:
    line = LINES[0]
    assert read(line["spelling"]) == expected(line)
    assert read(line["spelling"].replace(*fault)) != expected(line)
