"""What a tyre's designation says: `255/55 R19 111V XL` taken apart.

Parsed only to pre-fill and to search: where a supplier gives the columns apart, the columns win. A text that does not
begin with exactly one metric size, or whose service description is impossible, is not guessed at: it is None.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LONGEST_DESIGNATION = 200
# Bounds of what a road tyre can be; they keep other numbers from being taken for a size or a load index.
_WIDTHS_MM = range(105, 496)
_ASPECT_RATIOS = range(20, 96)
_RIMS_INCH = range(10, 31)
LOAD_INDEXES = range(30, 200)

_FLAGS = re.ASCII | re.IGNORECASE
# The speed symbols in use: letters without I, O, X, Z; A1 to A8 for slow vehicles.
_SPEED = r"A[1-8]|[B-HJ-NP-WY]"
_CONSTRUCTION = r"ZR|R|D|B"
_RIM = r"\d\d(?:[.,]\d)?"
_SIZE = re.compile(
    rf"(?<![\w/])(?:(?P<prefix>HL|LT|P|T)\s?)?(?P<width>\d{{3}})(?:\s?[/\s]\s?(?P<aspect>\d\d))?"
    rf"\s?(?P<construction>{_CONSTRUCTION}|-)\s?(?P<rim>{_RIM})",
    _FLAGS,
)
_TYPED_SIZE = re.compile(
    rf"(?<![\w/])(?P<width>\d{{3}})\s?(?P<first>[/-]?)\s?(?P<aspect>\d\d)\s?(?P<second>[/-]?)\s?"
    rf"(?P<construction>{_CONSTRUCTION})?\s?(?P<rim>{_RIM})",
    _FLAGS,
)
_SERVICE = re.compile(
    rf"\s?(?P<open>\()?(?P<load>\d{{2,3}})(?:\s?/\s?(?P<twin>\d{{2,3}}))?"
    rf"(?:\((?P<bracketed>Y)\)|(?P<glued>{_SPEED})|\s(?P<apart>{_SPEED})(?![A-Z0-9]))(?(open)\))",
    _FLAGS,
)
_BROKEN_SERVICE = re.compile(r"[\d/.,-]|\s?\(?\d{2,3}(?!\d)")
_LOAD_MARK = re.compile(r"\s?(?P<mark>CP|C|XL)(?![A-Z]|\d(?!\d))", _FLAGS)
_PLY = re.compile(r"(?<!\d)(\d{1,2})\s?(?:PR|PLY)(?![A-Z0-9])", _FLAGS)
_GLUED_MARK = re.compile(r"(?<!\S)(XL)(?=(?:FR|RFT|ROF|ZP|SSR)(?!\S))", _FLAGS)
_STAR = re.compile(r"\(?\*\)?")


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)\(?({pattern})\)?(?!\S)", _FLAGS)


_EXTRA_LOAD = _word(r"XL|RF|REINF|REINFORCED|EXTRA[ -]?LOAD")
# One property under many trade names.
_RUN_FLAT = _word(r"RUN[ -]?FLAT|RFT|ROF|ZPS?|SSR|DSST|EMT|RSC|XRP")
_RUN_FLAT_HOMOLOGATION = "MOE"
_HOMOLOGATION = _word(r"JRS|JLR|J|LR\d?|AO\d?|RO\d|\*|MOE|MO\d?|N[0-4]|K[1-3]|T[01]|AM\d?|AR|FO")
_MUD_SNOW = _word(r"M\s?[+&/]\s?S")
_SNOWFLAKE = _word(r"3PMSF")


class Construction(StrEnum):
    """How the carcass is built. ZR is a radial for high speed; D is also written `-`."""

    RADIAL = "R"
    HIGH_SPEED_RADIAL = "ZR"
    DIAGONAL = "D"
    BIAS_BELTED = "B"


class LoadVersion(StrEnum):
    """What the tyre carries beyond its size. STANDARD means that no mark was found."""

    STANDARD = "SL"
    EXTRA = "XL"
    HIGH = "HL"
    COMMERCIAL = "C"
    CAMPING = "CP"


@dataclass(frozen=True, slots=True)
class Designation:
    """A tyre as its designation describes it.

    `aspect_ratio` is None for a full profile (`155R13`); the load index and speed symbol are None where the text has
    none. `is_bracketed` is `(108Y)`: faster than the symbol says. `size_prefix` is P, LT, T (temporary) or empty.
    `oe_marks` are the vehicle makers' marks, a recommendation only. `rest` holds, in order and as written, the words
    that were not understood.
    """

    width_mm: int
    aspect_ratio: int | None
    construction: Construction
    rim_inch: Decimal
    load_index: int | None = None
    load_index_twin: int | None = None
    speed_symbol: str | None = None
    is_bracketed: bool = False
    load_version: LoadVersion = LoadVersion.STANDARD
    size_prefix: str = ""
    ply_rating: int | None = None
    is_run_flat: bool = False
    run_flat_text: str = ""
    oe_marks: tuple[str, ...] = ()
    has_mud_snow_mark: bool = False
    has_snowflake_mark: bool = False
    rest: str = ""

    @property
    def size_key(self) -> str:
        """The size alone, for search: `205/55R16`, `155R13`, `315/80R22.5`, `145/80-10`. ZR counts as R."""
        letter = {Construction.HIGH_SPEED_RADIAL: "R", Construction.DIAGONAL: "-"}.get(
            self.construction, self.construction.value
        )
        ratio = "" if self.aspect_ratio is None else f"/{self.aspect_ratio}"
        return f"{self.width_mm}{ratio}{letter}{self.rim_inch}"


@dataclass(frozen=True, slots=True)
class SizeQuery:
    """What was typed in the search box: a size, perhaps a service description, and the other words, upper case."""

    size_key: str
    load_index: int | None
    speed_symbol: str | None
    words: tuple[str, ...]


class _Tail:
    """What follows the size, from which one fact after the other is taken."""

    def __init__(self, text: str) -> None:
        self.text = text

    def start(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take `pattern` where it stands at the very start."""
        found = pattern.match(self.text)
        if found:
            self.text = self.text[found.end() :]
        return found

    def every(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """Take `pattern` wherever it stands; its group as it was written."""
        found = tuple(match[1] for match in pattern.finditer(self.text))
        self.text = re.sub(r"\s+", " ", pattern.sub(" ", self.text))
        return found


def parse_designation(text: str) -> Designation | None:
    """Take a designation apart, or answer None when that would be a guess.

    Refused: a text without a construction letter (`205 55 16`), inch sizes (`7.50R16`), two sizes, a number after the
    size that is no service description (`91`, `91X`), more than 200 characters. The marks HL, C and CP
    outrank a reinforced mark (XL, RF) beside them.
    """
    line = " ".join(text.split())
    size = _SIZE.match(line)
    if len(text) > LONGEST_DESIGNATION or size is None or not _is_plausible_size(size):
        return None
    tail = _Tail(line[size.end() :])
    plies = tail.every(_PLY)
    marks = [tail.start(_LOAD_MARK)]
    service = tail.start(_SERVICE)
    if not _is_plausible_service(service, tail.text):
        return None
    marks.append(tail.start(_LOAD_MARK))
    tail.text = _STAR.sub(" * ", _GLUED_MARK.sub(r"\1 ", tail.text))
    return _assembled(size, service, {mark["mark"].upper() for mark in marks if mark}, plies, tail)


def parse_size_query(text: str) -> SizeQuery | None:
    """Find the one size in what was typed: `2055516`, `205/55R16`, `205 55 16 91V`, `155R13`, with words around it.

    A size typed without a construction letter is taken for a radial; a mark glued to the rim (`R15C`) is passed over.
    None when there is no size: search by words.
    """
    line = " ".join(text[:LONGEST_DESIGNATION].split()).upper()
    for pattern in (_TYPED_SIZE, _SIZE):
        size = pattern.search(line)
        if size is None or not _is_plausible_size(size):
            continue
        tail = _Tail(line[size.end() :])
        if tail.text[:1].isalpha():
            tail.start(_LOAD_MARK)
        service = tail.start(_SERVICE)
        if not _is_plausible_service(service, "") or (not service and tail.text[:1].isalnum()):
            continue
        return SizeQuery(
            size_key=Designation(*_size(size)).size_key,
            load_index=int(service["load"]) if service else None,
            speed_symbol=_speed(service),
            words=tuple((line[: size.start()] + " " + tail.text).split()),
        )
    return None


def _size(found: re.Match[str]) -> tuple[int, int | None, Construction, Decimal]:
    aspect = found["aspect"]
    rim = Decimal(found["rim"].replace(",", "."))
    rim = rim.to_integral_value() if rim == rim.to_integral_value() else rim
    return int(found["width"]), int(aspect) if aspect else None, _construction(found.groupdict()), rim


def _construction(groups: dict[str, str | None]) -> Construction:
    letter = (groups["construction"] or "").upper()
    is_dashed = groups.get("second") == "-" and groups.get("first") != "-"
    if letter == "-" or (not letter and is_dashed):
        return Construction.DIAGONAL
    return Construction(letter or "R")


def _is_plausible_size(found: re.Match[str]) -> bool:
    width, aspect, _, rim = _size(found)
    is_ratio = aspect is None or aspect in _ASPECT_RATIOS
    return width in _WIDTHS_MM and is_ratio and int(rim) in _RIMS_INCH and rim % 1 in (0, Decimal("0.5"))


def _is_plausible_service(found: re.Match[str] | None, tail: str) -> bool:
    if found is None:
        return not _BROKEN_SERVICE.match(tail)
    return all(int(index) in LOAD_INDEXES for index in (found["load"], found["twin"]) if index)


def _speed(service: re.Match[str] | None) -> str | None:
    if service is None:
        return None
    return (service["bracketed"] or service["glued"] or service["apart"]).upper()


def _load_version(prefix: str, marks: set[str], *, is_extra: bool) -> LoadVersion:
    for version in (LoadVersion.HIGH, LoadVersion.CAMPING, LoadVersion.COMMERCIAL):
        if version.value in marks | {prefix}:
            return version
    return LoadVersion.EXTRA if is_extra or "XL" in marks else LoadVersion.STANDARD


def _assembled(
    size: re.Match[str], service: re.Match[str] | None, marks: set[str], plies: tuple[str, ...], tail: _Tail
) -> Designation | None:
    prefix = (size["prefix"] or "").upper()
    load_version = _load_version(prefix, marks, is_extra=bool(tail.every(_EXTRA_LOAD)))
    oe_marks = tuple(mark.upper() for mark in tail.every(_HOMOLOGATION))
    run_flat = (*tail.every(_RUN_FLAT), *(mark for mark in oe_marks if mark == _RUN_FLAT_HOMOLOGATION))
    has_mud_snow_mark, has_snowflake_mark = bool(tail.every(_MUD_SNOW)), bool(tail.every(_SNOWFLAKE))
    other_size = _SIZE.search(tail.text)
    if other_size and _is_plausible_size(other_size):
        return None
    return Designation(
        *_size(size),
        load_index=int(service["load"]) if service else None,
        load_index_twin=int(service["twin"]) if service and service["twin"] else None,
        speed_symbol=_speed(service),
        is_bracketed=bool(service and (service["open"] or service["bracketed"])),
        load_version=load_version,
        size_prefix="" if prefix == LoadVersion.HIGH else prefix,
        ply_rating=int(plies[0]) if plies else None,
        is_run_flat=bool(run_flat),
        run_flat_text=" ".join(run_flat),
        oe_marks=oe_marks,
        has_mud_snow_mark=has_mud_snow_mark,
        has_snowflake_mark=has_snowflake_mark,
        rest=tail.text.strip(),
    )
