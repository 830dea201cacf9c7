"""Telephone numbers, kept in E.164 and shown as they are dialled from France."""

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from gardien.base import text as base_text

PhoneKind = Literal["mobile", "fixed", "other"]
"""`other` is what the number alone does not tell: special, non-geographic, North American. SMS go to `mobile` only."""

_FRANCE: Final = 33
_OVERSEAS: Final = (262, 590, 594, 596)  # Réunion and Mayotte; Guadeloupe and its former islands; Guiana; Martinique
_FICTION: Final = re.compile(r"63998\d{4}")
_ALPHABET: Final = re.compile(r"\+?[0-9()/]+")
_MAX_TYPED: Final = 40
_KINDS: Final[dict[int, PhoneKind]] = {PhoneNumberType.MOBILE: "mobile", PhoneNumberType.FIXED_LINE: "fixed"}


class PhoneRefused(base_text.Refused):
    """The text is no telephone number."""

    messages: ClassVar = {
        "empty": "Type the telephone number.",
        "too_long": "No telephone number is that long: type one number alone.",
        "characters": "Type the number alone, in digits, without a name or an extension.",
        "unknown": "This number is given to nobody: check it, or start with the country code, such as +32.",
    }


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number: `e164` is kept and dialled by programs (`+33199001234`)."""

    e164: str
    kind: PhoneKind

    @property
    def display(self) -> str:
        """The number as a person in France dials it, spaced; international where that needs the country code."""
        number = phonenumbers.parse(self.e164)
        is_french = number.country_code == _FRANCE or number.country_code in _OVERSEAS
        return phonenumbers.format_number(
            number, PhoneNumberFormat.NATIONAL if is_french else PhoneNumberFormat.INTERNATIONAL
        )


def parse_phone(text: str, region: str = "FR") -> Phone:
    """Read a number typed in `region` (ISO 3166 alpha-2) or with its country code, whatever its spacing.

    Accepted is what libphonenumber's metadata call valid, within a range handed out (a possible length alone would let
    00 00 00 00 00 in), and the block 06 39 98, reserved for fiction, which they leave out; the five fixed blocks of
    fiction are valid there. A number of an overseas department dialled like one of the mainland (0692 12 34 56) gets
    its own country code (+262); libphonenumber alone would keep some of them, such as 0596 30 12 34, as +33.
    `parse_phone(phone.display) == phone`. Refuses with `PhoneRefused`; fax numbers are read alike.
    """
    if len(text) > _MAX_TYPED:
        raise PhoneRefused("too_long")
    typed = base_text.compact(text)
    if not typed:
        raise PhoneRefused("empty")
    if not _ALPHABET.fullmatch(typed):
        raise PhoneRefused("characters")
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException as error:
        raise PhoneRefused("unknown") from error
    return _phone(number)


def kept_phone(e164: str) -> Phone | None:
    """Return a number that is stored, None for none: it stays a number even where it is no longer given to anybody."""
    if not e164:
        return None
    try:
        return parse_phone(e164)
    except PhoneRefused:
        return Phone(e164, "other")


def _phone(number: PhoneNumber) -> Phone:
    if number.country_code == _FRANCE:
        national = phonenumbers.national_significant_number(number)
        if _FICTION.fullmatch(national):
            return Phone(f"+{_FRANCE}{national}", "mobile")
        number = _overseas(national) or number
    if not phonenumbers.is_valid_number(number):
        raise PhoneRefused("unknown")
    kind = _KINDS.get(phonenumbers.number_type(number), "other")
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), kind)


def _overseas(national: str) -> PhoneNumber | None:
    numbers = (phonenumbers.parse(f"+{code}{national}") for code in _OVERSEAS)
    return next((number for number in numbers if phonenumbers.number_type(number) in _KINDS), None)
