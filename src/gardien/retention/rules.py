"""The words and figures of retention: what a run reports, how far a twin is generalised, what it tells the journal."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from gardien.journal import rules as journal

LEAST_ALIKE: Final = 5
"""Of how many persons' records a twin must be alike: k in k-anonymity. Our own choice; smaller groups are generalised,
then left out."""


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


class Tag(journal.Tag):
    """What this room tells the journal."""

    SWEPT = "retention:batch:swept"
    ERASED = "retention:person:erased"
    RELEASED = "retention:archive:released"
    QUARANTINED = "retention:record:quarantined"
