"""Words of the quote: its states, its entries in the journal, its number, how long it holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from gardien.base import text as base_text
from gardien.journal import rules as journal

PURPOSE = "client.use.quote"
MAX_DAYS = 365
MAX_RANK = 999_999
MAX_REVISION = 99
MOST_OPTIONS = 3
FOLLOW_UP_DAYS = 3

_PARIS = ZoneInfo("Europe/Paris")
_CODE = re.compile(r"[A-Z0-9]{2,12}")
_MAX_TYPED = 60
_ALIKE = str.maketrans("OI", "01")
_TYPED = re.compile(r"(?:(?P<head>.*) )?(?P<year>2\d{3}) (?P<rank>\d{1,6})(?: r ?(?P<revision>\d{1,2}))?", re.ASCII)
_GLUED = re.compile(r"(?P<head>\w*)(?P<year>2\d{3})(?P<rank>\d{6})(?:r(?P<revision>\d{1,2}))?", re.ASCII)


class State(StrEnum):
    """Where a quote stands; nothing of it is edited once it is issued, a new price is a revision."""

    DRAFT = "draft"
    ISSUED = "issued"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


OPEN = frozenset({State.ISSUED, State.SENT, State.HANDED_OVER})
"""States in which the person may still answer; only from these does a quote expire, get superseded or cancelled."""

GIVEN = OPEN - {State.ISSUED}
"""Ways in which an open quote reached the person: it may be sent and handed over, in any order, and again."""

TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.ISSUED}),
        **dict.fromkeys(
            OPEN,
            GIVEN | {State.ACCEPTED, State.REFUSED, State.EXPIRED, State.SUPERSEDED, State.CANCELLED},
        ),
        State.EXPIRED: frozenset({State.ACCEPTED}),
        **dict.fromkeys((State.ACCEPTED, State.REFUSED, State.SUPERSEDED, State.CANCELLED), frozenset()),
    }
)
"""Which state may follow which; an expired quote is accepted by a manager only, with a reason."""


class RefusalReason(StrEnum):
    """Why the person said no, as they told it."""

    PRICE = "price"
    ELSEWHERE = "elsewhere"
    DELAY = "delay"
    POSTPONED = "postponed"
    OTHER = "other"


class ReusedParts(StrEnum):
    """Whether the person wants parts from the circular economy (code de la consommation, art. L224-67)."""

    YES = "yes"
    NO = "no"


class Family(StrEnum):
    """Parts for which that choice must be asked before the agreement (art. R224-22); tyres are in none."""

    BODY = "body"
    TRIM = "trim"
    GLAZING = "glazing"
    OPTICS = "optics"
    MECHANICAL = "mechanical"


class CancelReason(StrEnum):
    """Why an issued quote no longer stands though nobody answered it."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    MISTAKE = "mistake"


class Tag(journal.Tag):
    """What this room tells the journal."""

    DRAFTED = "quotes:quote:drafted"
    DISCARDED = "quotes:quote:discarded"
    ISSUED = "quotes:quote:issued"
    SENT = "quotes:quote:sent"
    HANDED_OVER = "quotes:quote:handed_over"
    ACCEPTED = "quotes:quote:accepted"
    ACCEPTED_LATE = "quotes:quote:accepted_late"
    EXPIRED = "quotes:quote:expired"
    SUPERSEDED = "quotes:quote:superseded"
    REFUSED = "quotes:quote:refused"
    CANCELLED = "quotes:quote:cancelled"
    LINE_ADDED = "quotes:line:added"
    LINE_REMOVED = "quotes:line:removed"
    LINE_PRICED = "quotes:line:priced"
    LABEL_EXCUSED = "quotes:line:label_excused"
    PARTS_CHOSEN = "quotes:parts:chosen"
    MILEAGE_TOLD = "quotes:mileage:told"


def number(repairer_code: str, year: int, rank: int, revision: int = 1) -> str:
    """Return a quote's number, such as `D-RA042-2026-000123`; a revision keeps it and adds its own: `…-000123-R2`.

    `repairer_code` is 2 to 12 capital letters and digits, `rank` counts from 1 in each repairer and year (of the
    issue day in Paris). Anything else raises ValueError.
    """
    is_known = _CODE.fullmatch(repairer_code) and 1 <= rank <= MAX_RANK and 1 <= revision <= MAX_REVISION
    if not is_known or not 2000 <= year <= 9999:  # noqa: PLR2004
        msg = "no quote number can be made of this"
        raise ValueError(msg)
    return f"D-{repairer_code}-{year:04d}-{rank:06d}" + (f"-R{revision}" if revision > 1 else "")


def option_letter(option: int) -> str:
    """Return the letter of an option, 1 to `MOST_OPTIONS`: A, B, C. Anything else raises ValueError."""
    if not 1 <= option <= MOST_OPTIONS:
        msg = f"a quote holds up to {MOST_OPTIONS} options"
        raise ValueError(msg)
    return "ABC"[option - 1]


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A quote's number as people type it: `head` is what stands before the year, folded, with 0 for O and 1 for I.

    `revision` is None where none was typed.
    """

    head: str
    year: int
    rank: int
    revision: int | None = None

    def means(self, number: str) -> bool:
        """Say whether it is `number`, in whole or without its first parts: a year and a rank are enough."""
        letter, code = number.translate(_ALIKE).lower().split("-")[:2]
        return self.head in ("", letter, code, letter + code)


def parse_number(text: str) -> TypedNumber | None:
    """Return the number of a quote in `text`, whatever its spacing and case, or None where it cannot be one.

    Typed without separators it needs all six digits of its rank.
    """
    groups = base_text.fold(text[:_MAX_TYPED].upper().translate(_ALIKE)).split()
    match = _TYPED.fullmatch(" ".join(groups)) or _GLUED.fullmatch("".join(groups))
    if match is None:
        return None
    head, year, rank, revision = match.group("head", "year", "rank", "revision")
    return TypedNumber((head or "").replace(" ", ""), int(year), int(rank), int(revision) if revision else None)


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
