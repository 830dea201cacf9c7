"""The night's sweep: at half past two in Paris whatever the season, once, and caught up when it was missed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.portal import nightly

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-29T01:29", "2026-11-28T01:30"),
        ("2026-11-29T01:30", "2026-11-29T01:30"),
        ("2026-11-29T23:59", "2026-11-29T01:30"),
        ("2026-07-14T00:29", "2026-07-13T00:30"),
        ("2026-07-14T00:30", "2026-07-14T00:30"),
        # In March 02:30 does not exist: the instant is the one at which it would have been.
        ("2027-03-28T01:29", "2027-03-27T01:30"),
        ("2027-03-28T01:30", "2027-03-28T01:30"),
        ("2027-03-29T00:30", "2027-03-29T00:30"),
        # In October it comes twice, and counts once.
        ("2026-10-25T00:30", "2026-10-25T00:30"),
        ("2026-10-25T01:30", "2026-10-25T00:30"),
        ("2026-10-26T01:29", "2026-10-25T00:30"),
        ("2026-10-26T01:30", "2026-10-26T01:30"),
    ],
)
def test_a_sweep_is_due_at_half_past_two_in_paris_summer_and_winter(at: str, due: str) -> None:
    assert nightly.last_due(utc(at)) == utc(due)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_last_hour_is_never_to_come_and_never_older_than_a_night(at: datetime) -> None:
    due = nightly.last_due(at)
    assert timedelta(0) <= at - due < timedelta(hours=25)
    assert nightly.last_due(due) == due
    assert nightly.last_due(due - MINUTE) < due
    assert due.astimezone(PARIS).date() in {at.astimezone(PARIS).date() - timedelta(days=n) for n in (0, 1)}


def test_there_is_one_sweep_for_each_day_of_ten_years() -> None:
    day, found = datetime(2026, 1, 1, 12, tzinfo=UTC), []
    for _ in range(3653):
        found.append(nightly.last_due(day).astimezone(PARIS).date())
        day += timedelta(days=1)
    assert found == [date(2026, 1, 1) + timedelta(days=number) for number in range(3653)]
