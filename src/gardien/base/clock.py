"""The one place that reads the time. Only doors, jobs and commands call it; actions receive `at`."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def legal_day(at: datetime) -> date:
    """Return the calendar day in Paris at the instant `at`: the day of validity, of numbering and of versions."""
    return at.astimezone(PARIS).date()


def end_of(day: date) -> datetime:
    """Return the instant at which a calendar day in Paris is over."""
    return datetime.combine(day + timedelta(days=1), time.min, PARIS).astimezone(UTC)
