"""The forms in which a value may lie somewhere, and a reader that finds any of many values in a text in one pass."""

import base64
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils.http import urlencode

from gardien.base import text as base_text

_WORD = re.compile(r"[^\W_]+")
_DIGESTS = ("md5", "sha1", "sha256")
_FRENCH = "+33"
_ALIKE = str.maketrans("01", "oi")
_UPPER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


def forms(value: str) -> set[str]:
    """Return a value as it is, without accents, capitals and signs, as it is dialled in France, digested, encoded."""
    folded = base_text.fold(value)
    plain = {value, value.lower(), value.upper(), folded, folded.replace(" ", "")}
    if value.startswith(_FRENCH):
        dialled = "0" + value.removeprefix(_FRENCH)
        plain |= {dialled, " ".join(re.findall("..", dialled))}
    encoded = chain.from_iterable(_encoded(each.encode()) for each in plain)
    return plain | set(encoded) | {urlencode({"": each}).removeprefix("=") for each in plain}


def _encoded(raw: bytes) -> Iterator[str]:
    yield base64.b64encode(raw).decode()
    yield base64.urlsafe_b64encode(raw).decode()
    for name in _DIGESTS:
        yield hashlib.new(name, raw, usedforsecurity=False).hexdigest()


class Reader:
    """Finds values in texts: a text is read once, however many values there are.

    A value is found as a run of whole words: `zoe@courriel.example` in `<ZOE@courriel.example>`, not in `azoe@…`. O and
    zero are one letter, as are I and one, and whatever Unicode holds to be alike (NFKC): so search words are read, too.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self.whole: set[str] = set()
        self._runs: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
        for form in set(chain.from_iterable(map(forms, values))):
            self.whole.add(as_compared(form))
            words = _words(form)
            rarest = max(words, key=len)
            self._runs[rarest].append((words.index(rarest), words))

    def finds(self, text: str) -> bool:
        """Say whether a text holds one of the values, in any of its forms."""
        words = _words(text)
        if self._runs.keys().isdisjoint(words):
            return False
        return any(self._is_at(place, words) for place, word in enumerate(words) if word in self._runs)

    def _is_at(self, place: int, words: list[str]) -> bool:
        runs = ((place - before, run) for before, run in self._runs[words[place]])
        return any(start >= 0 and words[start : start + len(run)] == run for start, run in runs)


def as_compared(text: str) -> str:
    """Return a text as `lower` of a database whose locale is C returns it: other letters than A to Z stay."""
    return text.translate(_UPPER)


def _words(text: str) -> list[str]:
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _WORD.findall(plain.casefold().translate(_ALIKE))
