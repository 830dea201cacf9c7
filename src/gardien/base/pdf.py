"""Documents: a Typst template and plain data in, an archivable and accessible PDF out.

Users' text never becomes Typst code: it reaches the template as JSON only (`json(bytes(sys.inputs.data))`), in which
every string has been cleaned and holds nothing but characters the fonts can draw. The one font family is Source
Sans Pro in three upright weights (400, 600, 700), from a pinned wheel; no system font, no embedded one, no fallback.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import font_source_sans_pro
import typst
from fontTools.ttLib import TTFont

MAX_STRING = 10_000
"""Characters of one string."""
MAX_TOTAL = 200_000
"""Characters of all strings plus one per value: Typst runs in our process and knows no limit of its own, so the
bound stands on what it is given (about 80 full pages)."""
MAX_DEPTH = 8

PLACEHOLDER = "■"
"""What is printed for a character the fonts lack; U+25A0, which they have."""

_FACES = ("Regular", "Semibold", "Bold")
_REFUSAL = re.compile(r"panicked with: refused: ([a-z-]+)")
_QUOTE = re.compile("[:\"'`‘“]")
_WARM_UP = b'#set text(font: "Source Sans Pro", fallback: false)\nA#text(weight: 600)[A]#text(weight: 700)[A]'


class TooLargeError(ValueError):
    """The data is longer or deeper than `MAX_STRING`, `MAX_TOTAL` or `MAX_DEPTH` allow."""


class TemplateRefusedError(ValueError):
    """The template itself refused the data by `panic("refused: some-reason")`; `reason` is that word."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a word of the template's own vocabulary: never a value of the data."""
        super().__init__(reason)
        self.reason = reason


class NotRenderedError(RuntimeError):
    """The template is faulty, or the document would not meet PDF/A-2a and PDF/UA-1. Quotes no value of the data."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished document: its bytes, their SHA-256 in hexadecimal, and the characters that could not be drawn."""

    content: bytes
    sha256: str
    replaced: tuple[str, ...]
    """Distinct characters printed as `PLACEHOLDER`, in order of first appearance; show them as a warning."""


def render(template: Path, data: Mapping[str, object], at: datetime) -> Pdf:
    """Compile `template` with `data` to PDF/A-2a and PDF/UA-1, dated `at` (aware).

    Equal template, data and instant give equal bytes. `data` holds mappings with string keys, sequences, strings,
    integers, booleans and None; amounts come as text, other types raise TypeError. The template reaches the files
    of its own folder and nothing else. Raises TooLargeError, TemplateRefusedError, NotRenderedError, and ValueError
    if `at` is naive.
    """
    if at.tzinfo is None:
        msg = "a document needs an aware instant"
        raise ValueError(msg)
    cleaner = _Cleaner()
    inputs = {"data": json.dumps(cleaner.value(data), ensure_ascii=False)}
    content = _compile(template, inputs, at.astimezone(UTC).replace(microsecond=0))
    return Pdf(content, hashlib.sha256(content).hexdigest(), tuple(cleaner.replaced))


def _compile(template: Path, inputs: dict[str, str], at: datetime) -> bytes:
    try:
        content, warnings = typst.compile_with_warnings(
            template,
            root=template.parent,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=["a-2a", "ua-1"],
            timestamp=at,
        )
    except typst.TypstError as error:
        refusal = _REFUSAL.fullmatch(str(error))
        if refusal:
            raise TemplateRefusedError(refusal[1]) from None
        raise NotRenderedError(_blame(template, error)) from None
    if warnings:
        raise NotRenderedError(_blame(template, warnings[0]))
    return bytes(content)


def _blame(template: Path, diagnostic: Exception) -> str:
    """Name the fault up to where Typst begins to quote, for what it quotes may be a person's data."""
    return f"{template.name}: {_QUOTE.split(str(diagnostic))[0].strip()}"


@cache
def fonts() -> typst.Fonts:
    """Return the three faces, read into memory (the wheel holds each twice, .otf and .ttf, in no fixed order)."""
    source = Path(font_source_sans_pro.font_directory)
    with TemporaryDirectory() as folder:
        for face in _FACES:
            name = f"SourceSansPro-{face}.otf"
            (Path(folder) / name).symlink_to(source / name)
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        typst.compile(_WARM_UP, font_paths=fonts, format="pdf")
    return fonts


@cache
def drawable() -> frozenset[str]:
    """Return the visible characters and spaces that all three faces can draw, and the line break."""
    source = Path(font_source_sans_pro.font_directory)
    covers = [set(TTFont(source / f"SourceSansPro-{face}.otf").getBestCmap()) for face in _FACES]
    characters = map(chr, set.intersection(*covers))
    return frozenset(each for each in characters if not _is_invisible(each)) | {"\n"}


@dataclass(slots=True)
class _Cleaner:
    """Copies data for one document, counting its size and the characters it had to replace."""

    replaced: dict[str, None] = field(default_factory=dict)
    total: int = 0

    def value(self, value: object, depth: int = 0) -> object:
        self.total += 1
        if depth > MAX_DEPTH or self.total > MAX_TOTAL:
            raise TooLargeError
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {_key(key): self.value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
            return [self.value(item, depth + 1) for item in value]
        msg = f"{type(value).__name__} cannot be put in a document"
        raise TypeError(msg)

    def text(self, text: str) -> str:
        self.total += len(text)
        if len(text) > MAX_STRING or self.total > MAX_TOTAL:
            raise TooLargeError
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
        composed = unicodedata.normalize("NFC", lines)
        return composed if drawable().issuperset(composed) else "".join(map(self.character, composed))

    def character(self, character: str) -> str:
        """Return what can be drawn for one character; nothing for controls, invisible marks and lone surrogates."""
        if _is_invisible(character):
            return ""
        for form in (character, *(unicodedata.normalize(name, character) for name in ("NFKC", "NFKD"))):
            if drawable().issuperset(form):
                return form
        if character.isspace():
            return " "
        if unicodedata.category(character) == "Pd":
            return "-"
        self.replaced[character] = None
        return PLACEHOLDER


def _is_invisible(character: str) -> bool:
    """Tell controls, bidi and other format marks, surrogates and variation selectors; not the line break, not tab."""
    if character in "\n\t":
        return False
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return is_selector or unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def _key(key: object) -> str:
    if not isinstance(key, str):
        msg = "names of values are strings"
        raise TypeError(msg)
    return key
