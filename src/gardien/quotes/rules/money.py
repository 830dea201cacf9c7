"""Amounts of a quote, under one of two policies whose id is stored with it. Decimal, in euros, to the cent, half up.

`ttc-first/1`, a consumer's quote: the price shown is the price paid. A line is worth round(quantity × unit price TTC) −
discount. Per VAT rate t, VAT = round(TTC × t ÷ (100 + t)) and HT = TTC − VAT.

`ht-first/1`, a company's quote: a line is worth round(quantity × unit price HT) − discount. Per VAT rate t, VAT =
round(HT × t ÷ 100) and TTC = HT + VAT.

The totals are the sums over the rates. Rounding on the sum of a rate instead of each line is one of the two practices
in use. Floats and integers raise TypeError.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

MAX_QUANTITY = Decimal("9999.99")
MAX_PRICE = Decimal("999999.99")
MAX_LINES = 200

_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")
_HUNDRED = Decimal(100)


class Policy(StrEnum):
    """Which amounts are told, with all taxes or without, and so in which order they are rounded."""

    TTC_FIRST = "ttc-first/1"
    HT_FIRST = "ht-first/1"


class AmountRefusedError(ValueError):
    """An amount is negative, not a number, too large, or finer than two decimals; or a discount exceeds its line."""


class TooManyLinesError(ValueError):
    """A quote holds at most `MAX_LINES` lines."""


class RateRefusedError(ValueError):
    """The VAT rate is not in force in that territory on that day."""


class Territory(StrEnum):
    """Where the goods are delivered, as far as VAT is concerned."""

    METROPOLITAN = "metropolitan"
    ANTILLES_REUNION = "antilles_reunion"
    GUIANA_MAYOTTE = "guiana_mayotte"


_RATES: tuple[tuple[Territory, date, tuple[Decimal, ...]], ...] = (
    (Territory.METROPOLITAN, date(2014, 1, 1), (Decimal("20.00"), Decimal("5.50"))),
    (Territory.ANTILLES_REUNION, date(2014, 1, 1), (Decimal("8.50"), Decimal("2.10"))),
    (Territory.GUIANA_MAYOTTE, date(2014, 1, 1), (_ZERO,)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line's figures: quantity > 0, unit price and discount in euros as the policy tells them, VAT in per cent."""

    quantity: Decimal
    unit_price: Decimal
    rate: Decimal
    discount: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What the lines of one VAT rate add up to; ht + vat = ttc."""

    rate: Decimal
    ht: Decimal
    vat: Decimal
    ttc: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What a quote adds up to, in euros; the highest rate first."""

    by_rate: tuple[RateTotal, ...]
    ht: Decimal
    vat: Decimal
    ttc: Decimal


def vat_rates(territory: Territory, on: date) -> tuple[Decimal, ...]:
    """Return the VAT rates a garage's quote may bear in `territory` on day `on`, the standard one first.

    Metropolitan France: 20 % (code général des impôts, art. 278, since 2014-01-01), and 5.5 % for the equipment
    made for disabled drivers (art. 278-0 bis). Guadeloupe, Martinique, La Réunion: 8.5 % and 2.1 % (art. 296,
    BOI-TVA-GEO-20-10). Guiana and Mayotte: VAT does not apply (art. 294, 1). Days before 2014 have no rate here.
    """
    known = [rates for place, since, rates in _RATES if place is territory and since <= on]
    return known[-1] if known else ()


def check_rate(rate: Decimal, territory: Territory, on: date) -> None:
    """Raise RateRefusedError unless `rate` is one of `vat_rates(territory, on)`."""
    if _checked(rate, _HUNDRED) not in vat_rates(territory, on):
        msg = f"{rate} % is no VAT rate of {territory} on {on}"
        raise RateRefusedError(msg)


def line_total(line: Line) -> Decimal:
    """Return the line's total in euros, to the cent, TTC or HT as its unit price. Raises AmountRefusedError."""
    quantity = _checked(line.quantity, MAX_QUANTITY)
    if not quantity:
        msg = "a quantity is more than nothing"
        raise AmountRefusedError(msg)
    price = _round(quantity * _checked(line.unit_price, MAX_PRICE))
    off = _checked(line.discount, MAX_QUANTITY * MAX_PRICE)
    if off > price:
        msg = "a discount exceeds its line"
        raise AmountRefusedError(msg)
    return price - off


