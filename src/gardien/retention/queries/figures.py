"""What is due, held, deferred and overdue under each clause, counted now: what a run begins and ends with."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

from gardien.base import clock, scope

from ..rules import Figure
from . import archive, backups, clocks, dated, due, statements
from .clocks import Clause, Pass
from .statements import Values

GRACE = timedelta(hours=24)
"""What is still there so long after its instant is overdue (mission.md, client.retention.quotes)."""


Calendar = list[tuple[str, date, int]]
"""Of each clause, the first day of a month and how many persons or rows fall due in it."""


@dataclass(frozen=True)
class _Count:
    """How many persons or rows under a clause are alike, of those that fall due in a month.

    `first` is the first of their due instants, `since` the first from which whoever is still there is late.
    """

    month: date
    is_due: bool
    is_late: bool
    waits: bool
    grounds: Sequence[str] | None
    number: int
    first: datetime
    since: datetime

    @property
    def is_free(self) -> bool:
        """Say whether nothing stands between them and the sweep but time."""
        return not self.waits and not self.grounds


@dataclass(frozen=True)
class Measured:
    """How a controller's clauses stand at an instant, and what falls due for it from then on, month by month."""

    figures: list[Figure]
    calendar: Calendar


def measured(as_of: datetime, now: datetime | None = None) -> dict[UUID, Measured]:
    """Return how each controller stands at an instant, as seen `now`, a transaction each; call outside one.

    Of an instant to come it is supposed that each night's run until then warns whom it has to.
    """
    found = {}
    for of in clocks.passes():
        with scope.entered(of.controller):
            Values().remember_much()
            found[of.controller] = measure(of, as_of, now)
    return found


@scope.exempt
def measure(of: Pass, as_of: datetime, now: datetime | None = None) -> Measured:
    """Return how the present controller stands at an instant, those included whom a restriction hides.

    Only so are they known as one person under all their references, and as somebody who was recorded.
    """
    own = Measured([], [])
    for clause in clocks.clauses(of, clock.legal_day(as_of)):
        counts = list(_counts(clause, as_of, now))
        counts += _backups(as_of) if clause.id in backups.CLAUSES else ()
        own.figures.append(_figure(clause, counts, as_of))
        own.calendar.extend(_months(clause, counts, as_of))
    return own


def added_up(found: Iterable[Iterable[Figure]]) -> list[Figure]:
    """Return the figures of each clause over several controllers, in the order of their ids.

    Backups hold something of everybody: each controller has all of them under its clause, and they count once.
    """
    by_clause: dict[str, list[Figure]] = {}
    for each in chain.from_iterable(found):
        by_clause.setdefault(each.id, []).append(each)
    once = {id_: figures[:1] if id_ in backups.CLAUSES else figures for id_, figures in by_clause.items()}
    return [summed(figures) for _, figures in sorted(once.items())]


def figure(clause: Clause, as_of: datetime) -> Figure:
    """Return how one clause stands: persons or rows that are due, and what stays and why."""
    return _figure(clause, list(_counts(clause, as_of)), as_of)


def summed(found: Iterable[Figure]) -> Figure:
    """Return the figures of one clause added up, dates the earliest."""
    every = list(found)
    held = sum((Counter(each.held) for each in every), Counter[str]())
    return Figure(
        every[0].id,
        due=sum(each.due for each in every),
        done=sum(each.done for each in every),
        quarantined=sum(each.quarantined for each in every),
        held=dict(sorted(held.items())),
        deferred=sum(each.deferred for each in every),
        overdue=sum(each.overdue for each in every),
        oldest_overdue=min((each.oldest_overdue for each in every if each.oldest_overdue), default=None),
        next_due=min((each.next_due for each in every if each.next_due), default=None),
    )


def _counts(clause: Clause, as_of: datetime, now: datetime | None = None) -> Iterator[_Count]:
    """Yield all that figure and calendar need of a clause, from one reading of each of its sources."""
    for holding in (*clause.dated, *([None] if clause.with_person else [])):
        values = Values()
        if holding:
            own = "due_at, due_at AS promised_at, false AS is_to_warn, false AS waits, NULL::text[] AS grounds"
            found = f"SELECT {own} FROM ({dated.rows(clause, holding, values)}) x"
        else:
            found = due.persons(clause, as_of, values, now=now)
        is_due = f"due_at <= {values(as_of)}"
        since = "CASE WHEN is_to_warn THEN promised_at ELSE due_at END"
        is_late = f"{since} <= {values(as_of - GRACE)}"
        rows = values.rows(f"""
            SELECT {statements.month("due_at")}, {is_due}, {is_late}, waits, grounds, count(*), min(due_at),
                min({since})
            FROM ({found}) y WHERE due_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5 ORDER BY 1""")
        yield from (_Count(*row) for row in rows)


def _figure(clause: Clause, counts: Sequence[_Count], as_of: datetime) -> Figure:
    free = [each for each in counts if each.is_free]
    late = [each for each in counts if each.is_late and not each.waits]
    held: Counter[str] = Counter()
    for each in counts:
        for ground in (each.grounds or ()) if each.is_due and not each.waits else ():
            held[ground] += each.number
    counted = Figure(
        clause.id,
        due=sum(each.number for each in free if each.is_due),
        held=dict(sorted(held.items())),
        deferred=sum(each.number for each in counts if each.is_due and each.waits),
        overdue=sum(each.number for each in late),
        oldest_overdue=_iso(min((each.since for each in late), default=None)),
        next_due=_iso(min((each.first for each in free if not each.is_due), default=None)),
    )
    return summed([counted, _of_archive(clause.id, as_of)]) if archive.has_any(clause.id) else counted


def _backups(as_of: datetime) -> Iterator[_Count]:
    """Yield each backup that is there: it holds something of everybody, and goes as a whole."""
    for made_at in backups.kept().values_list("made_at", flat=True):
        if until := backups.until(made_at, as_of):
            month = clock.legal_day(until).replace(day=1)
            is_late = until <= as_of - GRACE
            yield _Count(month, until <= as_of, is_late, waits=False, grounds=None, number=1, first=until, since=until)


def _months(clause: Clause, counts: Sequence[_Count], as_of: datetime) -> Calendar:
    months: Counter[date] = Counter()
    for each in counts:
        if each.is_free and not each.is_due:
            months[each.month] += each.number
    ends = archive.ends(clause.id, clock.legal_day(as_of)) if archive.has_any(clause.id) else ()
    months.update(month for _, month in {(who, clock.legal_day(at).replace(day=1)) for who, at in ends})
    return [(clause.id, month, count) for month, count in sorted(months.items())]


def _of_archive(clause: str, as_of: datetime) -> Figure:
    """Return of how many persons something is archived under a clause that is held, or due since its hold is over."""
    today = clock.legal_day(as_of)
    since: dict[str, datetime] = {}
    for subject, ended_at in archive.unheld(today).filter(clause=clause).values_list("subject", "ended_at"):
        since[subject] = min(ended_at, since.get(subject, ended_at))
    late = [ended_at for ended_at in since.values() if ended_at <= as_of - GRACE]
    return Figure(
        clause,
        due=sum(ended_at <= as_of for ended_at in since.values()),
        held=archive.held(clause, today),
        deferred=archive.deferred(clause),
        overdue=len(late),
        oldest_overdue=_iso(min(late, default=None)),
        next_due=_iso(archive.next_due(clause, today)),
    )


def _iso(instant: datetime | None) -> str | None:
    return clock.legal_day(instant).isoformat() if instant else None
