"""Legal time again, slow and obvious: every rule is walked one day at a time, with no calendar library."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

from gardien.commitment.policy import Period
from gardien.commitment.policy.legal_time import Suspension

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FIXED = {"01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"}
# The paschal full moon by the year's place in the 19-year cycle, from 1900 to 2199.
MOONS = ["04-14", "04-03", "03-23", "04-11", "03-31", "04-18", "04-08", "03-28", "04-16", "04-05"]
MOONS += ["03-25", "04-13", "04-02", "03-22", "04-10", "03-30", "04-17", "04-07", "03-27"]


@cache
def easter(year: int) -> date:
    """The first Sunday after the paschal full moon."""
    day = date.fromisoformat(f"{year}-{MOONS[year % 19]}") + DAY
    while day.strftime("%a") != "Sun":
        day += DAY
    return day


def is_holiday(day: date, territory: str) -> bool:
    local = territory == "alsace-moselle"
    from_easter = (day - easter(day.year)).days
    written = day.isoformat()[5:]
    return written in FIXED or from_easter in (1, 39, 50) or (local and (from_easter == -2 or written == "12-26"))


def is_working(day: date, territory: str) -> bool:
    return day.strftime("%a") not in ("Sat", "Sun") and not is_holiday(day, territory)


def walk(start: date, period: Period) -> date:
    """Cross the first of a month once per month of the period, then stop at the number or the month's last day."""
    day, crossed = start, 0
    while crossed < 12 * period.years + period.months or day.day != start.day:
        if crossed == 12 * period.years + period.months and (day + DAY).day == 1:
            break
        day += DAY
        crossed += day.day == 1
    for _ in range(period.days):
        day += DAY
    return day


def due(start: date, period: Period, stops: Sequence[Suspension], territory: str) -> date | None:
    """Let the days of the period run; a suspended day does not run and is no end, nor is a day off."""
    left = (walk(start, period) - start).days
    day = start
    while True:
        day += DAY
        covering = [stop for stop in stops if stop.from_day <= day and (not stop.until_day or day < stop.until_day)]
        if any(stop.until_day is None for stop in covering):
            return None
        if not covering:
            left -= 1
            if left <= 0 and is_working(day, territory):
                return day


def paris(at: datetime) -> datetime:
    """The clock on the wall in Paris, by the rule in force since 1996: summer between the two last Sundays, 01:00 UTC."""
    changes = []
    for month in (3, 10):
        sunday = date(at.year, month, 31)
        while sunday.strftime("%a") != "Sun":
            sunday -= DAY
        changes.append(datetime(sunday.year, sunday.month, sunday.day, 1, tzinfo=UTC))
    ahead = 2 if changes[0] <= at.astimezone(UTC) < changes[1] else 1
    return at.astimezone(UTC).replace(tzinfo=None) + ahead * HOUR


def retention_end(last_activity: datetime, period: Period) -> datetime:
    """Hour by hour, the first instant at which the wall shows the day."""
    day = walk(paris(last_activity).date(), period)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - 5 * HOUR
    while paris(at).date() < day:
        at += HOUR
    return at
