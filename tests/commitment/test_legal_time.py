"""Legal time: periods, holidays, suspensions, extensions, and the shorter of promise and law."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from gardien.commitment.policy import Period, load_folder
from gardien.commitment.policy.clauses import Delay
from gardien.commitment.policy.legal_time import (
    EXTENSION_PERIOD,
    RESPONSE_PERIOD,
    Extension,
    ExtensionRefusedError,
    IncompleteRequestError,
    NaiveInstantError,
    Suspension,
    SuspensionRefusedError,
    Territory,
    UnknownStartError,
    deadline,
    french_holidays,
    governing_deadline,
    retention_end,
    same_numbered_day,
)

from . import legal_time_model as model

TERRITORIES: tuple[Territory, ...] = get_args(Territory)
MONTH = Period(months=1)
TWO_YEARS = Period(years=2)
TUESDAY = date(2026, 6, 2)  # One month later: Thursday 2 July 2026.


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("year", "moving"),
    [
        (2020, {"04-13", "05-21", "06-01"}),
        (2021, {"04-05", "05-13", "05-24"}),
        (2024, {"04-01", "05-09", "05-20"}),
        (2025, {"04-21", "05-29", "06-09"}),
        (2026, {"04-06", "05-14", "05-25"}),
        (2027, {"03-29", "05-06", "05-17"}),
        (2038, {"04-26", "06-03", "06-14"}),
    ],
)
def test_the_holidays_of_a_year_are_the_eleven_of_the_law(year: int, moving: set[str]) -> None:
    assert french_holidays(year) == {day(f"{year}-{each}") for each in moving | model.FIXED}


def test_alsace_and_moselle_add_good_friday_and_saint_stephen() -> None:
    added = french_holidays(2026, "alsace-moselle") - french_holidays(2026)
    assert added == {day("2026-04-03"), day("2026-12-26")}


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2024-02-29", TWO_YEARS, "2026-02-28"),
        ("2024-02-29", Period(years=4), "2028-02-29"),
        ("2024-02-29", Period(years=1, months=1), "2025-03-29"),  # years and months count together
        ("2026-01-31", Period(months=1, days=1), "2026-03-01"),  # days come last
        ("2026-08-31", Period(months=13), "2027-09-30"),
    ],
)
def test_a_period_ends_on_the_same_numbered_day(start: str, period: Period, end: str) -> None:
    assert same_numbered_day(day(start), period) == day(end)


@pytest.mark.parametrize(
    ("received", "period", "due"),
    [
        ("2024-03-05", MONTH, "2024-04-05"),
        ("2025-03-05", MONTH, "2025-04-07"),  # Saturday
        ("2026-03-05", MONTH, "2026-04-07"),  # Easter Sunday, then Easter Monday
        ("2026-03-06", MONTH, "2026-04-07"),  # Easter Monday
        ("2026-04-14", MONTH, "2026-05-15"),  # Ascension
        ("2026-04-25", MONTH, "2026-05-26"),  # Whit Monday
        ("2026-04-01", MONTH, "2026-05-04"),  # Friday 1 May
        ("2021-11-25", MONTH, "2021-12-27"),  # 25 December, a Saturday
        ("2026-12-01", MONTH, "2027-01-04"),  # Friday 1 January
        ("2026-12-31", MONTH, "2027-02-01"),  # Sunday 31 January
        ("2025-01-31", MONTH, "2025-02-28"),
        ("2024-01-31", MONTH, "2024-02-29"),
        ("2024-02-29", MONTH, "2024-03-29"),
        ("2026-08-31", MONTH, "2026-09-30"),
        ("2026-02-28", MONTH, "2026-03-30"),  # Saturday 28 March; the clocks change on the 29th
        ("2026-09-25", MONTH, "2026-10-26"),  # Sunday 25 October, when the clocks change
        ("2023-11-30", Period(months=3), "2024-02-29"),
        ("2026-11-30", Period(months=3), "2027-03-01"),  # Sunday 28 February
        ("2024-02-29", Period(years=1), "2025-02-28"),
        ("2026-06-29", Period(days=15), "2026-07-15"),  # Tuesday 14 July
        ("2026-01-31", Period(months=1, days=3), "2026-03-03"),
    ],
)
def test_a_request_is_due_on_the_working_day_the_law_names(received: str, period: Period, due: str) -> None:
    found = deadline(day(received), period)
    assert (found.first_due, found.due, found.is_suspended) == (day(due), day(due), False)


@pytest.mark.parametrize(
    ("received", "metropolitan", "local"),
    [("2024-02-29", "2024-03-29", "2024-04-02"), ("2025-11-25", "2025-12-26", "2025-12-29")],
)
def test_the_territory_moves_the_day(received: str, metropolitan: str, local: str) -> None:
    found = [deadline(day(received), MONTH, territory=territory).due for territory in TERRITORIES]
    assert found == [day(metropolitan), day(local)]
    assert deadline(day(received), MONTH, territory="alsace-moselle").first_due == day(local)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ([("06-10", "06-17")], "07-09"),
        ([("06-15", "06-21"), ("06-10", "06-17")], "07-13"),  # 11 days, each once: Monday 13 July
        ([("06-10", "06-12"), ("06-15", "06-18")], "07-07"),
        ([("06-10", "06-20"), ("06-12", "06-14")], "07-13"),  # one inside the other: Sunday 12 July
        ([("06-10", "06-10")], "07-02"),
        ([("06-02", "06-08")], "07-07"),  # asked on receipt: that day is not of the period
        ([("07-02", "07-08")], "07-08"),  # asked on the last day
        ([("07-03", "07-08")], "07-02"),  # asked too late
        ([("07-03", None)], "07-02"),
        ([("06-10", None)], None),
        ([("06-10", None), ("06-12", "06-13")], None),
    ],
)
def test_days_spent_waiting_for_identity_are_added(asked: list[tuple[str, str | None]], due: str | None) -> None:
    stops = [Suspension(day(f"2026-{a}"), day(f"2026-{b}") if b else None) for a, b in asked]
    found = deadline(TUESDAY, MONTH, suspensions=stops)
    assert found.first_due == day("2026-07-02")
    assert (found.due, found.is_suspended) == (day(f"2026-{due}") if due else None, due is None)


def test_a_request_is_not_due_while_identity_is_awaited_over_the_last_week_end() -> None:
    asked = [Suspension(day("2026-07-06"), day("2026-07-09"))]
    assert deadline(day("2026-06-04"), MONTH, suspensions=asked).due == day("2026-07-09")


def test_suspended_days_are_added_before_a_working_day_is_sought() -> None:
    asked = [Suspension(day("2026-06-10"), day("2026-06-12"))]
    assert deadline(day("2026-06-04"), MONTH, suspensions=asked).due == day("2026-07-06")


def test_impossible_suspensions_are_refused() -> None:
    with pytest.raises(SuspensionRefusedError):
        Suspension(TUESDAY, TUESDAY - timedelta(days=1))
    with pytest.raises(SuspensionRefusedError):
        deadline(TUESDAY, MONTH, suspensions=[Suspension(TUESDAY - timedelta(days=1), TUESDAY)])


@pytest.mark.parametrize(
    ("received", "sent", "due"),
    [
        ("2026-06-02", "2026-06-02", "2026-09-02"),
        ("2026-06-02", "2026-07-02", "2026-09-02"),
        ("2026-06-04", "2026-07-06", "2026-09-04"),  # the month ends on a Saturday, so on Monday
        ("2026-01-31", "2026-02-27", "2026-04-30"),  # from receipt, not from 28 February
    ],
)
def test_a_reasoned_letter_in_the_first_month_adds_two(received: str, sent: str, due: str) -> None:
    found = deadline(day(received), MONTH, extension=Extension(day(sent), is_reasoned=True))
    assert found.due == day(due)
    assert found.first_due == deadline(day(received), MONTH).due


@pytest.mark.parametrize(
    ("sent", "is_reasoned", "period"),
    [
        ("2026-07-03", True, MONTH),
        ("2026-06-01", True, MONTH),
        ("2026-06-20", False, MONTH),
        ("2026-06-20", True, Period(days=15)),
        ("2026-07-10", True, Period(months=2)),
    ],
)
def test_any_other_letter_extends_nothing(sent: str, is_reasoned: bool, period: Period) -> None:
    with pytest.raises(ExtensionRefusedError):
        deadline(TUESDAY, period, extension=Extension(day(sent), is_reasoned=is_reasoned))


def test_the_first_month_of_the_letter_is_suspended_too() -> None:
    letter = Extension(day("2026-07-10"), is_reasoned=True)
    closed = deadline(TUESDAY, MONTH, suspensions=[Suspension(day("2026-06-10"), day("2026-06-20"))], extension=letter)
    opened = deadline(TUESDAY, MONTH, suspensions=[Suspension(day("2026-06-10"))], extension=letter)
    assert (closed.due, opened.due) == (day("2026-09-14"), None)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-02-29T12:00+01:00", "2026-02-28T00:00+01:00"),
        ("2024-06-15T12:00+02:00", "2026-06-15T00:00+02:00"),
        ("2024-03-29T12:00+01:00", "2026-03-29T00:00+01:00"),  # clocks go forward later that day
        ("2023-10-26T12:00+02:00", "2025-10-26T00:00+02:00"),  # clocks go back later that day
        ("2024-06-14T22:30+00:00", "2026-06-15T00:00+02:00"),  # already the 15th in Paris
        ("2024-12-31T23:30+00:00", "2027-01-01T00:00+01:00"),
        ("2024-05-01T00:00+02:00", "2026-05-01T00:00+02:00"),  # a holiday moves no retention
    ],
)
def test_two_years_end_at_midnight_in_paris_on_the_same_numbered_day(start: str, end: str) -> None:
    found = retention_end(datetime.fromisoformat(start), TWO_YEARS)
    assert (found, found.tzinfo) == (datetime.fromisoformat(end), UTC)


def test_a_retention_from_winter_ends_by_the_clock_of_summer() -> None:
    found = retention_end(datetime(2026, 1, 15, 12, tzinfo=UTC), Period(months=6))
    assert found == datetime(2026, 7, 14, 22, tzinfo=UTC)


def test_a_naive_instant_has_no_retention() -> None:
    with pytest.raises(NaiveInstantError):
        retention_end(datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None), TWO_YEARS)


def test_the_law_answers_in_a_month_and_two_more() -> None:
    assert Period(months=1) == RESPONSE_PERIOD
    assert Period(months=2) == EXTENSION_PERIOD


def test_the_promise_to_users_of_2020_is_governed_by_the_law() -> None:
    promise = load_folder().in_force(day("2020-01-25")).clauses["user.rights.delay"].delay
    assert promise is not None
    found = governing_deadline(promise, received=TUESDAY, completed=day("2026-06-05"))
    assert found.promise is not None
    assert (found.promise.due, found.law.due) == (day("2026-08-05"), day("2026-07-02"))
    assert (found.due, found.governed_by) == (day("2026-07-02"), "law")


@pytest.mark.parametrize(
    ("period", "start", "extension", "sent", "due", "governed_by"),
    [
        (MONTH, "receipt", None, None, "07-02", "law"),
        (Period(days=15), "receipt", None, None, "06-17", "promise"),
        (Period(days=15), "complete_request", None, None, "06-22", "promise"),  # Saturday 20 June
        (MONTH, "receipt", None, "06-20", "07-02", "promise"),
        (MONTH, "receipt", "law", "06-20", "09-02", "law"),
        (Period(days=15), "receipt", "law", "06-10", "08-17", "promise"),
        (Period(days=15), "receipt", "law", "06-20", "06-17", "promise"),  # the promised day was over
    ],
)
def test_the_shorter_of_promise_and_law_governs(
    period: Period, start: str, extension: str | None, sent: str | None, due: str, governed_by: str
) -> None:
    promise = Delay.model_validate({"period": period, "start": start, "extension": extension})
    letter = Extension(day(f"2026-{sent}"), is_reasoned=True) if sent else None
    found = governing_deadline(promise, received=TUESDAY, completed=day("2026-06-05"), extension=letter)
    assert (found.due, found.governed_by) == (day(f"2026-{due}"), governed_by)


def test_an_incomplete_request_is_due_by_the_law() -> None:
    promise = Delay(period=MONTH, start="complete_request")
    found = governing_deadline(promise, received=TUESDAY, completed=None)
    assert (found.promise, found.due, found.governed_by) == (None, day("2026-07-02"), "law")
    with pytest.raises(IncompleteRequestError):
        governing_deadline(promise, received=TUESDAY, completed=TUESDAY - timedelta(days=1))


def test_a_promise_that_ended_before_the_doubt_still_governs() -> None:
    short = Delay(period=Period(days=7), start="receipt")
    doubt = [Suspension(day("2026-06-15"))]
    found = governing_deadline(short, received=TUESDAY, completed=TUESDAY, suspensions=doubt)
    assert (found.law.due, found.due, found.governed_by) == (None, day("2026-06-09"), "promise")
    all_suspended = governing_deadline(short, received=TUESDAY, completed=TUESDAY, suspensions=[Suspension(TUESDAY)])
    assert (all_suspended.due, all_suspended.governed_by) == (None, "law")


def test_a_delay_from_another_event_is_refused() -> None:
    with pytest.raises(UnknownStartError, match="answer"):
        governing_deadline(Delay(period=MONTH, start="answer"), received=TUESDAY, completed=TUESDAY)
