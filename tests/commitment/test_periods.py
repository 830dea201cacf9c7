"""Periods and days read as people say them."""

from datetime import date

import pytest

from gardien.commitment.policy import Period
from gardien.commitment.policy.periods import day_text


@pytest.mark.parametrize(
    ("period", "french", "english"),
    [
        (Period(years=2), "2 ans", "2 years"),
        (Period(years=1), "un an", "one year"),
        (Period(months=1), "un mois", "one month"),
        (Period(months=12), "12 mois", "12 months"),
        (Period(days=1), "un jour", "one day"),
        (Period(years=1, months=6), "un an et 6 mois", "one year and 6 months"),
    ],
)
def test_a_period_has_words(period: Period, french: str, english: str) -> None:
    assert (period.text("fr"), period.text("en")) == (french, english)


def test_an_empty_or_negative_period_is_refused() -> None:
    for months in (0, -1):
        with pytest.raises(ValueError, match="months"):
            Period(months=months)


def test_a_day_has_words() -> None:
    assert day_text(date(2020, 1, 25), "fr") == "25 janvier 2020"
    assert day_text(date(2020, 1, 25), "en") == "25 January 2020"
    assert day_text(date(2031, 3, 1), "fr") == "1er mars 2031"
    assert day_text(date(2031, 3, 11), "fr") == "11 mars 2031"
