"""Searching and offering tyres: every filter, this repairer's prices and no other's, and why an article cannot be quoted."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gardien.base import ids, scope, text
from gardien.base.actor import Actor
from gardien.catalogue import actions, queries
from gardien.catalogue.actions import Sold, Terms
from gardien.catalogue.queries import Filters, Refusal
from gardien.catalogue.rules.pricing import Extra, Tier
from gardien.network import queries as network

BY = Actor.program("test")
DAY = date(2026, 11, 22)
HEAD = "ref;marque;profil;taille;saison;prix ttc;devise;carburant;sol mouillé;classe de bruit;bruit dB;cycle de vie;valable dès le"
LIST = f"""{HEAD}
CHEAP;Veloria;Eco;205/55 R16 91H;été;50,00;EUR;E;D;C;73;;
MID;Kestrane;Rivage 3;205/55 R16 91V;été;70,00;EUR;B;A;B;70;;
MARKED;Montferre;Sport;205/55 R16 94W XL J LR1;été;99,99;EUR;A;A;A;68;;
SNOW;Pneulac;Givre;205/55 R16 91T 3PMSF;hiver;60,00;EUR;C;C;B;71;;
FLAT;Montferre;Sûr;205/55 R16 91V RFT;toutes saisons;80,00;EUR;;;;;;
POUND;Veloria;Albion;205/55 R16 91V;été;10,00;GBP;;;;;;
SOON;Veloria;Neuf;205/55 R16 91V;été;40,00;EUR;;;;;W1;
GONE;Veloria;Vieux;205/55 R16 91V;été;40,01;EUR;;;;;arrêté;
LATER;Veloria;Tard;205/55 R16 91V;été;40,02;EUR;;;;;;2026-11-23
OTHER;Kestrane;Rivage 3;225/45 R17 94W;été;90,00;EUR;;;;;;
"""


@pytest.fixture
def catalogue(cast: Any, at: datetime) -> Iterator[SimpleNamespace]:
    """Import the list and act for the first repairer, neither having a tariff; `other` enters the second one's scope."""
    actions.import_tyres(raw=LIST.encode(), file_name="l.csv", supplier="l", currency=None, by=BY, at=at)
    one, two = (network.controller(cast.membership(f"counter.adviser@{name}.example")) for name in ("tilleul", "canal"))
    for repairer in (one, two):
        with scope.entered(repairer):
            for service in queries.services():
                actions.end_service(service_id=service.id, by=BY, at=at)
    yield SimpleNamespace(own=lambda: scope.entered(one), other=lambda: scope.entered(two))


def ids_of(size: str, **asked: Any) -> list[str]:
    return [found.source_id for found in queries.search(size, Filters(**asked))]


def test_search_asks_for_at_least_the_indexes_in_any_spelling(catalogue: Any) -> None:
    everything = ["SOON", "GONE", "LATER", "CHEAP", "SNOW", "MID", "FLAT", "MARKED", "POUND"]
    assert ids_of("205/55R16") == ids_of("2055516") == ids_of("205 55 16") == everything
    assert ids_of("2055516 92V") == ids_of("2055516", load_index=92) == ["MARKED"]
    assert ids_of("205/55 R16 91W") == ids_of("2055516", speed_symbol="W") == ["MARKED"]
    assert set(everything) - set(ids_of("2055516 91H")) == {"SNOW"}
    assert ids_of("nothing") == ids_of("2355019") == []


def test_words_beside_the_size_narrow_it(catalogue: Any) -> None:
    assert ids_of("2055516 kestr") == ids_of("KESTRANE 2055516") == ["MID"]
    assert ids_of("2055516 sûr") == ids_of("2055516 sur") == ["FLAT"]
    assert ids_of("2055516 montf sport") == ["MARKED"]
    assert ids_of("2055516 100%") == ids_of("2055516 estrane") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"season": "winter"}, ["SNOW"]),
        ({"brand": "MONTFERRE"}, ["FLAT", "MARKED"]),
        ({"oe_mark": "lr1"}, ["MARKED"]),
        ({"oe_mark": "LR"}, []),
        ({"fuel_efficiency": "B"}, ["MID", "MARKED"]),
        ({"wet_grip": "C"}, ["SNOW", "MID", "MARKED"]),
        ({"is_labelled": True}, ["CHEAP", "SNOW", "MID", "MARKED"]),
        ({"has_snow_grip": True}, ["SNOW"]),
        ({"is_run_flat": True}, ["FLAT"]),
        ({"brand": "montferre", "season": "summer", "fuel_efficiency": "A"}, ["MARKED"]),
    ],
)
def test_each_filter_narrows_the_search(catalogue: Any, asked: dict[str, Any], expected: list[str]) -> None:
    assert ids_of("2055516", **asked) == expected


