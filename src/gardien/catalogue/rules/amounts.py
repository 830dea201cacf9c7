"""A price as people and spreadsheets write it, read to the cent or refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from gardien.catalogue.rules.rejections import LineRefused, Reason

# ISO 4217 codes, each with cents, that a European supplier may use. The sign $ names several: none is chosen.
CURRENCIES = ("CHF", "CZK", "DKK", "EUR", "GBP", "NOK", "PLN", "RON", "SEK", "USD")
HIGHEST_PRICE = Decimal("99999.99")
SIGNS = {"€": "EUR", "£": "GBP"}
_CENTS = 2

_MARK = r"[A-Za-z]*|[$£€¥]"
_AMOUNT = re.compile(rf"(?P<before>{_MARK}) ?(?P<number>\d(?:[\d.,' ]*\d)?) ?(?P<after>{_MARK})", re.ASCII)
_NEGATIVE = re.compile(r"[^\d]*[-\u2212(] ?\d", re.ASCII)
_PLAIN = re.compile(r"(?P<whole>\d+)(?:[.,](?P<cents>\d+))?", re.ASCII)
_GROUPED = re.compile(
    r"(?P<whole>\d{1,3}(?P<group>[ '.,])\d{3}(?:(?P=group)\d{3})*)(?:(?!(?P=group))[.,](?P<cents>\d+))?"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A price above zero, to the cent, and the currency its sign or code names, if it has one."""

    value: Decimal
    currency: str | None


def read_amount(text: str) -> Amount:
    """Read `£72.99`, `1 234,56 €`, `EUR 1.234,56`, `72,9`; raise LineRefused with the reason otherwise.

    Three digits after a lone separator (`1,234`) may be thousands or decimals: refused, not guessed.
    """
    line = " ".join(text.replace("\u2019", "'").split())
    if _NEGATIVE.match(line):
        raise LineRefused(Reason.PRICE_NOT_POSITIVE, price=text)
    amount = _AMOUNT.fullmatch(line)
    number = amount and (_PLAIN.fullmatch(amount["number"]) or _GROUPED.fullmatch(amount["number"]))
    if not amount or not number:
        raise LineRefused(Reason.UNREADABLE_PRICE, price=text)
    cents = number["cents"] or ""
    if len(cents) > _CENTS:
        raise LineRefused(Reason.PRICE_TOO_PRECISE, price=text)
    value = Decimal(re.sub(r"\D", "", number["whole"]) + "." + cents.ljust(_CENTS, "0"))
    if value <= 0:
        raise LineRefused(Reason.PRICE_NOT_POSITIVE, price=text)
    if value > HIGHEST_PRICE:
        raise LineRefused(Reason.PRICE_TOO_HIGH, price=text, limit=HIGHEST_PRICE)
    return Amount(value, agreed(currency_code(mark) for mark in (amount["before"], amount["after"])))


def currency_code(mark: str) -> str | None:
    """Return the ISO code that a sign or code names, None for an empty mark; LineRefused when it is not known."""
    code = SIGNS.get(mark, mark.upper())
    if code and code not in CURRENCIES:
        raise LineRefused(Reason.UNKNOWN_CURRENCY, currency=mark, known=", ".join(CURRENCIES))
    return code or None


def agreed(codes: Iterable[str | None]) -> str | None:
    """Return the one currency that those who speak agree on, None when nobody does; LineRefused if they disagree."""
    said = [code for code in codes if code]
    for code in said[1:]:
        if code != said[0]:
            raise LineRefused(Reason.CURRENCY_CONTRADICTED, expected=said[0], found=code)
    return said[0] if said else None
