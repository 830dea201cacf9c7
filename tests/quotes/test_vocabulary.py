"""Numbers and validity of a quote."""

from datetime import UTC, date, datetime

import pytest

from gardien.quotes.rules import vocabulary


def test_a_number_names_repairer_year_and_rank() -> None:
    assert vocabulary.number("RA042", 2026, 123) == "D-RA042-2026-000123"


@pytest.mark.parametrize(
    ("code", "year", "rank"),
    [
        *((code, 2026, 1) for code in ("", "ra", "R-1", "RA\n", "R" * 13)),
        ("RA", 26, 1),
        ("RA", 2026, 0),
        ("RA", 2026, 10**6),
    ],
)
def test_a_number_of_anything_else_is_refused(code: str, year: int, rank: int) -> None:
    with pytest.raises(ValueError, match="number"):
        vocabulary.number(code, year, rank)


def test_validity_counts_days_from_the_issue() -> None:
    assert vocabulary.valid_until(date(2026, 11, 22), 30) == date(2026, 12, 22)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_validity_of_no_day_or_more_than_a_year_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="days"):
        vocabulary.valid_until(date(2026, 11, 22), days)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (datetime(2026, 12, 22, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 22, 23, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 10, 0, tzinfo=UTC), True),
    ],
)
def test_a_quote_holds_until_midnight_in_paris(at: datetime, holds: bool) -> None:
    assert vocabulary.is_valid(at, date(2026, 12, 22)) is holds


def test_in_summer_midnight_in_paris_is_two_hours_before_universal_midnight() -> None:
    instants = [datetime(2026, 7, 14, 21, 59, tzinfo=UTC), datetime(2026, 7, 14, 22, 0, tzinfo=UTC)]
    assert [vocabulary.is_valid(at, date(2026, 7, 14)) for at in instants] == [True, False]


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        vocabulary.is_valid(datetime(2026, 7, 14, 22, 0), date(2026, 7, 14))  # noqa: DTZ001
