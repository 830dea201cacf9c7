"""Number plates: the French series, and foreign plates as free text with their country.

A French plate since 2009 stays with the vehicle for life, and no series of that system uses I, O or U
(service-public.fr, sheet F17638, which also gives the series of mopeds).
"""

import re
from dataclasses import dataclass
from itertools import product
from typing import ClassVar, Final, Literal

from gardien.base import text as base_text

PlateKind = Literal["siv", "ww", "w", "fni", "moped", "foreign"]
"""`siv` since 2009, `ww` provisional, `w` garage, `fni` until 2009, `moped`, `foreign`."""

_L: Final = "[A-HJ-NP-TV-Z]"
_DEPARTMENT: Final = r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]"
_SERIES: Final[tuple[tuple[PlateKind, str, re.Pattern[str]], ...]] = (
    ("siv", "-", re.compile(rf"(?!SS|WW)({_L}{{2}})(?!000)(\d{{3}})(?!SS)({_L}{{2}})")),
    ("ww", "-", re.compile(rf"(WW)(?!000)(\d{{3}})({_L}{{2}})")),
    ("w", "-", re.compile(rf"(W)(?!000)(\d{{3}})({_L}{{2}})")),
    ("fni", " ", re.compile(rf"([1-9]\d{{0,3}})([A-Z]{{1,3}})({_DEPARTMENT})")),
    ("moped", " ", re.compile(rf"({_L}{{1,2}})(\d{{2,3}})({_L})")),
)
_LONGEST_FRENCH: Final = 10
_LONGEST_FOREIGN: Final = 12
_MAX_TYPED: Final = 40
_MAX_DISPLAY: Final = 20
_CONFUSED: Final = {"O": "O0", "I": "I1"}
_FOREIGN_DISPLAY: Final = re.compile(r"[^\W_]+(?:[ .·-]{1,3}[^\W_]+)*")


class PlateRefused(base_text.Refused):
    """The text is no plate of the country named."""

    messages: ClassVar = {
        "empty": "Type the number plate.",
        "too_long": "No number plate is that long: type the plate alone.",
        "letters": "Type the plate again with the letters A to Z and digits: some of these only look like them.",
        "zero": "No plate is numbered 000: check the digits.",
        "never_issued": "French plates since 2009 have no I, O or U, and no pair SS: check the letters.",
        "confused": "Did you mean %(suggestion)s? Check letter O and zero, letter I and one.",
        "unknown": "This is no French plate, such as AA-123-AA or 123 AB 45: check it, or choose the plate's country.",
        "country": "Choose the country of the plate.",
    }


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate: `canonical` is compared and searched, `display` is shown, `country` is ISO 3166 alpha-2.

    `canonical` holds the capitals A to Z and digits only. A plate identifies a person to whoever knows the vehicle:
    it stands in no URL, log or journal entry.
    """

    canonical: str
    display: str
    kind: PlateKind
    country: str


def parse_plate(text: str, country: str = "FR") -> Plate:
    """Read a plate whatever its case, blanks, hyphens, dots or full-width characters.

    `parse_plate(plate.display, plate.country) == plate`. Refuses with `PlateRefused`; where reading O as zero or I as
    one makes it a French plate in one way only, the code is `confused` and `params["suggestion"]` shows that plate.
    A `moped` looks like a `siv` with its last letter forgotten: pages show the kind.
    """
    if not re.fullmatch("[A-Z]{2}", country):
        raise PlateRefused("country")
    if len(text) > _MAX_TYPED:
        raise PlateRefused("too_long")
    if not base_text.compact(text):
        raise PlateRefused("empty")
    return _parse_french(text) if country == "FR" else _parse_foreign(text, country)


def _parse_french(text: str) -> Plate:
    canonical = base_text.compact(text)
    if not canonical.isascii():
        raise PlateRefused("letters")
    canonical = canonical.upper()
    if len(canonical) > _LONGEST_FRENCH:
        raise PlateRefused("too_long")
    plate = _match(canonical)
    if plate is None:
        raise _refusal(canonical)
    return plate


def _parse_foreign(text: str, country: str) -> Plate:
    try:
        display = base_text.clean(text, max_length=_MAX_TYPED).upper()
    except base_text.Refused as refusal:
        raise PlateRefused("letters") from refusal
    canonical = "".join(base_text.words(display)).upper()
    if not _FOREIGN_DISPLAY.fullmatch(display) or not canonical.isascii():
        raise PlateRefused("letters")
    if len(canonical) > _LONGEST_FOREIGN or len(display) > _MAX_DISPLAY:
        raise PlateRefused("too_long")
    return Plate(canonical, display, "foreign", country)


def _match(canonical: str) -> Plate | None:
    for kind, separator, pattern in _SERIES:
        if match := pattern.fullmatch(canonical):
            return Plate(canonical, separator.join(match.groups()), kind, "FR")
    return None


def _refusal(canonical: str) -> PlateRefused:
    if suggestion := _suggestion(canonical):
        return PlateRefused("confused", suggestion=suggestion)
    if re.fullmatch(r"[A-Z]{1,2}000[A-Z]{2}", canonical):
        return PlateRefused("zero")
    if re.fullmatch(r"[A-Z]{1,2}\d{3}[A-Z]{2}", canonical):
        return PlateRefused("never_issued")
    return PlateRefused("unknown")


def _suggestion(canonical: str) -> str | None:
    choices = product(*(_CONFUSED.get(character, character) for character in canonical))
    plates = [plate for choice in choices if (plate := _match("".join(choice)))]
    return plates[0].display if len(plates) == 1 else None
