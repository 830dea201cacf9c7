"""Tyres at the present repairer's prices, with what a quote must know of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from gardien.catalogue.models import Article, EcoRate, PriceRule, Service
from gardien.catalogue.rules import pricing
from gardien.catalogue.rules.label import LabelStatus
from gardien.catalogue.rules.price_list import Lifecycle
from gardien.catalogue.rules.pricing import Extra, ExtraPrice, FittedLine, FittedPrice, Tier

from .articles import NOTHING, Filters, label, search


class Refusal(StrEnum):
    """Why an article cannot stand on a quote."""

    NOT_IN_EUROS = "not_in_euros"
    NOT_YET_SOLD = "not_yet_sold"
    NO_LONGER_SOLD = "no_longer_sold"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, slots=True)
class PricedArticle:
    """An article as this repairer may offer it on a day.

    `unit_ttc` is one tyre's price in euros, VAT included, None with a `refusal`; `rule_id` the price rule that made it,
    None for the list's own price. `tier` is the network's as `search` found it, None where it placed no such brand.
    `eco_ttc` is the eco-contribution per tyre, None where nobody told one. A quote with a `label_status` MISSING needs
    a reason.
    """

    article: Article
    unit_ttc: Decimal | None
    rule_id: UUID | None
    tier: Tier | None
    eco_ttc: Decimal | None
    label_status: LabelStatus
    refusal: Refusal | None


def offers(size: str, filters: Filters = NOTHING, *, on: date) -> list[PricedArticle]:
    """Return what `search` finds at the present repairer's prices on day `on`.

    Those that can be quoted first, the cheapest first; three statements whatever is found. Needs a scope.
    """
    rules = [rule.figures for rule in PriceRule.objects.all()]
    rates = _eco_rates()
    found = [_priced(each, rules, rates, on) for each in search(size, filters)]
    return sorted(found, key=lambda each: (each.refusal is not None, each.unit_ttc or each.article.price))


def fitted_price(
    article: Article, *, quantity: int, taken: Collection[Extra], vat_rate: Decimal, on: date
) -> FittedPrice:
    """Return the price of `quantity` fitted tyres with the extras `taken`, at the present repairer's tariff on a day.

    `vat_rate` is the tyre's, and the eco-contribution's with it; that line's label is empty, for the door to name.
    Raises ValueError for an article with a `refusal`, fewer tyres than one or more than `pricing.MOST_TYRES`.
    """
    rules = [rule.figures for rule in PriceRule.objects.all()]
    offer = _priced(article, rules, _eco_rates(), on)
    if offer.unit_ttc is None or not 1 <= quantity <= pricing.MOST_TYRES:
        msg = "this cannot be quoted"
        raise ValueError(msg)
    tyre = FittedLine(None, label(article), quantity, offer.unit_ttc, vat_rate)
    return pricing.fitted(tyre, article.rim_inch, with_eco(tariff(), offer, vat_rate), taken)


def tariff() -> list[ExtraPrice]:
    """Return the present repairer's prices of the extras of a fitted price, the eco-contribution excepted."""
    return [
        ExtraPrice(Extra(each.extra), each.label, each.unit_ttc, each.vat_rate, each.rim_from_inch, each.id)
        for each in Service.objects.exclude(extra="")
    ]


def with_eco(extras: list[ExtraPrice], offer: PricedArticle, vat_rate: Decimal) -> list[ExtraPrice]:
    """Return a tariff completed by the eco-contribution of one article, if anybody told one."""
    return extras if offer.eco_ttc is None else [*extras, ExtraPrice(Extra.ECO, "", offer.eco_ttc, vat_rate)]


def priced(article: Article, on: date) -> PricedArticle:
    """Return one article as the present repairer may offer it on a day."""
    return _priced(article, [rule.figures for rule in PriceRule.objects.all()], _eco_rates(), on)


def services() -> QuerySet[Service]:
    """Return the present repairer's services, extras of the fitted price among them."""
    return Service.objects.order_by("extra", "rim_from_inch", "id")


def price_rules() -> QuerySet[PriceRule]:
    """Return the present repairer's price rules, the first that would count first."""
    return PriceRule.objects.order_by("priority")


def refusal(article: Article, on: date) -> Refusal | None:
    """Return why an article cannot be quoted on a day, None if it can."""
    if article.currency != "EUR":
        return Refusal.NOT_IN_EUROS
    if article.lifecycle == Lifecycle.PREPARING:
        return Refusal.NOT_YET_SOLD
    if article.lifecycle == Lifecycle.ENDED:
        return Refusal.NO_LONGER_SOLD
    is_early = article.valid_from_date is not None and article.valid_from_date > on
    return Refusal.NOT_YET_VALID if is_early else None


def _eco_rates() -> list[pricing.EcoRate]:
    return [pricing.EcoRate(each.tyre_class, each.from_date, each.amount_ttc) for each in EcoRate.objects.all()]


def _priced(article: Article, rules: list[pricing.Rule], rates: list[pricing.EcoRate], on: date) -> PricedArticle:
    facts = pricing.TyreFacts(article.brand_key, article.rim_inch, article.season, article.oe_marks)
    why_not, rule, tier = refusal(article, on), pricing.chosen_rule(rules, facts), getattr(article, "brand_tier", None)
    return PricedArticle(
        article=article,
        unit_ttc=None if why_not else pricing.priced(article.price, rule),
        rule_id=rule.id if rule and not why_not else None,
        tier=Tier(tier) if tier else None,
        eco_ttc=pricing.eco_contribution(article.eco_fee, article.tyre_class, on, rates),
        label_status=LabelStatus(article.label_status),
        refusal=why_not,
    )
