"""How a customer's words become tokens, and how what people type is read: one spelling for both sides.

A token is a key, a blank, and one letter that says what it was (`Why`): `martin n`, `gh４８２kl p`. A blank sorts before
every letter and digit: in the order of tokens, whoever bears a key itself comes before those of whom it is only the
beginning, and a plate that is borne before one that was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers

from gardien.base import text as base_text

LONGEST: Final = 250
"""Characters of a key: one more than an e-mail address has letters and digits at the most."""
MOST_WORDS: Final = 8
"""Words that are looked for."""
_MOST_NAMES: Final = 3
_MOST_NUMBERS: Final = 5
"""Words that may be one: a name of three, a telephone number in five groups."""

_KEYS: Final = str.maketrans({"0": "o", "1": "i"} | {str(digit): chr(ord("０") + digit) for digit in range(2, 10)})
_NEAR_STORED: Final = range(5, 31)
_NEAR_TYPED: Final = range(4, 32)


class Why(StrEnum):
    """What a word of a search was found to be: the last letter of a token; those who no longer bear it come last."""

    EMAIL = "e"
    NAME = "n"
    PLATE = "p"
    REFERENCE = "r"
    PHONE = "t"
    FORMER_PLATE = "x"
    FORMER_OWNER = "y"
    APPROXIMATE = "~"


@dataclass(frozen=True, slots=True)
class Traits:
    """What a record is found by. Plates are canonical, telephone numbers in E.164; empty texts were not told."""

    reference: str
    names: tuple[str, ...]
    """Last name, first name, company."""
    plates: tuple[tuple[str, Why], ...] = ()
    phones: tuple[str, ...] = ()
    email: str = ""


def keys(text: str) -> tuple[str, ...]:
    """Return the folded words of `text` with O for zero and I for one.

    Two to nine are written in full width, which sorts after all letters: who types the beginning of a name sees names
    before plates and references.
    """
    return tuple(word[:LONGEST] for word in base_text.fold(text).translate(_KEYS).split())


def glued(text: str) -> str:
    """Return the key of `text` as one word."""
    return "".join(keys(text))[:LONGEST]


def token(text: str, why: Why) -> str:
    """Return the token of a whole name, plate, telephone number (E.164), e-mail address or reference."""
    return f"{glued(text)} {why.value}"


def tokens(traits: Traits) -> set[str]:
    """Return every token of a record.

    Of a name of several words each end is a word, too: Le Roy de Brie is found by `leroy`, `royde` and `debrie`.
    """
    found = {(key, Why.NAME) for name in traits.names for key in (*keys(name), *_ends(name))}
    found |= {(glued(plate), why) for plate, why in traits.plates}
    found |= {(glued(number), Why.PHONE) for phone in traits.phones if phone for number in _dialled(phone)}
    found |= {(glued(traits.email), Why.EMAIL), (glued(traits.reference), Why.REFERENCE)}
    return {f"{key} {why.value}" for key, why in found if key}


def near_stored(traits: Traits) -> set[str]:
    """Return each word of the names, and each name as one word, with one letter left out, and whole.

    Two words that one slip sets apart (a letter wrong, missing, added, or two swapped) always share one of these.
    """
    words = {key for name in traits.names for key in (*keys(name), glued(name))}
    return {variant for word in words if _is_word(word, _NEAR_STORED) for variant in _variants(word)}


def near_typed(key: str) -> set[str]:
    """Return what to compare with `near_stored`; nothing for a key with digits, or too short to have a slip."""
    return set(_variants(key)) if _is_word(key, _NEAR_TYPED) else set()


def _is_word(key: str, lengths: range) -> bool:
    return len(key) in lengths and key.isalpha()


def _variants(word: str) -> Iterator[str]:
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def _ends(name: str) -> Iterator[str]:
    words = keys(name)
    return ("".join(words[first:])[:LONGEST] for first in range(len(words) - 1))


def _dialled(phone: str) -> tuple[str, str]:
    """Return a number with its country code, and as it is dialled at home after the zero."""
    return phone, phonenumbers.national_significant_number(phonenumbers.parse(phone))


def readings(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the ways to read the keys of typed words: each on its own, or one run of neighbours as one word.

    A run is all of them, up to `_MOST_NAMES` words, or up to `_MOST_NUMBERS` where one has a digit. What is dialled
    with a zero is read without it, too.
    """
    last = len(words)
    runs = [(first, end) for first in range(last) for end in range(first + 2, last + 1)]
    found = [
        (*words[:first], "".join(words[first:end]), *words[end:]) for first, end in runs if _is_run(words, first, end)
    ]
    plain = [tuple(_without_zeros(word) for word in reading) for reading in (words, *found)]
    return list(dict.fromkeys((words, *found, *plain)))


def _is_run(words: tuple[str, ...], first: int, end: int) -> bool:
    is_number = any(not word.isalpha() for word in words[first:end])
    return end - first in (len(words), *range(_MOST_NUMBERS + 1 if is_number else _MOST_NAMES + 1))


def _without_zeros(word: str) -> str:
    digits = word.replace("o", "0").replace("i", "1")
    return (word.lstrip("o") or word) if digits.isdigit() else word
