"""What people type, made safe to keep (`clean`), to compare (`fold`, `words`) and to read as an identifier (`compact`).

What nobody sees is stripped, never refused: controls, NUL, bidi controls, zero-width characters other than the two
joiners, tags (which also spell three flags of the emoji), lone surrogates, noncharacters. So nothing visible is lost
without a word, and text pasted from a PDF or a web page just works. What would have to lose something visible is
refused with a sentence.

Every function reads each character a bounded number of times. Whole texts are normalised only after their length and
their runs of combining marks are known: `unicodedata.normalize` takes quadratic time on a long run of marks (1.6 s
for 40,000 of them, measured).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import ClassVar, Final

MAX_MARKS: Final = 8
"""Combining marks in a row that `clean` accepts: more than a language in use needs, too few to cover other lines."""

_JOINERS: Final = "\u200c\u200d"  # needed by Persian, by Indic scripts and by emoji families
_SIGNS: Final = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"  # category Cf, yet drawn
_LAST_TWO: Final = 0xFFFE
_NONCHARACTERS: Final = range(0xFDD0, 0xFDF0)  # and the last two of each plane
_BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that draw nothing
_LETTERS: Final[Mapping[str, str]] = {  # letters that Unicode does not decompose; dotless i; drawn as an apostrophe
    **dict.fromkeys("\u02b9\u02bb\u02bc\u02bd", " "),
    **dict(zip("øłđðħ\u0131ŧŋ", "olddhitn", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
_MEMO: Final = 5_000
_BLANK_LINES: Final = re.compile(r"\n{3,}")


class Refused(ValueError):
    """What a person typed cannot be kept; subclasses say what was being read.

    `code` is stable and names why, `msgid` is the English sentence for the catalogue, to be filled with `params`. The
    text of the exception is the code alone, so that a log never quotes what was typed.
    """

    messages: ClassVar[Mapping[str, str]] = {
        "too_long": "This is too long: shorten it to %(max_length)d characters.",
        "only_invisible": "This holds only invisible characters: type it again.",
        "too_many_marks": "This stacks more accents than any language does: type it again without them.",
    }

    def __init__(self, code: str, **params: object) -> None:
        """Refuse for the reason `code`, a key of `messages`."""
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def msgid(self) -> str:
        """The English sentence, with `%(name)s` places for `params`."""
        return self.messages[self.code]


class _Table(dict[int, str]):
    """A translation table that works out each character when it first meets it, and keeps a bounded number."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        super().__init__()
        self._translate = translate

    def __missing__(self, code: int) -> str:
        result = self._translate(chr(code))
        if len(self) < _MEMO:
            self[code] = result
        return result


def _is_invisible(character: str) -> bool:
    code = ord(character)
    if unicodedata.category(character) == "Cf":
        return character not in _JOINERS + _SIGNS
    is_noncharacter = code & _LAST_TWO == _LAST_TWO or code in _NONCHARACTERS
    return is_noncharacter or unicodedata.category(character) in {"Cc", "Cs"}


def _without_invisible(character: str) -> str:
    if character.isspace():
        return "\n" if len(f"a{character}b".splitlines()) > 1 else " "
    return "" if _is_invisible(character) else character


def _folded(character: str) -> str:
    if character.isspace():
        return " "
    if _is_invisible(character) or character in _JOINERS:
        return ""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    kept = (_LETTERS.get(part, part) for part in decomposed if not unicodedata.category(part).startswith("M"))
    return "".join(part if part.isalnum() else " " for part in "".join(kept))


def _compacted(character: str) -> str:
    parts = unicodedata.normalize("NFKC", character)
    return "".join(part for part in parts if not _is_spacing(part))


def _is_spacing(character: str) -> bool:
    is_dash = unicodedata.category(character) == "Pd" or character == "\N{MINUS SIGN}"
    return is_dash or character.isspace() or _is_invisible(character) or character in _JOINERS + "._·•"


_VISIBLE: Final = _Table(_without_invisible)
_FOLDED: Final = _Table(_folded)
_COMPACTED: Final = _Table(_compacted)


def clean(text: str, *, max_length: int, multiline: bool = False) -> str:
    """Return `text` as it is stored: NFC, nothing invisible, single blanks, no blank at either end.

    `max_length` counts characters of the result. With `multiline`, every line end becomes a line feed and at most one
    empty line stays between two others; without it they become blanks. The empty text is not refused: whether a field
    is mandatory is its form's business.

    Refuses with `Refused`: `too_long`, `only_invisible` (something was typed, nothing of it can be seen),
    `too_many_marks` (more than `MAX_MARKS` combining marks in a row).
    """
    if len(text) > 4 * max_length:  # NFC shortens a decomposed text, four times at the most
        raise Refused("too_long", max_length=max_length)
    lines = (" ".join(line.split()) for line in text.replace("\r\n", "\n").translate(_VISIBLE).split("\n"))
    visible = "\n".join(lines).strip() if multiline else " ".join(filter(None, lines))
    _refuse_stacked_marks(visible)
    result = unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", visible))
    if len(result) > max_length:
        raise Refused("too_long", max_length=max_length)
    if text and not text.isspace() and not any(map(_is_drawn, result)):
        raise Refused("only_invisible")
    return result


def fold(text: str) -> str:
    """Return the key by which `text` is sorted and searched, compared with `=` and as a prefix under `COLLATE "C"`.

    Compatibility forms unified, accents dropped, case folded, ß → ss, œ → oe, ł → l, ø → o; whatever is neither letter
    nor digit becomes one blank. `fold(fold(x)) == fold(x)`. Empty for a text without letter or digit. A key may be
    longer than its text (ligatures: eighteen times at the most). It finds people, it never proves that two are the
    same: no login and no right may rest on it.
    """
    return " ".join(text.translate(_FOLDED).split())


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of `text`, in order, repetitions kept."""
    return tuple(fold(text).split())


def compact(text: str) -> str:
    """Return `text` as an identifier is read: NFKC, without blanks, hyphens, dashes, dots and invisible characters.

    Case and every other character stay; callers bound the length and check the alphabet (`str.isascii`).
    """
    return text.translate(_COMPACTED)


def _is_drawn(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPSC" and character not in _BLANK_LETTERS + _JOINERS


def _refuse_stacked_marks(text: str) -> None:
    if text.isascii():
        return
    for is_mark, run in groupby(text, key=lambda character: unicodedata.category(character)[0] == "M"):
        if is_mark and len(list(run)) > MAX_MARKS:
            raise Refused("too_many_marks")
