"""Prices as a counter tells them: tiers or none, the rule that counts, the eco-contribution of the day, euros only."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.catalogue import actions, queries
from gardien.catalogue.actions import Terms
from gardien.catalogue.queries import PricedArticle, Refusal
from gardien.catalogue.rules.pricing import Extra, Tier
from gardien.network import queries as network

BY = Actor.program("test")
DAY = date(2027, 1, 1)
LIST = """ref;marque;profil;taille;saison;prix ttc;devise
A;Veloria;Eco;215/60 R17 96H;été;90,00;EUR
B;Kestrane;Rivage;215/60 R17 96V;été;70,00;EUR
C;Montferre;Sport;215/60 R17 96V;été;99,99;EUR
D;Sarvane;Albion;215/60 R17 96V;été;10,00;GBP
E;Pneulac;Givre;215/60 R17 96T 3PMSF;hiver;80,00;CHF
"""


@pytest.fixture
def tenant(cast: Any, at: datetime) -> UUID:
    """Import the list and return a repairer."""
    actions.import_tyres(raw=LIST.encode(), file_name="p.csv", supplier="p", currency=None, by=BY, at=at)
    return network.controller(cast.membership("counter.adviser@tilleul.example"))


@pytest.fixture
def counter(tenant: UUID) -> Iterator[None]:
    """Stand at that repairer's counter."""
    with scope.entered(tenant):
        yield


def offered(on: date = DAY) -> dict[str, PricedArticle]:
    return {each.article.source_id: each for each in queries.offers("2156017", on=on)}


def rule(at: datetime, priority: int, percent: str, **terms: Any) -> Any:
    what = {"rule_id": None, "priority": priority, "percent": Decimal(percent), "terms": Terms(**terms)}
    return actions.set_price_rule(**what, by=BY, at=at)


def test_without_a_tier_tyres_are_offered_by_price_and_those_not_in_euros_last(counter: None) -> None:
    found = offered()
    assert list(found) == ["B", "A", "C", "D", "E"]
    assert {each.tier for each in found.values()} == {None}
    assert [found[name].refusal for name in "DE"] == [Refusal.NOT_IN_EUROS] * 2
    assert [found[name].unit_ttc for name in "DE"] == [None, None]


def test_a_mark_up_moves_an_offer_to_its_place_by_the_price_that_is_told(counter: None, at: datetime) -> None:
    rule(at, 1, "50", brand="kestrane")
    assert [(name, each.unit_ttc) for name, each in offered().items()][:3] == [
        ("A", Decimal("90.00")),
        ("C", Decimal("99.99")),
        ("B", Decimal("105.00")),
    ]


def test_an_article_not_in_euros_has_no_fitted_price(counter: None) -> None:
    article = offered()["D"].article
    with pytest.raises(ValueError, match="quoted"):
        queries.fitted_price(article, quantity=4, taken=(), vat_rate=Decimal(20), on=DAY)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_of_the_rules_that_fit_the_lowest_priority_counts_whenever_it_was_written(
    counter: None, at: datetime, order: tuple[int, ...]
) -> None:
    terms: dict[int, tuple[str, dict[str, Any]]] = {
        1: ("10", {"brand": "Montferre", "season": "winter"}),
        2: ("20", {"brand": "Montferre"}),
        3: ("30", {}),
    }
    written = {priority: rule(at, priority, terms[priority][0], **terms[priority][1]) for priority in order}
    found = offered()
    assert (found["C"].unit_ttc, found["C"].rule_id) == (Decimal("119.99"), written[2].id)
    assert (found["B"].unit_ttc, found["B"].rule_id) == (Decimal("91.00"), written[3].id)
    actions.set_price_rule(
        rule_id=written[2].id, priority=9, percent=Decimal(20), terms=Terms(brand="Montferre"), by=BY, at=at
    )
    assert offered()["C"].rule_id == written[3].id


def test_the_eco_contribution_changes_on_its_date_and_not_before(tenant: UUID, at: datetime) -> None:
    for day, amount in ((DAY, "1.50"), (DAY - timedelta(days=365), "1.44"), (DAY + timedelta(days=365), "1.60")):
        actions.set_eco_rate(tyre_class="C1", from_date=day, amount_ttc=Decimal(amount), by=BY, at=at)
    apart = (-365, -1, 0, 364, 365)
    taken: dict[str, Any] = {"quantity": 4, "taken": {Extra.ECO}, "vat_rate": Decimal(20)}
    with scope.entered(tenant):
        told = {days: offered(DAY + timedelta(days=days))["B"].eco_ttc for days in apart}
        article = offered()["B"].article
        totals = [queries.fitted_price(article, **taken, on=DAY + timedelta(days=days)).total_ttc for days in (-1, 0)]
    old, new, next_one = (Decimal(amount) for amount in ("1.44", "1.50", "1.60"))
    assert told == {-365: old, -1: old, 0: new, 364: new, 365: next_one}
    assert totals == [Decimal("285.76"), Decimal("286.00")]


def test_a_tier_is_said_and_changes_no_price(tenant: UUID, at: datetime) -> None:
    with scope.entered(tenant):
        before = {name: each.unit_ttc for name, each in offered().items()}
    actions.place_brand(brand="Montferre", tier=Tier.PREMIUM, by=BY, at=at)
    with scope.entered(tenant):
        after = offered()
    assert (after["C"].tier, after["B"].tier) == (Tier.PREMIUM, None)
    assert {name: each.unit_ttc for name, each in after.items()} == before
