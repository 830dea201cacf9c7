"""What a tyre costs at this repairer: the price rule that fits, and the fitted price with its toggled extras.

Amounts are Decimal, in euros, all taxes included, to the cent, rounded half up. Floats raise TypeError.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

HIGHEST_PERCENT = Decimal("900.00")
LOWEST_PERCENT = Decimal("-90.00")
MOST_TYRES = 99

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)


class Tier(StrEnum):
    """Where the network places a brand."""

    PREMIUM = "premium"
    QUALITY = "quality"
    BUDGET = "budget"


class Extra(StrEnum):
    """What a fitted price may hold beside the tyre, each one taken or left."""

    FITTING = "fitting"
    BALANCING = "balancing"
    VALVE = "valve"
    ECO = "eco"


@dataclass(frozen=True, slots=True)
class TyreFacts:
    """What rules look at: the folded brand, rim in inches, season (empty if untold), makers' marks."""

    brand_key: str
    rim_inch: Decimal
    season: str = ""
    oe_marks: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A mark-up in per cent on the list's price; what is empty or None asks for nothing.

    The rule of the lowest `priority` that fits is the one that counts, alone; no two of a repairer's share one.
    """

    id: UUID
    priority: int
    percent: Decimal
    brand_key: str = ""
    rim_from_inch: Decimal | None = None
    rim_to_inch: Decimal | None = None
    season: str = ""
    oe_mark: str = ""

    def fits(self, tyre: TyreFacts) -> bool:
        """Say whether the rule is meant for this tyre; rims count from and to, both included."""
        return (
            self.brand_key in {"", tyre.brand_key}
            and self.season in {"", tyre.season}
            and (not self.oe_mark or self.oe_mark in tyre.oe_marks)
            and (self.rim_from_inch is None or tyre.rim_inch >= self.rim_from_inch)
            and (self.rim_to_inch is None or tyre.rim_inch <= self.rim_to_inch)
        )


@dataclass(frozen=True, slots=True)
class ExtraPrice:
    """One step of a repairer's tariff for an extra: its price per tyre from a rim on, and its VAT rate in per cent."""

    extra: Extra
    label: str
    unit_ttc: Decimal
    vat_rate: Decimal
    rim_from_inch: Decimal = Decimal(0)
    service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EcoRate:
    """The eco-contribution of a class of tyres from a day on, euros per tyre, VAT included."""

    tyre_class: str
    from_date: date
    amount_ttc: Decimal


@dataclass(frozen=True, slots=True)
class FittedLine:
    """One line of a fitted price; `extra` is None for the tyre itself."""

    extra: Extra | None
    label: str
    quantity: int
    unit_ttc: Decimal
    vat_rate: Decimal

    @property
    def total_ttc(self) -> Decimal:
        """Quantity × unit price."""
        return self.quantity * self.unit_ttc


@dataclass(frozen=True, slots=True)
class FittedPrice:
    """The set of tyres with the extras taken; `absent` are those asked for that have no price here."""

    lines: tuple[FittedLine, ...]
    absent: tuple[Extra, ...] = ()

    @property
    def total_ttc(self) -> Decimal:
        """What the customer pays: the sum of the lines."""
        return sum((line.total_ttc for line in self.lines), Decimal("0.00"))


def chosen_rule(rules: Iterable[Rule], tyre: TyreFacts) -> Rule | None:
    """Return the rule that counts for a tyre, None where none fits; the order of `rules` does not matter."""
    return min((rule for rule in rules if rule.fits(tyre)), key=lambda rule: rule.priority, default=None)


def priced(list_price: Decimal, rule: Rule | None) -> Decimal:
    """Return the price per tyre: the list's own to the cent without a rule, else marked up and rounded half up."""
    if not isinstance(list_price, Decimal):
        msg = f"a price is a Decimal, not {type(list_price).__name__}"
        raise TypeError(msg)
    percent = rule.percent if rule else Decimal(0)
    return (list_price * (_HUNDRED + percent) / _HUNDRED).quantize(_CENT, rounding=ROUND_HALF_UP)


def eco_contribution(told: Decimal | None, tyre_class: str, day: date, rates: Iterable[EcoRate]) -> Decimal | None:
    """Return the eco-contribution per tyre: as the supplier's list told it, else the rate of that day, else None."""
    if told is not None:
        return told
    begun = (rate for rate in rates if rate.tyre_class == tyre_class and rate.from_date <= day)
    rate = max(begun, key=lambda each: each.from_date, default=None)
    return rate.amount_ttc if rate else None


def extra_price(tariff: Iterable[ExtraPrice], extra: Extra, rim_inch: Decimal) -> ExtraPrice | None:
    """Return the step of the tariff for a rim: the one that begins highest at or below it, None where none does."""
    steps = (step for step in tariff if step.extra is extra and step.rim_from_inch <= rim_inch)
    return max(steps, key=lambda step: step.rim_from_inch, default=None)


def fitted(tyre: FittedLine, rim_inch: Decimal, tariff: Sequence[ExtraPrice], taken: Collection[Extra]) -> FittedPrice:
    """Return the fitted price of `tyre.quantity` tyres with the extras `taken`, in the order of `Extra`.

    An extra costs per tyre. One without a price here, or whose price is nothing, makes no line; the former is `absent`.
    """
    found = [(extra, extra_price(tariff, extra, rim_inch)) for extra in Extra if extra in taken]
    lines = [
        FittedLine(extra, step.label, tyre.quantity, step.unit_ttc, step.vat_rate)
        for extra, step in found
        if step and step.unit_ttc
    ]
    return FittedPrice((tyre, *lines), tuple(extra for extra, step in found if step is None))
