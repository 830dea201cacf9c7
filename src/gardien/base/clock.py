"""The one place that reads the time. Only doors, jobs and commands call it; actions receive `at`."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def legal_day(at: datetime) -> date:
    """Return the calendar day in Paris at the instant `at`: the day of validity, of numbering and of versions."""
    return at.astimezone(PARIS).date()
