"""Price rules, eco-contributions and fitted prices, as pure decisions."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.catalogue.rules import pricing
from gardien.catalogue.rules.pricing import EcoRate, Extra, ExtraPrice, FittedLine, Rule, TyreFacts

TYRE = TyreFacts("kestrane", Decimal(18), "winter", ("J", "LR1"))
BRANDS, SEASONS, MARKS = ("", "kestrane", "montferre"), ("", "summer", "winter"), ("", "J", "AO")

cents = st.integers(1, 9_999_999).map(lambda amount: Decimal(amount).scaleb(-2))
percents = st.integers(-9_000, 90_000).map(lambda amount: Decimal(amount).scaleb(-2))
rims = st.sampled_from([Decimal(text) for text in ("13", "16", "17.5", "18", "21")])


def rule(priority: int, percent: str = "10", **terms: Any) -> Rule:
    return Rule(UUID(int=priority), priority, Decimal(percent), **terms)


rules = st.lists(
    st.builds(
        Rule,
        id=st.uuids(),
        priority=st.integers(0, 99),
        percent=percents,
        brand_key=st.sampled_from(BRANDS),
        rim_from_inch=st.none() | rims,
        rim_to_inch=st.none() | rims,
        season=st.sampled_from(SEASONS),
        oe_mark=st.sampled_from(MARKS),
    ),
    unique_by=lambda each: each.priority,
    max_size=8,
)
tyres = st.builds(
    TyreFacts,
    st.sampled_from(BRANDS[1:]),
    rims,
    st.sampled_from(SEASONS),
    st.lists(st.sampled_from(MARKS[1:]), unique=True).map(tuple),
)


def test_the_rule_of_the_lowest_priority_that_fits_counts_alone() -> None:
    known = [rule(30), rule(10, brand_key="montferre"), rule(20, oe_mark="J"), rule(40, season="winter")]
    assert pricing.chosen_rule(known, TYRE) == known[2]
    assert pricing.chosen_rule([], TYRE) is None


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({}, True),
        ({"brand_key": "kestrane"}, True),
        ({"brand_key": "kestran"}, False),
        ({"rim_from_inch": Decimal(18)}, True),
        ({"rim_from_inch": Decimal("18.5")}, False),
        ({"rim_to_inch": Decimal(18)}, True),
        ({"rim_to_inch": Decimal(17)}, False),
        ({"season": "winter"}, True),
        ({"season": "summer"}, False),
        ({"oe_mark": "LR1"}, True),
        ({"oe_mark": "LR"}, False),
        ({"oe_mark": "J", "season": "summer"}, False),
    ],
)
def test_a_rule_fits_only_when_all_it_asks_is_there(terms: dict[str, Any], fits: bool) -> None:
    assert rule(1, **terms).fits(TYRE) is fits


@given(rules, tyres, st.randoms())
def test_the_choice_does_not_depend_on_the_order_and_nobody_lower_fits(
    known: list[Rule], tyre: TyreFacts, random: Any
) -> None:
    chosen = pricing.chosen_rule(known, tyre)
    shuffled = list(known)
    random.shuffle(shuffled)
    assert pricing.chosen_rule(shuffled, tyre) == chosen
    before = [each for each in known if chosen is None or each.priority < chosen.priority]
    assert not any(each.fits(tyre) for each in before)
    assert chosen is None or chosen.fits(tyre)


@given(cents)
def test_without_a_rule_the_price_is_the_lists_to_the_cent(price: Decimal) -> None:
    assert pricing.priced(price, None) == price
    assert pricing.priced(price, rule(1, "0")) == price
    assert str(pricing.priced(Decimal("99.99"), None)) == "99.99"


@given(cents, percents)
def test_a_marked_up_price_is_the_nearest_cent(price: Decimal, percent: Decimal) -> None:
    found = pricing.priced(price, rule(1, str(percent)))
    exact = price * (100 + percent) / 100
    assert found == round(found, 2)
    assert abs(found - exact) <= Decimal("0.005")
    assert found - exact != Decimal("-0.005")


@given(cents, percents, percents)
def test_a_higher_mark_up_never_makes_a_lower_price(price: Decimal, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert pricing.priced(price, rule(1, str(low))) <= pricing.priced(price, rule(1, str(high)))


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        pricing.priced(99.99, None)  # type: ignore[arg-type]


def test_the_eco_contribution_is_the_lists_own_else_the_rate_of_the_day() -> None:
    rates = [
        EcoRate("C1", date(2025, 1, 1), Decimal("1.50")), EcoRate("C1", date(2024, 1, 1), Decimal("1.44")),
        EcoRate("C2", date(2024, 1, 1), Decimal("2.00")),
    ]  # fmt: skip
    asked = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    assert [pricing.eco_contribution(None, "C1", day, rates) for day in asked] == [
        None, Decimal("1.44"), Decimal("1.44"), Decimal("1.50"),
    ]  # fmt: skip
    assert pricing.eco_contribution(Decimal("0.00"), "C1", asked[3], rates) == 0
    assert pricing.eco_contribution(None, "C3", asked[3], rates) is None


TARIFF = (
    ExtraPrice(Extra.FITTING, "Montage", Decimal("12.00"), Decimal(20)),
    ExtraPrice(Extra.FITTING, "Montage grande jante", Decimal("19.90"), Decimal(20), Decimal(18)),
    ExtraPrice(Extra.BALANCING, "Équilibrage", Decimal("7.50"), Decimal(20)),
    ExtraPrice(Extra.ECO, "", Decimal("1.44"), Decimal(20)),
)


def line(quantity: int, unit: str) -> FittedLine:
    return FittedLine(None, "Kestrane", quantity, Decimal(unit), Decimal(20))


def test_a_fitted_price_is_the_sum_of_what_was_taken() -> None:
    found = pricing.fitted(line(4, "99.99"), Decimal(16), TARIFF, {Extra.ECO, Extra.FITTING, Extra.VALVE})
    assert [(each.extra, each.quantity, each.unit_ttc) for each in found.lines] == [
        (None, 4, Decimal("99.99")), (Extra.FITTING, 4, Decimal("12.00")), (Extra.ECO, 4, Decimal("1.44")),
    ]  # fmt: skip
    assert (found.total_ttc, found.absent) == (Decimal("453.72"), (Extra.VALVE,))


def test_the_step_of_the_tariff_is_the_highest_that_begins_at_or_below_the_rim() -> None:
    def asked(rim: str) -> str | None:
        step = pricing.extra_price(TARIFF, Extra.FITTING, Decimal(rim))
        return step and step.label

    assert [asked(rim) for rim in ("13", "17.5", "18", "22")] == [
        "Montage", "Montage", "Montage grande jante", "Montage grande jante",
    ]  # fmt: skip
    assert pricing.extra_price(TARIFF[1:2], Extra.FITTING, Decimal(17)) is None


@given(st.integers(1, 99), cents, rims, st.sets(st.sampled_from(Extra)), st.sampled_from(Extra))
def test_an_extra_that_is_toggled_moves_the_price_by_its_line_and_nothing_else(
    quantity: int, unit: Decimal, rim: Decimal, taken: set[Extra], toggled: Extra
) -> None:
    tyre = line(quantity, str(unit))
    without, with_it = (
        pricing.fitted(tyre, rim, TARIFF, taken - {toggled}),
        pricing.fitted(tyre, rim, TARIFF, taken | {toggled}),
    )
    step = pricing.extra_price(TARIFF, toggled, rim)
    assert with_it.total_ttc - without.total_ttc == (quantity * step.unit_ttc if step else 0)
    assert [each for each in with_it.lines if each.extra is not toggled] == list(without.lines)
    assert set(with_it.absent) - set(without.absent) == (set() if step else {toggled})
