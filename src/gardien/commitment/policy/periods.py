"""Lengths of time as the commitment writes them, and their words."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Self

from babel.dates import format_date
from pydantic import Field, model_validator

from gardien.commitment.policy.wording import Part, enumerate_words

_UNITS = {
    "fr": {"years": ("un an", "ans"), "months": ("un mois", "mois"), "days": ("un jour", "jours")},
    "en": {"years": ("one year", "years"), "months": ("one month", "months"), "days": ("one day", "days")},
}


class Period(Part):
    """A legal length of time in calendar units; `{years: 2}` is not `{months: 24}`. An empty period is refused."""

    years: int = Field(default=0, ge=0)
    months: int = Field(default=0, ge=0)
    days: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if not (self.years or self.months or self.days):
            message = "a period needs a number of years, months or days"
            raise ValueError(message)
        return self

    def after(self, day: date) -> date:
        """Return the day on which the period that runs from `day` ends.

        Years and months end on the same-numbered day, or on the last day of a month that has none; days are added last.
        """
        months = day.year * 12 + day.month - 1 + self.years * 12 + self.months
        year, month = months // 12, months % 12 + 1
        same = date(year, month, min(day.day, monthrange(year, month)[1]))
        return same + timedelta(days=self.days)

    def text(self, language: str) -> str:
        """Return the period in words: "2 ans", "one month"; one is a word, more is a number."""
        counts = {"years": self.years, "months": self.months, "days": self.days}
        words = [
            one if counts[unit] == 1 else f"{counts[unit]} {many}"
            for unit, (one, many) in _UNITS[language].items()
            if counts[unit]
        ]
        return enumerate_words(words, language)


@lru_cache(maxsize=64)
def day_text(day: date, language: str) -> str:
    """Return a day in full: "25 janvier 2020", "25 January 2020"; French writes the first as "1er"."""
    text = format_date(day, "d MMMM y", locale=language)
    return f"1er{text[1:]}" if language == "fr" and day.day == 1 else text
