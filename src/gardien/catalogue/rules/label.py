"""The EU tyre label of Regulation (EU) 2020/740, as a supplier's list tells it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gardien.base import text
from gardien.catalogue.rules import fields
from gardien.catalogue.rules.columns import shown
from gardien.catalogue.rules.designation import Designation, LoadVersion
from gardien.catalogue.rules.rejections import LineRefused, Reason

# Speed symbols and what they allow, km/h (UNECE Regulations 30 and 54).
SPEEDS_KMH: Mapping[str, int] = {
    **{f"A{rank}": 5 * rank for rank in range(1, 9)},
    **dict(zip("BCDEFGJKLMN", (50, 60, 65, 70, 80, 90, 100, 110, 120, 130, 140), strict=True)),
    **dict(zip("PQRSTUHVWY", (150, 160, 170, 180, 190, 200, 210, 240, 270, 300), strict=True)),
}
_GRADES = {"2020/740": "ABCDE", "1222/2009": "ABCDEFG"}
_NOISE_CLASSES = {"2020/740": "ABC", "1222/2009": "ABC123"}
_SMALLEST_RIM, _LARGEST_RIM = 10, 25
"""254 mm and 635 mm in inches: at or beyond them the regulation does not apply (article 2(2)(e))."""
_SLOWEST_KMH = 80
_C2_LOAD_INDEX, _C2_SPEED_KMH = 121, 140
_EPREL = re.compile(r"(?:https?://\S+/)?(\d{1,12})/?", re.ASCII)
_DECIBELS = re.compile(r"(\d{2}) ?(?:dB(?:\(A\))?)?", re.ASCII | re.IGNORECASE)


class LabelStatus(StrEnum):
    """Whether the label can be shown. A missing one stops the issue of a quote unless a reason is given."""

    GRADED = "graded"
    EXEMPT = "exempt"
    MISSING = "missing"


class Exemption(StrEnum):
    """Why Regulation (EU) 2020/740 does not apply to a tyre: its article 2(2), and 2(1) for retreaded ones."""

    OFF_ROAD = "off_road"
    OLD_VEHICLE = "old_vehicle"
    TEMPORARY = "temporary"
    SLOW = "slow"
    RIM = "rim"
    STUDDED = "studded"
    RACING = "racing"
    RETREADED = "retreaded"
    UNSTATED = "unstated"


_EXEMPTIONS = {
    **dict.fromkeys(("oui", "o", "yes", "y", "1", "x"), Exemption.UNSTATED),
    **dict.fromkeys(("studded", "cloute", "clous"), Exemption.STUDDED),
    **dict.fromkeys(("racing", "competition", "course"), Exemption.RACING),
    **dict.fromkeys(("retreaded", "rechape"), Exemption.RETREADED),
    **dict.fromkeys(("off road", "tout terrain professionnel", "tout terrain"), Exemption.OFF_ROAD),
    **dict.fromkeys(("old vehicle", "collection", "vehicule ancien"), Exemption.OLD_VEHICLE),
    **dict.fromkeys(("temporary", "temporaire", "galette"), Exemption.TEMPORARY),
}
_NOT_EXEMPT = ("non", "n", "no", "0")


@dataclass(frozen=True, slots=True)
class Label:
    """What the label says; empty or None where the list is silent. `noise_db` in dB, `eprel_id` a number as text."""

    tyre_class: str
    fuel_efficiency: str = ""
    wet_grip: str = ""
    noise_class: str = ""
    noise_db: int | None = None
    has_snow_grip: bool = False
    has_ice_grip: bool = False
    regulation: str = ""
    exemption: Exemption | None = None
    eprel_id: str = ""

    @property
    def status(self) -> LabelStatus:
        """GRADED when the four figures that a label must show are there, else EXEMPT with its reason, else MISSING."""
        if self.fuel_efficiency and self.wet_grip and self.noise_class and self.noise_db:
            return LabelStatus.GRADED
        return LabelStatus.EXEMPT if self.exemption else LabelStatus.MISSING


def tyre_class(tyre: Designation) -> str:
    """Return C1, C2 or C3 as the designation tells it.

    Half-inch rims are those of lorries; commercial tyres are C2 up to load index 121 and from speed symbol N on
    (Regulation (EC) 661/2009, article 8), the others C3.
    """
    if tyre.rim_inch % 1:
        return "C3"
    if tyre.load_version not in {LoadVersion.COMMERCIAL, LoadVersion.CAMPING}:
        return "C1"
    is_light = (tyre.load_index or 0) <= _C2_LOAD_INDEX
    return "C2" if is_light and speed_kmh(tyre.speed_symbol, _C2_SPEED_KMH) >= _C2_SPEED_KMH else "C3"


def speed_kmh(symbol: str | None, default: int = 0) -> int:
    """Return the speed that a symbol allows, km/h; `default` without a symbol."""
    return SPEEDS_KMH.get(symbol or "", default)


def read_label(values: Mapping[str, str], tyre: Designation) -> Label:
    """Read the label's columns; LineRefused for a class that the regulation named in the line does not have."""
    classes = {each: each.upper() for each in ("c1", "c2", "c3")}
    graded = ("fuel_efficiency", "wet_grip", "noise_class", "noise_db")
    is_told = any(values[field] for field in graded)
    regulation = _regulation(values["regulation"]) or ("2020/740" if is_told else "")
    grades, noises = _GRADES.get(regulation, "ABCDE"), _NOISE_CLASSES.get(regulation, "ABC")
    snow = fields.yes_or_no(values["has_snow_grip"], "has_snow_grip")
    return Label(
        tyre_class=fields.one_of(values["tyre_class"], "tyre_class", classes) or tyre_class(tyre),
        fuel_efficiency=_letter(values, "fuel_efficiency", grades),
        wet_grip=_letter(values, "wet_grip", grades),
        noise_class=_letter(values, "noise_class", noises),
        noise_db=_decibels(values["noise_db"]),
        has_snow_grip=tyre.has_snowflake_mark if snow is None else snow,
        has_ice_grip=bool(fields.yes_or_no(values["has_ice_grip"], "has_ice_grip")),
        regulation=regulation,
        exemption=_exemption(values["exemption"], tyre),
        eprel_id=_eprel(values["eprel_id"]),
    )


def _regulation(value: str) -> str:
    found = next((each for each in _GRADES if each in value), "")
    if value and not found:
        raise fields.unknown(value, "regulation", _GRADES)
    return found


def _letter(values: Mapping[str, str], field: str, known: str) -> str:
    letter = values[field].upper()
    if letter and letter not in tuple(known):
        raise fields.unknown(values[field], field, known)
    return letter


def _decibels(value: str) -> int | None:
    found = _DECIBELS.fullmatch(value)
    return fields.whole(found[1] if found else value, "noise_db", 40, 99)


def _eprel(value: str) -> str:
    found = _EPREL.fullmatch(value)
    if value and not found:
        raise LineRefused(Reason.NOT_A_NUMBER, value=value, column=shown("eprel_id"), least=1, most="9" * 12)
    return found[1] if found else ""


def _exemption(value: str, tyre: Designation) -> Exemption | None:
    if value and text.fold(value) not in _NOT_EXEMPT and (told := fields.one_of(value, "exemption", _EXEMPTIONS)):
        return told
    if tyre.size_prefix == "T":
        return Exemption.TEMPORARY
    if not Decimal(_SMALLEST_RIM) < tyre.rim_inch < Decimal(_LARGEST_RIM):
        return Exemption.RIM
    return Exemption.SLOW if speed_kmh(tyre.speed_symbol, _SLOWEST_KMH) < _SLOWEST_KMH else None
