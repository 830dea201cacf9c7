"""Charts: what an SVG holds and what it never does, in whose words and colours, and that it is always the same."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import font_source_sans_pro
import pytest
from fontTools.ttLib import TTFont

from gardien.base import chart

WORDS: dict[str, Any] = {"title": "Personnes", "description": "Au plus deux, en mars.", "language": "fr"}
MONTHS = ("2026-12-01", "2027-02-01", "2027-08-01")
PAYLOADS = (
    "<script>alert(1)</script>",
    "</svg><img src=x onerror=alert(1)>",
    "{{ title }} {% now 'Y' %}",
    '" onload="alert(1)',
    "&amp; &#60;",
    "datum.count = 9",
    "a > b && c",
)


def bars(*rows: tuple[str, int], **mark: Any) -> dict[str, Any]:
    """Return the spec of one bar a month, on a linear scale with its numbers."""
    month = {"field": "month", "type": "ordinal", "timeUnit": "utcyearmonth", "axis": {"format": "%b %Y"}}
    return {
        "data": {"values": [{"month": month, "count": count} for month, count in rows or ((MONTHS[0], 1),)]},
        "mark": {"type": "bar", **mark},
        "encoding": {"x": month, "y": {"field": "count", "type": "quantitative", "axis": {"format": ",d"}}},
    }


def label(text: str) -> dict[str, Any]:
    encoding = {"text": {"field": "text", "type": "nominal"}}
    return {"data": {"values": [{"text": text}]}, "mark": "text", "encoding": encoding}


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("text")]


def test_months_and_numbers_are_written_in_the_language() -> None:
    rows = (MONTHS[0], 1_500), (MONTHS[1], 0), (MONTHS[2], 12)
    french, english = (texts(chart.render(bars(*rows), **{**WORDS, "language": each})) for each in ("fr", "en"))
    assert french[:3] == ["déc. 2026", "févr. 2027", "août 2027"]
    assert english[:3] == ["Dec 2026", "Feb 2027", "Aug 2027"]
    assert ("1\u00a0400" in french, "1,400" in english) == (True, True)


def test_a_chart_is_one_image_with_a_title_and_a_description_of_its_own() -> None:
    found = [ET.fromstring(chart.render(bars((MONTHS[0], count)), **WORDS)) for count in (1, 2)]
    for root in found:
        assert root.get("role") == "img"
        named = {each.get("id"): each.text for each in root if each.get("id")}
        assert [named[root.get(key)] for key in ("aria-labelledby", "aria-describedby")] == [
            WORDS["title"],
            WORDS["description"],
        ]
        assert [each for each in root.iter() if each is not root and each.get("role")] == []
    assert found[0].get("aria-labelledby") != found[1].get("aria-labelledby")


def test_a_chart_holds_shapes_and_text_and_takes_the_colours_of_its_page() -> None:
    svg = chart.render(bars((MONTHS[0], 3), (MONTHS[1], 5)), **WORDS)
    root = ET.fromstring(svg)
    assert {each.tag for each in root.iter()} <= chart._ELEMENTS | {"title", "desc"}
    assert not re.search(r"style|script|href|url\(|javascript|https?:", svg)
    colours = {each.get(name) for each in root.iter() for name in ("fill", "stroke")} - {None, "none"}
    assert colours == {chart.MUTED, chart.LINE, chart.ACCENT}


def test_a_colour_that_no_dark_page_knows_is_refused() -> None:
    with pytest.raises(chart.NotDrawnError, match="a colour of its own"):
        chart.render(bars(color="#0b5d5a"), **WORDS)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_written_in_data_is_drawn_as_it_is(payload: str) -> None:
    assert texts(chart.render(label(payload), **WORDS)) == [payload]


@pytest.mark.parametrize(
    "spec",
    [
        bars(href="https://elsewhere.example"),
        bars(blend="multiply"),
        bars(color={"gradient": "linear", "stops": [{"offset": 0, "color": "red"}, {"offset": 1, "color": "blue"}]}),
        bars(clip=True),
        {"data": {"values": [{"url": "x.png"}]}, "mark": "image", "encoding": {"url": {"field": "url"}}},
    ],
)
def test_a_picture_that_no_page_may_hold_is_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(chart.NotDrawnError, match="must not hold"):
        chart.render(spec, **WORDS)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.json", "x.json", "{folder}/x.json", "file://{folder}/x.json"])
def test_no_data_comes_from_elsewhere(url: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"text": "secret"}]')
    spec = {**label(""), "data": {"url": url.format(folder=tmp_path)}}
    try:
        assert "secret" not in chart.render(spec, **WORDS)
    except chart.NotDrawnError as refusal:
        assert str(refusal) == "the spec cannot be drawn"


def test_a_fault_of_the_spec_quotes_no_value() -> None:
    with pytest.raises(chart.NotDrawnError) as refusal:
        chart.render({**label("Moreau"), "mark": "nothing"}, **WORDS)
    assert "Moreau" not in f"{refusal.value} {refusal.value.__cause__}"


def test_equal_figures_give_an_equal_picture_in_another_process_and_time_zone() -> None:
    script = f"from gardien.base import chart; print(chart.render({bars()!r}, **{WORDS!r}), end='')"
    environ = {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "PYTHONPATH": ":".join(sys.path)}
    told = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert told.stdout == chart.render(bars(), **WORDS)


def test_text_is_measured_in_the_pages_font_whatever_the_system_has() -> None:
    font = TTFont(Path(font_source_sans_pro.font_directory) / "SourceSansPro-Regular.otf")
    advance = font["hmtx"][font.getBestCmap()[ord("M")]][0] / font["head"].unitsPerEm * 13
    widths = []
    for count in (10, 110):
        axis = {"title": None, "labelLimit": 0}
        encoding = {"y": {"field": "text", "type": "nominal", "axis": axis}}
        spec = {"data": {"values": [{"text": "M" * count}]}, "mark": "bar", "encoding": encoding}
        widths.append(int(ET.fromstring(chart.render(spec, **WORDS)).attrib["width"]))
    assert abs(widths[1] - widths[0] - 100 * advance) <= 2
