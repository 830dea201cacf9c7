"""Legal time agrees, request by request, with the slow and obvious model that walks the days."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.commitment.policy import Period
from gardien.commitment.policy.clauses import Delay
from gardien.commitment.policy.legal_time import (
    Extension,
    ExtensionRefusedError,
    Suspension,
    Territory,
    deadline,
    french_holidays,
    governing_deadline,
    next_working_day,
    retention_end,
    same_numbered_day,
)

from . import legal_time_model as model

TERRITORIES: tuple[Territory, ...] = get_args(Territory)
MONTH = Period(months=1)

days = st.dates(date(2018, 1, 1), date(2060, 12, 31))
instants = st.builds(
    lambda day, seconds: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds),
    days,
    st.integers(0, 86399),
)
territories = st.sampled_from(TERRITORIES)
units = st.tuples(st.integers(0, 3), st.integers(0, 14), st.integers(0, 40)).filter(any)
periods = units.map(lambda counts: Period(years=counts[0], months=counts[1], days=counts[2]))
many = settings(max_examples=200, deadline=None)


@st.composite
def suspended_requests(draw: st.DrawFn) -> tuple[date, list[Suspension]]:
    received = draw(days)
    pairs = draw(st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 30)), max_size=4))
    asked = [(received + timedelta(days=after), length) for after, length in pairs]
    return received, [Suspension(a, None if n is None else a + timedelta(days=n)) for a, n in asked]


@pytest.mark.parametrize("territory", TERRITORIES)
def test_holidays_agree_with_the_moon_for_a_century(territory: Territory) -> None:
    for year in range(2008, 2100):
        every = (date(year, 1, 1) + timedelta(days=number) for number in range(365 + (year % 4 == 0)))
        assert french_holidays(year, territory) == {each for each in every if model.is_holiday(each, territory)}


@many
@given(days, periods)
def test_periods_end_where_walking_them_ends(start: date, period: Period) -> None:
    assert same_numbered_day(start, period) == model.walk(start, period)


@many
@given(days, territories)
def test_the_next_working_day_is_the_first_one_met(start: date, territory: Territory) -> None:
    met = (start + timedelta(days=number) for number in range(9))
    assert next_working_day(start, territory) == next(each for each in met if model.is_working(each, territory))


@many
@given(suspended_requests(), periods, territories)
def test_deadlines_fall_where_walking_them_falls(
    request: tuple[date, list[Suspension]], period: Period, territory: Territory
) -> None:
    received, stops = request
    found = deadline(received, period, suspensions=stops, territory=territory)
    assert found.due == model.due(received, period, stops, territory)
    assert found.first_due == model.due(received, period, [], territory)


@many
@given(suspended_requests(), st.sampled_from([MONTH, Period(days=15), Period(months=2)]), st.integers(-3, 80))
def test_extensions_are_those_a_walk_allows(
    request: tuple[date, list[Suspension]], period: Period, sent_after: int
) -> None:
    received, stops = request
    letter = Extension(received + timedelta(days=sent_after), is_reasoned=True)
    limits = [model.due(received, each, stops, "metropolitan") or date.max for each in (MONTH, period)]
    if not received <= letter.sent_day <= min(limits):
        with pytest.raises(ExtensionRefusedError):
            deadline(received, period, suspensions=stops, extension=letter)
        return
    longer = Period(months=period.months + 2, days=period.days)
    found = deadline(received, period, suspensions=stops, extension=letter)
    assert found.due == model.due(received, longer, stops, "metropolitan")


@many
@given(suspended_requests(), periods, st.integers(0, 40) | st.none(), st.sampled_from(["receipt", "complete_request"]))
def test_the_governing_day_is_the_earlier_of_two_walks(
    request: tuple[date, list[Suspension]], period: Period, completed_after: int | None, start: str
) -> None:
    received, stops = request
    completed = None if completed_after is None else received + timedelta(days=completed_after)
    promise = Delay.model_validate({"period": period, "start": start})
    begins = received if start == "receipt" else completed
    walked = [model.due(received, MONTH, stops, "metropolitan")]
    walked += [model.due(begins, period, stops, "metropolitan")] if begins else []
    found = governing_deadline(promise, received=received, completed=completed, suspensions=stops)
    assert found.due == min((each for each in walked if each), default=None)


@many
@given(instants, periods)
def test_retentions_end_when_the_wall_clock_shows_the_day(at: datetime, period: Period) -> None:
    assert retention_end(at, period) == model.retention_end(at, period)