def offered(**asked: Any) -> dict[str, Any]:
    return {each.article.source_id: each for each in queries.offers("2055516", Filters(**asked), on=DAY)}


def test_an_article_that_cannot_be_quoted_says_why_and_has_no_price(catalogue: Any) -> None:
    with catalogue.own():
        found = offered()
    assert {name: each.refusal for name, each in found.items() if each.refusal} == {
        "POUND": Refusal.NOT_IN_EUROS, "SOON": Refusal.NOT_YET_SOLD,
        "GONE": Refusal.NO_LONGER_SOLD, "LATER": Refusal.NOT_YET_VALID,
    }  # fmt: skip
    assert all((each.unit_ttc is None) == (each.refusal is not None) for each in found.values())
    assert list(found)[:5] == ["CHEAP", "SNOW", "MID", "FLAT", "MARKED"]
    assert found["MARKED"].unit_ttc == Decimal("99.99")
    assert (found["MID"].label_status, found["FLAT"].label_status) == ("graded", "missing")
    with catalogue.own():
        later = {each.article.source_id: each for each in queries.offers("2055516", on=date(2026, 11, 23))}
    assert (later["LATER"].refusal, later["LATER"].unit_ttc) == (None, Decimal("40.02"))


def test_price_rules_are_this_repairers_own_and_the_lowest_priority_counts(catalogue: Any, at: datetime) -> None:
    with catalogue.own():
        actions.set_price_rule(rule_id=None, priority=20, percent=Decimal("10.00"), terms=Terms(), by=BY, at=at)
        marked = Terms(brand="Montferre", oe_mark="j", season="summer", rim_to_inch=Decimal(16))
        rule = actions.set_price_rule(rule_id=None, priority=10, percent=Decimal(-5), terms=marked, by=BY, at=at)
        found = offered()
        assert (found["MARKED"].unit_ttc, found["MARKED"].rule_id) == (Decimal("94.99"), rule.id)
        assert (found["MID"].unit_ttc, found["CHEAP"].unit_ttc) == (Decimal("77.00"), Decimal("55.00"))
    with catalogue.other():
        assert offered()["MID"].unit_ttc == Decimal("70.00")
        with pytest.raises(actions.NoSuchPriceError):
            actions.end_price_rule(rule_id=rule.id, by=BY, at=at)
    with catalogue.own():
        actions.end_price_rule(rule_id=rule.id, by=BY, at=at)
        assert offered()["MARKED"].unit_ttc == Decimal("109.99")


def test_tiers_are_the_networks_and_spellings_of_a_brand_share_them(catalogue: Any, at: datetime) -> None:
    actions.place_brand(brand="MONTFERRE", tier=Tier.PREMIUM, by=BY, at=at)
    actions.place_brand(brand="veloria", tier=Tier.BUDGET, by=BY, at=at)
    actions.place_brand(brand="veloria", tier=None, by=BY, at=at)
    with catalogue.own():
        tiers = {name: each.tier for name, each in offered().items()}
    assert {name for name, tier in tiers.items() if tier} == {"FLAT", "MARKED"}
    assert tiers["MARKED"] is Tier.PREMIUM
    assert [(row["brand_key"], row["count"], row["tier"]) for row in queries.brands()] == [
        ("kestrane", 2, ""), ("montferre", 2, "premium"), ("pneulac", 1, ""), ("veloria", 5, ""),
    ]  # fmt: skip
    with pytest.raises(actions.BrandUnknownError):
        actions.place_brand(brand="Michel", tier=Tier.BUDGET, by=BY, at=at)


def tariff(at: datetime) -> None:
    for label, price, extra, rim in (
        ("Montage", "12.00", Extra.FITTING, 0), ("Montage 18 pouces", "19.90", Extra.FITTING, 18),
        ("Équilibrage", "7.50", Extra.BALANCING, 0), ("Géométrie", "89.00", None, 0),
    ):  # fmt: skip
        sold = Sold(label, Decimal(price), Decimal("20.00"), extra, Decimal(rim))
        actions.set_service(service_id=None, sold=sold, by=BY, at=at)


