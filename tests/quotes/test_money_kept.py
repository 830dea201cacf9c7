"""Money of a quote: what may be done to its lines without moving a cent that it must not move."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gardien.quotes.rules import money
from tests.quotes.test_money import CENT, LINES, RATES, amounts

ZERO = Decimal("0.00")
POLICIES = st.sampled_from(money.Policy)
PERCENTS = amounts("0", "100")


def told(totals: money.Totals, policy: money.Policy) -> Decimal:
    """Return the total in the kind of euros in which the lines are told."""
    return totals.ttc if policy is money.Policy.TTC_FIRST else totals.ht


def whole(lines: list[money.Line]) -> list[money.Line]:
    """Return the lines with whole quantities from 1 to 100."""
    return [replace(each, quantity=Decimal(int(each.quantity) % 100 + 1)) for each in lines]


def off(lines: list[money.Line], percents: list[Decimal]) -> list[money.Line]:
    """Return the lines, each with its discount in per cent."""
    pairs = zip(lines, percents, strict=False)
    return [replace(line, discount=money.discount(money.line_total(line), percent)) for line, percent in pairs]


@given(LINES, POLICIES)
def test_doubled_quantities_double_the_total_told(lines: list[money.Line], policy: money.Policy) -> None:
    once = whole(lines)
    twice = [replace(each, quantity=2 * each.quantity) for each in once]
    assert told(money.totals(twice, policy), policy) == 2 * told(money.totals(once, policy), policy)


@given(LINES, POLICIES, st.integers(1, 9))
def test_so_many_pieces_cost_what_as_many_lines_of_one_piece_cost(
    lines: list[money.Line], policy: money.Policy, pieces: int
) -> None:
    together = [replace(each, quantity=Decimal(pieces)) for each in lines]
    apart = [replace(each, quantity=Decimal(1)) for each in lines for _ in range(pieces)]
    assert money.totals(together, policy) == money.totals(apart, policy)


@given(LINES, POLICIES, st.randoms(use_true_random=False))
def test_rates_dealt_otherwise_leave_the_total_told_as_it_is(
    lines: list[money.Line], policy: money.Policy, random: object
) -> None:
    rates = [each.rate for each in lines]
    random.shuffle(rates)  # type: ignore[attr-defined]
    dealt = [replace(each, rate=rate) for each, rate in zip(lines, rates, strict=True)]
    assert told(money.totals(dealt, policy), policy) == told(money.totals(lines, policy), policy)


@given(LINES, LINES, POLICIES)
def test_lines_of_other_rates_leave_a_rates_part_as_it_is(
    lines: list[money.Line], others: list[money.Line], policy: money.Policy
) -> None:
    own = [replace(each, rate=Decimal(20)) for each in lines[:15]]
    strange = [replace(each, rate=Decimal("5.50")) for each in others[:15]]
    alone = money.totals(own, policy).by_rate
    assert tuple(part for part in money.totals(strange + own, policy).by_rate if part.rate == Decimal(20)) == alone


@given(LINES, POLICIES, st.lists(PERCENTS, min_size=30, max_size=30))
def test_a_discount_in_per_cent_is_the_same_as_those_euros_and_nothing_of_nothing(
    lines: list[money.Line], policy: money.Policy, percents: list[Decimal]
) -> None:
    cut = off(lines, percents)
    taken = sum((each.discount for each in cut), ZERO)
    assert told(money.totals(cut, policy), policy) + taken == told(money.totals(lines, policy), policy)
    assert money.totals(off(lines, [ZERO] * len(lines)), policy) == money.totals(lines, policy)
    assert money.totals(off(lines, [Decimal(100)] * len(lines)), policy).ttc == ZERO


@given(LINES, POLICIES, st.fractions(0, 1))
def test_a_total_told_is_reached_under_either_policy_and_again(
    lines: list[money.Line], policy: money.Policy, share: Fraction
) -> None:
    total = Decimal(int(Fraction(told(money.totals(lines, policy), policy)) * 100 * share)) / 100
    reached = [replace(each, discount=cut) for each, cut in zip(lines, money.reach(lines, total), strict=True)]
    assert told(money.totals(reached, policy), policy) == (total if lines else ZERO)
    assert money.reach(reached, total) == tuple(each.discount for each in reached)
    assert all(ZERO <= each.discount <= money.line_total(replace(each, discount=ZERO)) for each in reached)


@given(LINES.filter(bool), st.fractions(0, 1))
def test_what_is_taken_off_is_shared_as_the_lines_weigh_to_the_cent(lines: list[money.Line], share: Fraction) -> None:
    prices = [money.line_total(each) for each in lines]
    full = sum(prices, ZERO)
    total = Decimal(int(Fraction(full) * 100 * share)) / 100
    for price, cut in zip(prices, money.reach(lines, total), strict=True):
        exact = Fraction(full - total) * Fraction(price) / Fraction(full) if full else Fraction(0)
        assert abs(Fraction(cut) - exact) < Fraction(CENT)


@given(st.integers(1, 60), st.sampled_from(RATES), st.data())
def test_ninety_nine_ninety_nine_is_reached_however_it_is_split(
    pieces: int, rate: Decimal, data: st.DataObject
) -> None:
    total = Decimal("99.99")
    prices = data.draw(st.lists(amounts("99.99", "400"), min_size=pieces, max_size=pieces))
    lines = [money.Line(Decimal(1), price, rate) for price in prices]
    reached = [replace(each, discount=cut) for each, cut in zip(lines, money.reach(lines, total), strict=True)]
    assert money.totals(reached) == money.totals([money.Line(Decimal(1), total, rate)])


@given(amounts("0", "999999.99"), st.sampled_from(RATES))
def test_a_price_told_with_tax_stays_for_a_person_and_is_within_a_cent_for_a_company(
    price: Decimal, rate: Decimal
) -> None:
    assert money.unit_price(price, rate, money.Policy.TTC_FIRST) == price
    net = money.unit_price(price, rate, money.Policy.HT_FIRST)
    back = money.totals([money.Line(Decimal(1), net, rate)], money.Policy.HT_FIRST).ttc
    assert abs(back - price) <= CENT