def share_off(lines: Iterable[Line]) -> Decimal:
    """Return what is taken off the lines, in per cent of what they cost without it, not rounded; 0 of nothing."""
    found = list(lines)
    off = sum((line.discount for line in found), _ZERO)
    full = sum((line_total(replace(line, discount=_ZERO)) for line in found), _ZERO)
    return off * _HUNDRED / full if full else _ZERO


def unit_price(told_ttc: Decimal, rate: Decimal, policy: Policy) -> Decimal:
    """Return the unit price of a price told all taxes included, as `policy` tells it, to the cent."""
    ttc = _checked(told_ttc, MAX_PRICE)
    return ttc if policy is Policy.TTC_FIRST else _round(ttc * _HUNDRED / (_HUNDRED + _checked(rate, _HUNDRED)))


def discount(price: Decimal, percent: Decimal) -> Decimal:
    """Return `percent` (0 to 100) of `price` in euros, to the cent. Raises AmountRefusedError."""
    return _round(_checked(price, MAX_QUANTITY * MAX_PRICE) * _checked(percent, _HUNDRED) / _HUNDRED)


def reach(lines: Sequence[Line], told: Decimal) -> tuple[Decimal, ...]:
    """Return the discount of each line with which they come to exactly the total told, in the same kind of euros.

    What is taken off is shared by the lines as they weigh, in whole cents, the largest remainders first. Discounts the
    lines already have are replaced. Raises AmountRefusedError if `told` exceeds the lines without discount.
    """
    prices = [line_total(replace(line, discount=_ZERO)) for line in lines]
    full, off = sum(prices, _ZERO), sum(prices, _ZERO) - _checked(told, MAX_QUANTITY * MAX_PRICE)
    if off < 0:
        msg = "the total told exceeds the prices of the lines"
        raise AmountRefusedError(msg)
    if not off:
        return (_ZERO,) * len(prices)
    shares = [(off * price / full).quantize(_CENT, rounding=ROUND_DOWN) for price in prices]
    left = int((off - sum(shares, _ZERO)) / _CENT)
    room = sorted(range(len(prices)), key=lambda each: (shares[each] - off * prices[each] / full, each))
    for each in [rank for rank in room if shares[rank] < prices[rank]][:left]:
        shares[each] += _CENT
    return tuple(shares)


def totals(lines: Iterable[Line], policy: Policy = Policy.TTC_FIRST) -> Totals:
    """Add up a quote's lines, whatever their order. Raises AmountRefusedError, TooManyLinesError."""
    sums: dict[Decimal, Decimal] = {}
    for count, line in enumerate(lines, start=1):
        if count > MAX_LINES:
            raise TooManyLinesError
        rate = _round(_checked(line.rate, _HUNDRED))
        sums[rate] = sums.get(rate, _ZERO) + line_total(line)
    add = _from_ttc if policy is Policy.TTC_FIRST else _from_ht
    by_rate = tuple(add(rate, sums[rate]) for rate in sorted(sums, reverse=True))
    return Totals(
        by_rate=by_rate,
        ht=sum((part.ht for part in by_rate), _ZERO),
        vat=sum((part.vat for part in by_rate), _ZERO),
        ttc=sum((part.ttc for part in by_rate), _ZERO),
    )


def _from_ttc(rate: Decimal, ttc: Decimal) -> RateTotal:
    vat = _round(ttc * rate / (_HUNDRED + rate))
    return RateTotal(rate=rate, ht=ttc - vat, vat=vat, ttc=ttc)


def _from_ht(rate: Decimal, ht: Decimal) -> RateTotal:
    vat = _round(ht * rate / _HUNDRED)
    return RateTotal(rate=rate, ht=ht, vat=vat, ttc=ht + vat)


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def _checked(amount: Decimal, most: Decimal) -> Decimal:
    """Return `amount` if it is a Decimal from 0 to `most` without fractions of a cent."""
    if not isinstance(amount, Decimal):
        msg = f"an amount is a Decimal, not {type(amount).__name__}"
        raise TypeError(msg)
    if not amount.is_finite() or amount.is_signed() or amount > most or amount != _round(amount):
        msg = f"an amount lies between 0 and {most}, with two decimals at most"
        raise AmountRefusedError(msg)
    return amount
