"""The calendar of the law: public holidays, working days, same-numbered days, and the end of a retention.

Sources, as read. Regulation (EEC, Euratom) 1182/71, art. 3(2)(c): months and years end with the same date, or with the
month's last day if it has none; 3(4): a last day on a Saturday, Sunday or public holiday moves to the next working day.
Code du travail, art. L3133-1: the eleven public holidays; art. L3134-13: those of Alsace and Moselle.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from gardien.commitment.policy.periods import Period

Territory = Literal["metropolitan", "alsace-moselle"]
"""Where the answer is due. Good Friday is a holiday only in the communes of Alsace and Moselle that have a Protestant
or mixed church: choose "alsace-moselle" for these alone, "metropolitan" never gives a later date."""

_PARIS = ZoneInfo("Europe/Paris")
_SUBDIVISIONS: dict[Territory, str | None] = {"metropolitan": None, "alsace-moselle": "57"}
_SATURDAY = 5
ONE_DAY = timedelta(days=1)


class NaiveInstantError(ValueError):
    """An instant without a time zone falls on no day: give an aware one."""


@cache
def french_holidays(year: int, territory: Territory = "metropolitan") -> frozenset[date]:
    """Return the public holidays of a year, the moving ones included; exact from 2008 on."""
    return frozenset(holidays.country_holidays("FR", years=year, subdiv=_SUBDIVISIONS[territory]))


def same_numbered_day(start: date, period: Period) -> date:
    """Return the day `period` after `start`: years and months together, then days; a day the month lacks is its last.

    31 August and one month is 30 September, 29 February and two years is 28 February.
    """
    end: date = start + relativedelta(years=period.years, months=period.months, days=period.days)
    return end


def next_working_day(day: date, territory: Territory = "metropolitan") -> date:
    """Return `day`, or the first day after it that is no Saturday, Sunday or public holiday."""
    while day.weekday() >= _SATURDAY or day in french_holidays(day.year, territory):
        day += ONE_DAY
    return day


def retention_end(last_activity: datetime, period: Period) -> datetime:
    """Return the instant (in UTC) of 00:00 in Paris on the same-numbered day, `period` after the day of last activity.

    No working day is sought: a retention asks nobody to act. A naive `last_activity` raises NaiveInstantError.
    """
    if last_activity.utcoffset() is None:
        message = "give the last activity as an aware instant"
        raise NaiveInstantError(message)
    day = same_numbered_day(last_activity.astimezone(_PARIS).date(), period)
    return datetime.combine(day, time.min, _PARIS).astimezone(UTC)
