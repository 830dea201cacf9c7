"""What prices rest on: brand tiers and eco-contributions of the network, services and price rules of a repairer."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from gardien.base import scope, text
from gardien.base.actor import Actor
from gardien.catalogue import queries
from gardien.catalogue.models import BrandTier, EcoRate, PriceRule, Service
from gardien.catalogue.rules.price_list import Season
from gardien.catalogue.rules.pricing import HIGHEST_PERCENT, LOWEST_PERCENT, Extra, Tier
from gardien.catalogue.rules.tags import Tag
from gardien.journal import actions as journal
from gardien.network import queries as network
from gardien.network.rules import PartyKind

_HIGHEST = Decimal("99999.99")
_CENT = Decimal("0.01")
_MOST_PERCENT = Decimal(100)
_HIGHEST_RIM = Decimal("99.5")
_CLASSES = ("C1", "C2", "C3")


class PriceRefusedError(ValueError):
    """An amount or percentage is out of bounds or finer than two decimals, or a class, season or rim is impossible."""


class StepTakenError(ValueError):
    """Another service is this extra from the same rim on, or another rule has the same priority."""


class ExtraRefusedError(ValueError):
    """The eco-contribution is no service: it follows the dated table and the supplier's list."""


class NoSuchPriceError(LookupError):
    """This repairer has no such service or rule."""


class BrandUnknownError(LookupError):
    """No tyre of the catalogue bears this brand."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What a service is and costs: euros, VAT included, and VAT in per cent.

    `extra` makes it a part of the fitted price, per tyre, from a rim on.
    """

    label: str
    unit_ttc: Decimal
    vat_rate: Decimal
    extra: Extra | None = None
    rim_from_inch: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a price rule asks of a tyre; what is empty or None asks for nothing."""

    brand: str = ""
    rim_from_inch: Decimal | None = None
    rim_to_inch: Decimal | None = None
    season: str = ""
    oe_mark: str = ""


@transaction.atomic
def place_brand(*, brand: str, tier: Tier | None, by: Actor, at: datetime) -> None:
    """Place a brand in a tier, None takes its tier away; raise `BrandUnknownError`. Spellings of a brand share it."""
    key = text.fold(brand)[:200]
    if key not in queries.brand_keys():
        raise BrandUnknownError
    if tier is None:
        BrandTier.objects.filter(brand_key=key).delete()
    else:
        BrandTier.objects.update_or_create(brand_key=key, defaults={"tier": tier.value})
    _record_for_network(Tag.BRAND_PLACED, by, at)


@transaction.atomic
def set_eco_rate(*, tyre_class: str, from_date: date, amount_ttc: Decimal, by: Actor, at: datetime) -> EcoRate:
    """Write the eco-contribution of a class from a day on, euros per tyre, VAT included; raise `PriceRefusedError`."""
    _check(amount_ttc, Decimal(0), _HIGHEST)
    if tyre_class not in _CLASSES:
        raise PriceRefusedError
    rate, _ = EcoRate.objects.update_or_create(
        tyre_class=tyre_class, from_date=from_date, defaults={"amount_ttc": amount_ttc}
    )
    _record_for_network(Tag.ECO_RATE_SET, by, at, rate=rate.id)
    return rate


@transaction.atomic
def set_service(*, service_id: UUID | None, sold: Sold, by: Actor, at: datetime) -> Service:
    """Write a service of the present repairer, a new one without `service_id`.

    Raises `PriceRefusedError`, `StepTakenError`, `ExtraRefusedError`, `NoSuchPriceError`, and `base.text.Refused` for a
    label that cannot be kept.
    """
    _check(sold.unit_ttc, Decimal(0), _HIGHEST)
    _check(sold.vat_rate, Decimal(0), _MOST_PERCENT)
    _check_rims(sold.rim_from_inch, None)
    name = text.clean(sold.label, max_length=200)
    if sold.extra is Extra.ECO:
        raise ExtraRefusedError
    if not name:
        raise PriceRefusedError
    service, extra = _own(Service, service_id), sold.extra.value if sold.extra else ""
    same_step = Service.objects.filter(extra=extra, rim_from_inch=sold.rim_from_inch).exclude(id=service.id)
    if extra and same_step.exists():
        raise StepTakenError
    service.label, service.unit_ttc, service.vat_rate = name, sold.unit_ttc, sold.vat_rate
    service.extra, service.rim_from_inch = extra, sold.rim_from_inch
    service.save()
    journal.record(Tag.SERVICE_SET, by=by, at=at, service=service.id)
    return service


@transaction.atomic
def end_service(*, service_id: UUID, by: Actor, at: datetime) -> None:
    """Take a service off the repairer's tariff; quotes keep what they say. Raises `NoSuchPriceError`."""
    _own(Service, service_id).delete()
    journal.record(Tag.SERVICE_ENDED, by=by, at=at, service=service_id)


@transaction.atomic
def set_price_rule(
    *, rule_id: UUID | None, priority: int, percent: Decimal, terms: Terms, by: Actor, at: datetime
) -> PriceRule:
    """Write a mark-up of the present repairer, a new one without `rule_id`; the lowest priority that fits counts.

    Raises `PriceRefusedError`, `StepTakenError` where another rule has the priority, `NoSuchPriceError`.
    """
    _check(percent, LOWEST_PERCENT, HIGHEST_PERCENT)
    _check_rims(terms.rim_from_inch, terms.rim_to_inch)
    if terms.season not in ("", *Season) or not 0 <= priority <= 9_999:  # noqa: PLR2004 -- what the form has room for
        raise PriceRefusedError
    rule = _own(PriceRule, rule_id)
    if PriceRule.objects.filter(priority=priority).exclude(id=rule.id).exists():
        raise StepTakenError
    rule.priority, rule.percent = priority, percent
    rule.brand_key, rule.season, rule.oe_mark = text.fold(terms.brand)[:200], terms.season, terms.oe_mark.upper()[:6]
    rule.rim_from_inch, rule.rim_to_inch = terms.rim_from_inch, terms.rim_to_inch
    rule.save()
    journal.record(Tag.PRICE_RULE_SET, by=by, at=at, rule=rule.id)
    return rule


@transaction.atomic
def end_price_rule(*, rule_id: UUID, by: Actor, at: datetime) -> None:
    """Take a rule away. Raises `NoSuchPriceError`."""
    _own(PriceRule, rule_id).delete()
    journal.record(Tag.PRICE_RULE_ENDED, by=by, at=at, rule=rule_id)


_Row = TypeVar("_Row", Service, PriceRule)


def _own(model: type[_Row], identifier: UUID | None) -> _Row:
    if identifier is None:
        return model()
    found = model.objects.select_for_update().filter(id=identifier).first()
    if found is None:
        raise NoSuchPriceError
    return found


def _check(amount: Decimal, least: Decimal, most: Decimal) -> None:
    if not isinstance(amount, Decimal):
        msg = f"an amount is a Decimal, not {type(amount).__name__}"
        raise TypeError(msg)
    if not amount.is_finite() or not least <= amount <= most or amount != amount.quantize(_CENT):
        raise PriceRefusedError


def _check_rims(low: Decimal | None, high: Decimal | None) -> None:
    for rim in (low, high):
        if rim is not None and (not 0 <= rim <= _HIGHEST_RIM or rim % Decimal("0.5")):
            raise PriceRefusedError
    if low is not None and high is not None and low > high:
        raise PriceRefusedError


def _record_for_network(tag: Tag, by: Actor, at: datetime, **references: Any) -> None:
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        journal.record(tag, by=by, at=at, **references)
