"""Charts: a Vega-Lite spec with its data in, an SVG for a page out.

The SVG stands in the page itself, so that it takes the page's colours, dark ones too, and its font. It obeys the
strict policy of pages: it is read and written anew, and holds shapes and text alone, no style, script or address. It
says its title and description to whoever cannot see it; a page puts a table of the same figures beside it.
"""

import hashlib
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import font_source_sans_pro
import vl_convert
from django.utils.safestring import SafeString

INK, MUTED, LINE, ACCENT = (f"var(--g-{name}, currentColor)" for name in ("ink", "muted", "line", "accent"))
"""The page's colours, as a spec names them."""

_COLOURS = frozenset({INK, MUTED, LINE, ACCENT, "none", "transparent"})
_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "text", "tspan"})
_ATTRIBUTES = frozenset(
    {
        *(
            "class",
            "d",
            "display",
            "dy",
            "fill",
            "fill-opacity",
            "font-family",
            "font-size",
            "font-weight",
            "height",
            "opacity",
        ),
        *("stroke", "stroke-dasharray", "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor"),
        *("transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2"),
    }
)
_DROPPED = frozenset(
    {*("aria-hidden", "aria-label", "aria-roledescription", "role"), *("pointer-events", "version")},
)
"""Attributes that say nothing in a picture which is one image to a screen reader."""
_LOCALES: Mapping[str, Literal["fr-FR", "en-US"]] = {"fr": "fr-FR", "en": "en-US"}
_CONFIG = {
    "aria": False,
    "background": None,
    "font": "Source Sans Pro",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "labelFontSize": 13,
        "titleColor": MUTED,
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
    },
    "header": {"labelColor": INK, "labelFontSize": 15, "labelFontWeight": 600, "title": None},
    "text": {"color": INK, "fontSize": 13},
    "bar": {"color": ACCENT},
}


class NotDrawnError(RuntimeError):
    """The spec is faulty, reads from elsewhere, or draws what no page may hold. Quotes no value of the data."""


def render(spec: Mapping[str, object], *, title: str, description: str, language: str) -> SafeString:
    """Draw a Vega-Lite spec, which holds its data, in the words and numbers of a language (`fr` or `en`).

    Equal arguments give an equal SVG; the last ones drawn are kept in memory, so `spec` holds counts, never a person's
    data. Colours are the constants above, and never alone in telling what is meant. Raises `NotDrawnError`.
    """
    return _drawn(json.dumps({**spec, "config": _CONFIG}, sort_keys=True), title, description, language)


@lru_cache(maxsize=64)
def _drawn(spec: str, title: str, description: str, language: str) -> SafeString:
    _register_fonts()
    locale = _LOCALES[language]
    try:
        svg = vl_convert.vegalite_to_svg(
            spec, vl_version="6.4", allowed_base_urls=[], format_locale=locale, time_format_locale=locale
        )
    except ValueError:
        raise NotDrawnError("the spec cannot be drawn") from None
    root = _checked(ET.fromstring(svg))  # noqa: S314 -- the library's own writing
    name = hashlib.sha256(f"{spec}\n{title}\n{description}\n{language}".encode()).hexdigest()[:12]
    _describe(root, f"chart-{name}", title, description)
    return SafeString(ET.tostring(root, encoding="unicode"))


def _checked(element: ET.Element) -> ET.Element:
    """Return a copy without namespaces; raise `NotDrawnError` for more than shapes and text in the page's colours."""
    name = element.tag.removeprefix(f"{{{_NAMESPACE}}}")
    attributes = {key: value for key, value in element.attrib.items() if key not in _DROPPED}
    if name not in _ELEMENTS or not _ATTRIBUTES.issuperset(attributes):
        raise NotDrawnError(f"a page must not hold {name} with {sorted(attributes)}")
    if not _COLOURS.issuperset(attributes.get(key, "none") for key in ("fill", "stroke")):
        raise NotDrawnError(f"a page must not hold {name} in a colour of its own")
    copy = ET.Element(name, attributes)
    copy.text = element.text
    copy.extend([_checked(child) for child in element])
    return copy


def _describe(root: ET.Element, name: str, title: str, description: str) -> None:
    """Make it one image with a name and a description."""
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title", "aria-describedby": f"{name}-about"}
    for place, (tag, id_, text) in enumerate((("title", "title", title), ("desc", "about", description))):
        told = ET.Element(tag, {"id": f"{name}-{id_}"})
        told.text = text
        root.insert(place, told)


@cache
def _register_fonts() -> None:
    """Have text measured in the pages' font, whatever the system has (the wheel holds each face twice)."""
    source = Path(font_source_sans_pro.font_directory)
    with TemporaryDirectory() as folder:
        for face in ("Regular", "Semibold"):
            (Path(folder) / f"{face}.otf").symlink_to(source / f"SourceSansPro-{face}.otf")
        vl_convert.register_font_directory(folder)
