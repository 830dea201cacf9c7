"""The words and figures of retention: what a run reports, how far a twin is generalised, what it tells the journal."""

import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gardien.journal import rules as journal

LEAST_ALIKE: Final = 5
"""Of how many persons' records a twin must be alike: k in k-anonymity. Our own choice; smaller groups are generalised,
then left out."""

_STAMP: Final = "%Y%m%dT%H%M%S.%fZ"
_BACKUP: Final = re.compile(r"gardien-([0-9]{8}T[0-9]{6}\.[0-9]{6}Z)\.dump(?:\.part)?")


_POPULATIONS: Final = {"C": "client", "U": "user"}


def population(reference: str) -> str:
    """Return whether a reference is a customer's or a user's: `client` or `user`."""
    return _POPULATIONS[reference[0]]


LONGEST_RUN: Final = timedelta(hours=4)
"""A run that takes longer is ended from outside; the next one goes on where it stopped. Our own choice."""


@dataclass(frozen=True)
class Level:
    """How coarse a twin's columns are: `period` is month, quarter or year, `size` is size, rim or none."""

    period: str
    has_department: bool
    size: str
    step: int | None
    """Amounts are rounded down to a multiple of so many euros; none gives them up."""


LADDER: Final = (
    Level("month", True, "size", 50),  # noqa: FBT003 -- a table
    Level("quarter", True, "rim", 100),  # noqa: FBT003
    Level("year", True, "rim", 200),  # noqa: FBT003
    Level("year", True, "none", 500),  # noqa: FBT003
    Level("year", False, "none", 500),  # noqa: FBT003
    Level("year", False, "none", None),  # noqa: FBT003
)
"""From fine to coarse. A record takes the first level at which enough records are like it, or none is written."""

SUPPRESSED: Final = "suppressed"
"""What counts of twins call a record that reached no level."""


@dataclass(frozen=True)
class Figure:
    """One clause at an instant: what is due and free of holds, what was done, what stays and why. Dates are ISO.

    After a full run `due` = `done` + `quarantined`. `held` counts persons by ground, `deferred` those whose wheels
    are in custody, whose contract runs or who are restricted. `overdue` is what was still there after a day.
    """

    id: str
    due: int = 0
    done: int = 0
    quarantined: int = 0
    held: dict[str, int] = field(default_factory=dict)
    deferred: int = 0
    overdue: int = 0
    oldest_overdue: str | None = None
    next_due: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


Due = tuple[str, datetime]
"""A person's head, and since when they are due."""


@dataclass(frozen=True)
class Leaving:
    """A person whose time under a clause is over since `due_at`.

    `head` is the reference of the record kept of their merged group, `references` are all of the group's.
    """

    head: str
    references: tuple[str, ...]
    due_at: datetime


class Tag(journal.Tag):
    """What this room tells the journal."""

    SWEPT = "retention:batch:swept"
    ERASED = "retention:person:erased"
    RELEASED = "retention:archive:released"
    WARNED = "retention:person:warned"


def backup_name(at: datetime) -> str:
    """Return the name of a backup file, which tells when it was made."""
    return f"gardien-{at.astimezone(UTC):{_STAMP}}.dump"


def backup_made_at(name: str) -> datetime | None:
    """Return when a backup file was made, also one that is not whole; none for any other file."""
    found = _BACKUP.fullmatch(name)
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None
