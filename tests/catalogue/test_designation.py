"""Designations: what is read, what is refused, what is typed in the search box."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.catalogue.rules.designation import (
    Construction,
    Designation,
    LoadVersion,
    SizeQuery,
    parse_designation,
    parse_size_query,
)

R, ZR, D = Construction.RADIAL, Construction.HIGH_SPEED_RADIAL, Construction.DIAGONAL


def tyre(size: tuple[int, int | None, Construction, str], service: str = "", **facts: Any) -> Designation:
    """Build a designation from a size and a service description such as `107/105R`."""
    width, ratio, construction, rim = size
    known: dict[str, Any] = {}
    if service:
        single, _, twin = service[:-1].partition("/")
        known = {"load_index": int(single), "load_index_twin": int(twin) if twin else None, "speed_symbol": service[-1]}
    return Designation(width, ratio, construction, Decimal(rim), **(known | facts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("205/55 R16 91V", tyre((205, 55, R, "16"), "91V")),
        ("205/55r1691v", tyre((205, 55, R, "16"), "91V")),
        ("205 55 R16 91 V", tyre((205, 55, R, "16"), "91V")),
        ("205/55R16", tyre((205, 55, R, "16"))),
        ("255/55 R19 111VXL", tyre((255, 55, R, "19"), "111V", load_version=LoadVersion.EXTRA)),
        ("P215/65R15XL 95H", tyre((215, 65, R, "15"), "95H", load_version=LoadVersion.EXTRA, size_prefix="P")),
        ("225/45 R17 94W RF", tyre((225, 45, R, "17"), "94W", load_version=LoadVersion.EXTRA)),
        ("195/70R15C 107/105R", tyre((195, 70, R, "15"), "107/105R", load_version=LoadVersion.COMMERCIAL)),
        ("195/70 R15 107/105R C", tyre((195, 70, R, "15"), "107/105R", load_version=LoadVersion.COMMERCIAL)),
        ("225/75 R16CP 116Q", tyre((225, 75, R, "16"), "116Q", load_version=LoadVersion.CAMPING)),
        ("HL 275/35R23 108Y", tyre((275, 35, R, "23"), "108Y", load_version=LoadVersion.HIGH)),
        ("hl275/35r23 108y xl", tyre((275, 35, R, "23"), "108Y", load_version=LoadVersion.HIGH)),
        ("285/40 ZR23 (108Y)", tyre((285, 40, ZR, "23"), "108Y", is_bracketed=True)),
        ("285/40ZR23 108(Y)", tyre((285, 40, ZR, "23"), "108Y", is_bracketed=True)),
        ("315/80 R22,5 156/150L", tyre((315, 80, R, "22.5"), "156/150L")),
        ("205/70R15 8PR 106/104R", tyre((205, 70, R, "15"), "106/104R", ply_rating=8)),
        ("145/80-10 68S", tyre((145, 80, D, "10"), "68S")),
        ("T145/80 D18 103M", tyre((145, 80, D, "18"), "103M", size_prefix="T")),
        ("155 R13 78S", tyre((155, None, R, "13"), "78S")),
        ("205/60R16 92H M+S 3PMSF", tyre((205, 60, R, "16"), "92H", has_mud_snow_mark=True, has_snowflake_mark=True)),
        ("255/55R20 110W J (LR1)", tyre((255, 55, R, "20"), "110W", oe_marks=("J", "LR1"))),
    ],
)  # fmt: skip
def test_a_hard_designation_is_read_as_its_facts(text: str, expected: Designation) -> None:
    assert parse_designation(text) == expected


@pytest.mark.parametrize("word", ["RFT", "rof", "ZP", "SSR", "Run-Flat", "RUN FLAT", "DSST", "RSC"])
def test_a_run_flat_synonym_is_kept_as_it_was_written(word: str) -> None:
    found = parse_designation(f"225/45 R17 91W {word}")

    assert found == tyre((225, 45, R, "17"), "91W", is_run_flat=True, run_flat_text=word)


def test_an_extended_mobility_homologation_is_a_mark_and_a_run_flat() -> None:
    found = parse_designation("225/45R17 94W XLRFT MOE")

    facts: dict[str, Any] = {
        "load_version": LoadVersion.EXTRA,
        "is_run_flat": True,
        "run_flat_text": "RFT MOE",
        "oe_marks": ("MOE",),
    }
    assert found == tyre((225, 45, R, "17"), "94W", **facts)


def test_words_that_are_not_understood_are_kept_in_order() -> None:
    found = parse_designation("245/45 R19 102Y XL ZP * S1 GRNX")

    facts: dict[str, Any] = {
        "load_version": LoadVersion.EXTRA,
        "is_run_flat": True,
        "run_flat_text": "ZP",
        "oe_marks": ("*",),
    }
    assert found == tyre((245, 45, R, "19"), "102Y", **facts, rest="S1 GRNX")


def test_a_brand_glued_after_the_speed_symbol_is_not_eaten() -> None:
    assert parse_designation("205/55R16 91VKestrane Rivage 3") == tyre(
        (205, 55, R, "16"), "91V", rest="Kestrane Rivage 3"
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "\0", "Rivage 3", "205 55 16 91V", "2055516", "7.50 R16", "31x10.50 R15", "205/55 R16 91", "205/55 R16 91X",
        "205/55R16 300V", "205/55 R16 (91V", "255/40 ZR17 (94)", "205/55 R160", "190/65 R390 89H", "205/55 R16.2",
        "205/55 R16 91 Vecteur", "205/55 R16 91V + 225/50 R16", "905/55 R16", "205/15 R16", "205-25-20",
        "205/55 R16 \u0669\u0661V", "205/55 R16 91V" + " très" * 40,
    ],
)  # fmt: skip
def test_a_designation_that_would_be_a_guess_is_refused(text: str) -> None:
    assert parse_designation(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("205/55 ZR16 91W", "205/55R16"),
        ("195/70 R15C 107/105R", "195/70R15"),
        ("315/80 R22,5", "315/80R22.5"),
        ("205/55 R16.0 91V", "205/55R16"),
        ("155 R13", "155R13"),
        ("145/80 D10", "145/80-10"),
        ("130/90 B16", "130/90B16"),
    ],
)
def test_the_size_key_is_the_size_alone(text: str, key: str) -> None:
    found = parse_designation(text)

    assert found is not None
    assert found.size_key == key


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2055516", SizeQuery("205/55R16", None, None, ())),
        ("205/55R16", SizeQuery("205/55R16", None, None, ())),
        ("205 55 16 91V", SizeQuery("205/55R16", 91, "V", ())),
        ("205551691v", SizeQuery("205/55R16", 91, "V", ())),
        ("205-55-16", SizeQuery("205/55R16", None, None, ())),
        ("205/55/16 xl", SizeQuery("205/55R16", None, None, ("XL",))),
        ("kestrane 2055516 rivage", SizeQuery("205/55R16", None, None, ("KESTRANE", "RIVAGE"))),
        ("195/70R15C 107/105R", SizeQuery("195/70R15", 107, "R", ())),
        ("145/80-10", SizeQuery("145/80-10", None, None, ())),
        ("155R13 78S", SizeQuery("155R13", 78, "S", ())),
        ("HL275/35R23", SizeQuery("275/35R23", None, None, ())),
    ],
)
def test_a_size_typed_in_the_search_box_is_found(typed: str, expected: SizeQuery) -> None:
    assert parse_size_query(typed) == expected


@pytest.mark.parametrize("typed", ["", "rivage 3", "205", "205/55", "2055516KE5V", "2900000000018", "0639980000", "\0"])
def test_a_search_without_a_size_is_left_to_words(typed: str) -> None:
    assert parse_size_query(typed) is None


tyres = st.builds(
    Designation,
    width_mm=st.integers(21, 99).map(lambda half: half * 5),
    aspect_ratio=st.one_of(st.none(), st.integers(20, 95)),
    construction=st.sampled_from(Construction),
    rim_inch=st.sampled_from([Decimal(text) for text in ("10", "13", "16", "17.5", "22.5", "23", "30")]),
    load_index=st.integers(30, 199),
    load_index_twin=st.one_of(st.none(), st.integers(30, 199)),
    speed_symbol=st.sampled_from(["A1", "A8", *"BCDEFGJKLMNPQRSTUHVWY"]),
    is_bracketed=st.booleans(),
    load_version=st.sampled_from(LoadVersion),
    oe_marks=st.lists(st.sampled_from(["J", "JLR", "LR1", "AO", "*", "MO", "N0", "K3", "T1"]), unique=True).map(tuple),
    ply_rating=st.one_of(st.none(), st.integers(2, 20)),
    has_mud_snow_mark=st.booleans(),
    has_snowflake_mark=st.booleans(),
    rest=st.sampled_from(["", "Rivage 3", "GRNX", "Ligne d'Azur"]),
)


@st.composite
def spelled(draw: st.DrawFn) -> tuple[str, Designation]:
    """Draw a designation and one of the many ways to write it."""
    one = draw(tyres)
    blank = draw(st.sampled_from(["", " ", "  ", "\u00a0"]))
    slash = draw(st.sampled_from(["/", " / ", " "]))
    comma = draw(st.sampled_from([".", ","]))
    dash = draw(st.sampled_from(["D", "-"])) if one.construction == D else one.construction.value
    ratio = "" if one.aspect_ratio is None else f"{slash}{one.aspect_ratio}"
    rim = str(one.rim_inch).replace(".", comma)
    after_rim = one.load_version.value if one.load_version in {LoadVersion.COMMERCIAL, LoadVersion.CAMPING} else ""
    twin = "" if one.load_index_twin is None else f"/{one.load_index_twin}"
    service = f"{one.load_index}{twin}{one.speed_symbol}"
    parts = [
        f"({service})" if one.is_bracketed else service + draw(st.sampled_from(["", " "])),
        "XL " if one.load_version == LoadVersion.EXTRA else " ",
        f"{one.ply_rating}PR" if one.ply_rating else "",
        *one.oe_marks,
        draw(st.sampled_from(["M+S", "M&S"])) if one.has_mud_snow_mark else "",
        "3PMSF" if one.has_snowflake_mark else "",
    ]
    prefix = f"HL{blank}" if one.load_version == LoadVersion.HIGH else ""
    size = f"{prefix}{one.width_mm}{ratio}{blank}{dash}{blank}{rim}{after_rim}"
    glued = parts[0] + parts[1]
    text = " ".join([size + blank + glued, *parts[2:]])
    text = text.lower() if draw(st.booleans()) else text
    return f"{text} {one.rest}", one


@given(spelled())
def test_what_is_written_is_what_is_read(case: tuple[str, Designation]) -> None:
    text, written = case

    assert parse_designation(text) == written


@given(spelled())
def test_a_written_size_is_found_by_the_search_box(case: tuple[str, Designation]) -> None:
    text, written = case
    query = parse_size_query(text)

    assert query is not None
    assert (query.size_key, query.load_index) == (written.size_key, written.load_index)


@given(st.text())
def test_any_text_is_parsed_or_refused_without_an_error(text: str) -> None:
    found = parse_designation(text)
    parse_size_query(text)

    assert found is None or dataclasses.replace(found) == found
