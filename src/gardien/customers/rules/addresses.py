"""E-mail addresses and French postcodes."""

import re
from typing import ClassVar, Final

from gardien.base import text as base_text

_MAX_EMAIL: Final = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its two angle brackets
_MAX_LOCAL: Final = 64  # RFC 5321, 4.5.3.1.1
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322, 3.2.3
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")
_POSTCODE: Final = re.compile(r"(?!00000)[0-9]{5}")
_MAX_TYPED: Final = 20


class EmailRefused(base_text.Refused):
    """The text is no e-mail address that can be written to."""

    messages: ClassVar = {
        "too_long": "No e-mail address is that long: type one address alone.",
        "shape": "This is no e-mail address, such as name@company.example: check it.",
        "local": "Before the @, type letters without accent, digits, dots, hyphens and underscores only.",
        "domain": "Check what follows the @: it cannot be the name of a mail domain.",
    }


class PostcodeRefused(base_text.Refused):
    """The text is no French postcode."""

    messages: ClassVar = {"shape": "A French postcode has five digits, such as 35000: check it."}


def parse_email(text: str) -> str:
    """Return the address to be stored: local part as typed, domain in lower case and in its ASCII form (IDNA).

    The local part is ASCII, unquoted; a domain with letters outside ASCII is accepted if its ASCII form can be turned
    back into it, so that no look-alike ever becomes another domain (straße is refused, not read as strasse). Two
    addresses that differ in case only are equal for people: compare their `casefold`. Refuses with `EmailRefused`.
    """
    if len(text) > 2 * _MAX_EMAIL:
        raise EmailRefused("too_long")
    try:
        local, _, domain = base_text.clean(text, max_length=2 * _MAX_EMAIL).rpartition("@")
    except base_text.Refused as refusal:
        raise EmailRefused("shape") from refusal
    if not local or not domain or " " in domain:
        raise EmailRefused("shape")
    if len(local) > _MAX_LOCAL or not _LOCAL.fullmatch(local):
        raise EmailRefused("local")
    address = f"{local}@{_ascii_domain(domain.lower())}"
    if len(address) > _MAX_EMAIL:
        raise EmailRefused("too_long")
    return address


def parse_postcode(text: str) -> str:
    """Return the five digits of a French postcode. Refuses with `PostcodeRefused`; whether it exists is not asked."""
    typed = base_text.compact(text) if len(text) <= _MAX_TYPED else ""
    if not _POSTCODE.fullmatch(typed):
        raise PostcodeRefused("shape")
    return typed


def _ascii_domain(domain: str) -> str:
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        is_faithful = domain.isascii() or ascii_domain.encode("ascii").decode("idna") == domain
    except UnicodeError as error:
        raise EmailRefused("domain") from error
    if not is_faithful or not _DOMAIN.fullmatch(ascii_domain):
        raise EmailRefused("domain")
    return ascii_domain
