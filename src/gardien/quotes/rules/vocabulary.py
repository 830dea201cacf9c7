"""Words of the quote: its states, its entries in the journal, its number, how long it holds."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gardien.journal import rules as journal

PURPOSE = "client.use.quote"
MAX_DAYS = 365
MAX_RANK = 999_999

_PARIS = ZoneInfo("Europe/Paris")
_CODE = re.compile(r"[A-Z0-9]{2,12}")


class State(StrEnum):
    """Where a quote stands; nothing of it is edited once it is issued."""

    DRAFT = "draft"
    ISSUED = "issued"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """Why an issued quote no longer stands though nobody answered it."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    MISTAKE = "mistake"


class Tag(journal.Tag):
    """What this room tells the journal."""

    DRAFTED = "quotes:quote:drafted"
    DISCARDED = "quotes:quote:discarded"
    ISSUED = "quotes:quote:issued"
    ACCEPTED = "quotes:quote:accepted"
    REFUSED = "quotes:quote:refused"
    CANCELLED = "quotes:quote:cancelled"
    LINE_ADDED = "quotes:line:added"
    LINE_REMOVED = "quotes:line:removed"
    MILEAGE_TOLD = "quotes:mileage:told"


def number(repairer_code: str, year: int, rank: int) -> str:
    """Return a quote's number, such as `D-RA042-2026-000123`.

    `repairer_code` is 2 to 12 capital letters and digits, `rank` counts from 1 in each repairer and year (of the
    issue day in Paris). Anything else raises ValueError.
    """
    if not _CODE.fullmatch(repairer_code) or not 1 <= rank <= MAX_RANK or not 2000 <= year <= 9999:  # noqa: PLR2004
        msg = "no quote number can be made of this"
        raise ValueError(msg)
    return f"D-{repairer_code}-{year:04d}-{rank:06d}"


def valid_until(issued_on: date, days: int) -> date:
    """Return the last day of validity: `days` (1 to `MAX_DAYS`, else ValueError) after the day of issue."""
    if not 1 <= days <= MAX_DAYS:
        msg = f"a quote holds from 1 to {MAX_DAYS} days"
        raise ValueError(msg)
    return issued_on + timedelta(days=days)


def is_valid(at: datetime, last_day: date) -> bool:
    """Tell whether the quote still holds at `at` (aware): until the end of its last day, by the clock of Paris."""
    if at.tzinfo is None:
        msg = "validity is asked at an aware instant"
        raise ValueError(msg)
    return at.astimezone(_PARIS).date() <= last_day