def test_the_fitted_price_of_a_set_with_its_toggles(catalogue: Any, at: datetime) -> None:
    actions.set_eco_rate(tyre_class="C1", from_date=date(2026, 1, 1), amount_ttc=Decimal("1.44"), by=BY, at=at)
    article = queries.search("2055516 montferre sport")[0]
    with catalogue.own():
        tariff(at)
        taken = {Extra.FITTING, Extra.BALANCING, Extra.VALVE, Extra.ECO}
        asked: dict[str, Any] = {"quantity": 4, "vat_rate": Decimal(20), "on": DAY}
        found = queries.fitted_price(article, taken=taken, **asked)
        assert [(each.label, each.total_ttc) for each in found.lines] == [
            ("Montferre Sport 205/55 R16 94W XL J LR1", Decimal("399.96")), ("Montage", Decimal("48.00")),
            ("Équilibrage", Decimal("30.00")), ("", Decimal("5.76")),
        ]  # fmt: skip
        assert (found.total_ttc, found.absent) == (Decimal("483.72"), (Extra.VALVE,))
        assert queries.fitted_price(article, taken=(), **asked).total_ttc == Decimal("399.96")
        for wrong in (queries.search("2055516 albion")[0], article):
            with pytest.raises(ValueError, match="quoted"):
                queries.fitted_price(wrong, taken=(), **{**asked, "quantity": 4 if wrong != article else 0})
    with catalogue.other():
        assert queries.fitted_price(article, taken={Extra.FITTING}, **asked).absent == (Extra.FITTING,)
        assert list(queries.services()) == []


def test_services_and_rules_refuse_what_makes_no_sense_and_write_nothing(catalogue: Any, at: datetime) -> None:
    def service(label: str = "Montage", price: str = "5", vat: str = "20", extra: Any = None, rim: str = "0") -> None:
        sold = Sold(label, Decimal(price), Decimal(vat), extra, Decimal(rim))
        actions.set_service(service_id=None, sold=sold, by=BY, at=at)

    def rule(priority: int = 5, percent: str = "5", **terms: Any) -> None:
        actions.set_price_rule(
            rule_id=None, priority=priority, percent=Decimal(percent), terms=Terms(**terms), by=BY, at=at
        )

    with catalogue.own():
        tariff(at)
        rule(7)
        refused: list[tuple[Any, dict[str, Any], type[Exception]]] = [
            (service, {"price": "-1"}, actions.PriceRefusedError),
            (service, {"price": "1.001"}, actions.PriceRefusedError),
            (service, {"price": "NaN"}, actions.PriceRefusedError),
            (service, {"vat": "101"}, actions.PriceRefusedError),
            (service, {"label": " "}, actions.PriceRefusedError),
            (service, {"label": "x" * 201}, text.Refused),
            (service, {"rim": "16.3"}, actions.PriceRefusedError),
            (service, {"extra": Extra.ECO}, actions.ExtraRefusedError),
            (service, {"extra": Extra.FITTING}, actions.StepTakenError),
            (rule, {"priority": 7}, actions.StepTakenError),
            (rule, {"priority": -1}, actions.PriceRefusedError),
            (rule, {"percent": "-90.01"}, actions.PriceRefusedError),
            (rule, {"percent": "900.01"}, actions.PriceRefusedError),
            (rule, {"season": "monsoon"}, actions.PriceRefusedError),
            (rule, {"rim_from_inch": Decimal(18), "rim_to_inch": Decimal(17)}, actions.PriceRefusedError),
        ]
        for act, told, error in refused:
            with pytest.raises(error):
                act(**told)
        with pytest.raises(actions.NoSuchPriceError):
            actions.end_service(service_id=ids.new(), by=BY, at=at)
        assert (queries.services().count(), queries.price_rules().count()) == (4, 1)
    with pytest.raises(actions.PriceRefusedError):
        actions.set_eco_rate(tyre_class="C4", from_date=DAY, amount_ttc=Decimal(1), by=BY, at=at)


def test_offers_cost_the_same_statements_whatever_is_found(catalogue: Any) -> None:
    def cost(size: str) -> int:
        with catalogue.own(), CaptureQueriesContext(connection) as captured:
            queries.offers(size, on=DAY)
        return len(captured)

    assert cost("2055516") == cost("2254517")
