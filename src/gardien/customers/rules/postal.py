"""The postal address as it stands on letters: six lines of 38 characters, a seventh for the country when abroad.

The form is that of the French postal operator, AFNOR NF Z10-011: from the particular to the general, the last line in
capitals, no empty line. Nothing is ever cut or abbreviated here: what does not fit is refused.
"""

from dataclasses import replace
from textwrap import wrap
from typing import ClassVar, Final

from babel import Locale

from gardien.base import text as base_text
from gardien.customers.rules.addresses import parse_postcode
from gardien.customers.rules.details import Details

WIDTH: Final = 38
MOST_LINES: Final = 6

_HOME: Final = "FR"
_LINES: Final = ("delivery", "building", "street", "locality")


class AddressRefused(base_text.Refused):
    """The address does not fit on six lines of 38 characters; `params["field"]` names what to shorten."""

    messages: ClassVar = {
        "line": "On a letter this line has at most %(width)d characters: shorten it.",
        "name": "On a letter a line has at most %(width)d characters: shorten the longest word of this name.",
        "town": "Postcode and town together have at most %(width)d characters: shorten the town, as in ST for SAINT.",
        "lines": "This address takes %(count)d lines and a letter has %(most)d: put two of its parts on one line.",
        "country": "Choose the country of the address.",
    }


def checked(details: Details) -> Details:
    """Return the details as they are kept: a French postcode in its five digits, an address that fits on a letter.

    Refuses with `PostcodeRefused` and `AddressRefused`.
    """
    if details.country == _HOME and details.postcode:
        details = replace(details, postcode=parse_postcode(details.postcode))
    address_lines(details)
    return details


def name_lines(details: Details) -> tuple[str, ...]:
    """Return who the letter is for: the company and then the person there, or the person.

    A name longer than a line goes on with its next word on another line; refuses with `AddressRefused` a word that is
    longer than a line by itself.
    """
    person = f"{details.first_name} {details.last_name}".strip()
    lines = [line for name in (details.company, person) for line in _wrapped(name)]
    if any(len(line) > WIDTH for line in lines):
        raise AddressRefused("name", field="company" if details.company else "last_name", width=WIDTH)
    return tuple(lines)


def address_lines(details: Details) -> tuple[str, ...]:
    """Return the lines of a letter to this customer: name, delivery, building, street, locality, postcode and town.

    At most `MOST_LINES` of at most `WIDTH` characters, of a customer abroad one more with the country in French. Every
    word told is on them; of a customer who told no address, the name alone. Refuses with `AddressRefused`.
    """
    lines = [*name_lines(details), *filter(None, (_line(details, name) for name in _LINES)), *_town(details)]
    if len(lines) > MOST_LINES:
        raise AddressRefused("lines", field="delivery", count=len(lines), most=MOST_LINES)
    if details.country != _HOME and any(getattr(details, name) for name in (*_LINES, "postcode", "city")):
        lines.append(_country(details.country))
    return tuple(lines)


def place_lines(details: Details) -> tuple[str, ...]:
    """Return the lines below the name; none if no address was told."""
    return address_lines(details)[len(name_lines(details)) :]


def _wrapped(name: str) -> list[str]:
    return wrap(name, WIDTH, break_long_words=False, break_on_hyphens=False)


def _line(details: Details, name: str) -> str:
    line: str = getattr(details, name)
    if len(line) > WIDTH:
        raise AddressRefused("line", field=name, width=WIDTH)
    return line


def _town(details: Details) -> list[str]:
    town = f"{details.postcode} {details.city}".strip().upper()
    if len(town) > WIDTH:
        raise AddressRefused("town", field="city", width=WIDTH)
    return [town] if town else []


def _country(code: str) -> str:
    name = Locale("fr").territories.get(code, "")
    if not name or len(name) > WIDTH or not code.isalpha():
        raise AddressRefused("country", field="country")
    return str(name).upper()
