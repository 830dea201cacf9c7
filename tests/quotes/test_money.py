"""Money of a quote: to the cent, whatever the order, and never a float."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.quotes.rules import money

CENT = Decimal("0.01")
RATES = [Decimal(text) for text in ("20", "5.50", "8.5", "2.10", "0")]
DAY = date(2026, 11, 22)


def amounts(least: str, most: str) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=Decimal(least), max_value=Decimal(most), places=2)


LINES = st.lists(
    st.builds(
        money.Line,
        quantity=amounts("0.01", "9999.99"),
        unit_price=amounts("0", "999999.99"),
        rate=st.sampled_from(RATES),
    ),
    max_size=30,
)


def line(quantity: str, unit: str, rate: str = "20", discount: str = "0") -> money.Line:
    return money.Line(Decimal(quantity), Decimal(unit), Decimal(rate), Decimal(discount))


def test_ninety_nine_ninety_nine_is_eighty_three_thirty_two_and_sixteen_sixty_seven() -> None:
    part = money.RateTotal(Decimal("20.00"), Decimal("83.32"), Decimal("16.67"), Decimal("99.99"))
    assert money.totals([line("1", "99.99")]) == money.Totals((part,), part.ht, part.vat, part.ttc)


def test_two_rates_are_added_apart_the_highest_first() -> None:
    lines = [line("1", "1240", "5.5"), line("4", "99.99"), line("4", "18.50", "20.00", "8.00"), line("1", "89.00")]
    totals = money.totals(lines)
    assert [(part.rate, part.ht, part.vat, part.ttc) for part in totals.by_rate] == [
        (Decimal(20), Decimal("462.47"), Decimal("92.49"), Decimal("554.96")),
        (Decimal("5.5"), Decimal("1175.36"), Decimal("64.64"), Decimal("1240.00")),
    ]
    assert (totals.ht, totals.vat, totals.ttc) == (Decimal("1637.83"), Decimal("157.13"), Decimal("1794.96"))


@pytest.mark.parametrize(
    ("quantity", "unit", "discount", "total"),
    [
        ("0.5", "0.01", "0", "0.01"),
        ("1.5", "0.03", "0", "0.05"),
        ("0.1", "0.04", "0", "0.00"),
        ("4", "18.50", "8", "66.00"),
        ("0.5", "0.05", "0.01", "0.02"),
        ("1", "10", "10", "0.00"),
    ],
)
def test_a_line_is_rounded_half_up_after_its_discount(quantity: str, unit: str, discount: str, total: str) -> None:
    assert money.line_total(line(quantity, unit, discount=discount)) == Decimal(total)


def test_no_line_adds_up_to_nothing() -> None:
    nothing = Decimal("0.00")
    assert money.totals([]) == money.Totals((), nothing, nothing, nothing)


@given(LINES)
def test_the_price_shown_on_the_lines_is_the_price_paid(lines: list[money.Line]) -> None:
    assert money.totals(lines).ttc == sum((money.line_total(each) for each in lines), Decimal("0.00"))


@given(LINES, st.sampled_from(money.Policy))
def test_the_parts_add_up_to_the_totals_and_net_plus_tax_is_gross(
    lines: list[money.Line], policy: money.Policy
) -> None:
    totals = money.totals(lines, policy)
    for name in ("ht", "vat", "ttc"):
        assert sum((getattr(part, name) for part in totals.by_rate), Decimal("0.00")) == getattr(totals, name)
    for part in (*totals.by_rate, totals):
        assert part.ht + part.vat == part.ttc


HT = money.Policy.HT_FIRST


def test_a_company_is_told_amounts_without_tax_and_taxed_on_their_sum() -> None:
    totals = money.totals([line("4", "83.33"), line("1", "0.05", "5.5")], HT)
    assert [(part.rate, part.ht, part.vat, part.ttc) for part in totals.by_rate] == [
        (Decimal(20), Decimal("333.32"), Decimal("66.66"), Decimal("399.98")),
        (Decimal("5.5"), Decimal("0.05"), Decimal("0.00"), Decimal("0.05")),
    ]


def test_the_tax_on_the_sum_differs_by_a_cent_from_that_of_each_line() -> None:
    nets = [line("1", net) for net in ("652.84", "5.76", "56.48", "9.93")]
    assert (money.totals(nets, HT).ht, money.totals(nets, HT).vat) == (Decimal("725.01"), Decimal("145.00"))


@given(LINES)
def test_the_net_shown_to_a_company_is_the_sum_of_its_lines(lines: list[money.Line]) -> None:
    totals = money.totals(lines, HT)
    assert totals.ht == sum((money.line_total(each) for each in lines), Decimal("0.00"))
    for part in totals.by_rate:
        exact = Fraction(part.ht) * Fraction(part.rate) / 100
        assert Fraction(-1, 200) < Fraction(part.vat) - exact <= Fraction(1, 200)


@given(amounts("0", "9999989900"), amounts("0", "100"))
def test_a_discount_in_per_cent_is_within_half_a_cent_of_its_share(price: Decimal, percent: Decimal) -> None:
    exact = Fraction(price) * Fraction(percent) / 100
    assert Fraction(-1, 200) < Fraction(money.discount(price, percent)) - exact <= Fraction(1, 200)


@given(LINES, st.sampled_from(money.Policy))
def test_a_line_split_in_two_of_whole_pieces_costs_the_same(lines: list[money.Line], policy: money.Policy) -> None:
    whole = [replace(each, quantity=Decimal(int(each.quantity) % 100 + 2)) for each in lines]
    split = [replace(each, quantity=each.quantity - 1) for each in whole] + [
        replace(each, quantity=Decimal(1)) for each in whole
    ]
    assert money.totals(split, policy) == money.totals(whole, policy)


@given(LINES)
def test_the_tax_of_a_rate_lies_within_half_a_cent_of_the_exact_one(lines: list[money.Line]) -> None:
    for part in money.totals(lines).by_rate:
        exact = Fraction(part.ttc) * Fraction(part.rate) / (100 + Fraction(part.rate))
        assert Fraction(-1, 200) < Fraction(part.vat) - exact <= Fraction(1, 200)


@given(LINES, st.sampled_from(money.Policy), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(lines: list[money.Line], policy: money.Policy, random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert money.totals(shuffled, policy) == money.totals(lines, policy)


@pytest.mark.parametrize("field", ["quantity", "unit_price", "rate", "discount"])
@pytest.mark.parametrize(
    "amount", ["-0.01", "-0", "0.001", "NaN", "sNaN", "Infinity", "-Infinity", "1e30", "1e-30", "1e11"]
)
def test_an_amount_out_of_bounds_is_refused(field: str, amount: str) -> None:
    figures = {"quantity": Decimal(1), "unit_price": Decimal(1), "rate": Decimal(20), "discount": Decimal(0)}
    with pytest.raises(money.AmountRefusedError):
        money.totals([money.Line(**{**figures, field: Decimal(amount)})])


@pytest.mark.parametrize("field", ["quantity", "unit_price", "rate", "discount"])
@pytest.mark.parametrize("amount", [1.0, 1, "1", True, None])
def test_an_amount_that_is_no_decimal_is_refused(field: str, amount: object) -> None:
    figures: dict[str, object] = {name: Decimal(1) for name in ("quantity", "unit_price", "rate", "discount")}
    with pytest.raises(TypeError):
        money.totals([money.Line(**{**figures, field: amount})])  # type: ignore[arg-type]


def test_a_quantity_of_nothing_is_refused() -> None:
    with pytest.raises(money.AmountRefusedError):
        money.line_total(line("0.00", "10"))


def test_a_discount_above_its_line_is_refused() -> None:
    with pytest.raises(money.AmountRefusedError):
        money.line_total(line("2", "10", discount="20.01"))


def test_lines_beyond_the_bound_are_refused() -> None:
    assert money.totals([line("1", "1")] * money.MAX_LINES).ttc == Decimal(money.MAX_LINES)
    with pytest.raises(money.TooManyLinesError):
        money.totals([line("1", "1")] * (money.MAX_LINES + 1))


@pytest.mark.parametrize(
    ("territory", "rates"),
    [
        (money.Territory.METROPOLITAN, ("20", "5.5")),
        (money.Territory.ANTILLES_REUNION, ("8.5", "2.1")),
        (money.Territory.GUIANA_MAYOTTE, ("0",)),
    ],
)
def test_each_territory_has_its_rates(territory: money.Territory, rates: tuple[str, ...]) -> None:
    assert money.vat_rates(territory, DAY) == tuple(map(Decimal, rates))


def test_no_rate_is_known_before_its_day() -> None:
    place = money.Territory.METROPOLITAN
    assert (money.vat_rates(place, date(2013, 12, 31)), len(money.vat_rates(place, date(2014, 1, 1)))) == ((), 2)


def test_a_rate_of_another_territory_is_refused() -> None:
    money.check_rate(Decimal("20.0"), money.Territory.METROPOLITAN, DAY)
    with pytest.raises(money.RateRefusedError):
        money.check_rate(Decimal("8.5"), money.Territory.METROPOLITAN, DAY)


@given(LINES.filter(bool), st.fractions(0, 1))
def test_a_total_told_is_reached_to_the_cent(lines: list[money.Line], share: Fraction) -> None:
    full = money.totals(lines).ttc
    told = Decimal(int(Fraction(full) * 100 * share)) / 100
    discounts = money.reach(lines, told)
    priced = [replace(each, discount=off) for each, off in zip(lines, discounts, strict=True)]
    assert money.totals(priced).ttc == sum((money.line_total(each) for each in priced), Decimal(0)) == told


def test_a_total_above_the_lines_is_refused() -> None:
    with pytest.raises(money.AmountRefusedError):
        money.reach([line("4", "99.99")], Decimal("399.97"))
    assert money.reach([line("4", "99.99"), line("1", "10")], Decimal("399.99")) == (Decimal("9.73"), Decimal("0.24"))
