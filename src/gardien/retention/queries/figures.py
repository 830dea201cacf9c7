"""What is due, held, deferred and overdue under each clause, counted now: what a run begins and ends with."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

from gardien.base import clock, scope
from gardien.commitment.registry import Holding
from gardien.standing.rules import Ground

from ..rules import Figure
from . import archive, clocks, dated, due, statements
from .clocks import Clause
from .statements import Values

GRACE = timedelta(hours=24)
"""What is still there so long after its instant is overdue (mission.md, client.retention.quotes)."""


def measured(as_of: datetime) -> dict[UUID, list[Figure]]:
    """Return how every controller's clauses stand at an instant, a transaction each; call outside one."""
    found = {}
    for of in clocks.passes():
        with scope.entered(of.controller):
            Values().remember_much()
            found[of.controller] = figures(as_of)
    return found


def added_up(found: Iterable[Iterable[Figure]]) -> list[Figure]:
    """Return the figures of each clause over several controllers, in the order of their ids."""
    by_clause: dict[str, list[Figure]] = {}
    for each in chain.from_iterable(found):
        by_clause.setdefault(each.id, []).append(each)
    return [summed(figures) for _, figures in sorted(by_clause.items())]


def figures(as_of: datetime) -> list[Figure]:
    """Return each clause of the present controller as it stands at an instant."""
    return [figure(clause, as_of) for clause in clocks.clauses(clocks.present(), clock.legal_day(as_of))]


def figure(clause: Clause, as_of: datetime) -> Figure:
    """Return how one clause stands: persons or rows that are due, and what stays and why."""
    total = _of_persons(clause, as_of) if clause.with_person else Figure(clause.id)
    return summed([total, *(_of_rows(clause, each, as_of) for each in clause.dated), _of_archive(clause.id, as_of)])


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


def calendar(at: datetime) -> list[tuple[str, date, int]]:
    """Return (clause, first day of a month, how many) of what falls due after `at` for the present controller."""
    found: list[tuple[str, date, int]] = []
    for clause in clocks.clauses(clocks.present(), clock.legal_day(at)):
        months: Counter[date] = Counter()
        for month, count in _months(clause, at):
            months[month] += count
        found += [(clause.id, month, count) for month, count in sorted(months.items())]
    return found


def _months(clause: Clause, at: datetime) -> Iterator[tuple[date, int]]:
    month = statements.month("due_at")
    for holding in (*clause.dated, *([None] if clause.with_person else [])):
        values = Values()
        if holding:
            found = f"SELECT due_at FROM ({dated.rows(clause, holding, values)}) x"
        else:
            found = f"SELECT due_at FROM ({due.persons(clause, at, values)}) x WHERE NOT waits AND ground IS NULL"
        yield from values.rows(f"SELECT {month}, count(*) FROM ({found}) y WHERE due_at > {values(at)} GROUP BY 1")


def _of_persons(clause: Clause, as_of: datetime) -> Figure:
    values = Values()
    now, late = values(as_of), values(as_of - GRACE)
    free = "NOT waits AND ground IS NULL"
    grounds = "".join(
        f", count(*) FILTER (WHERE due_at <= {now} AND NOT waits AND ground = {values(each.value)})" for each in Ground
    )
    ((count, overdue, oldest, following, deferred, *held),) = values.rows(f"""
        SELECT count(*) FILTER (WHERE due_at <= {now} AND {free}),
               count(*) FILTER (WHERE due_at <= {late} AND {free}),
               min(due_at) FILTER (WHERE due_at <= {late} AND {free}),
               min(due_at) FILTER (WHERE due_at > {now} AND {free}),
               count(*) FILTER (WHERE due_at <= {now} AND waits){grounds}
        FROM ({due.persons(clause, as_of, values)}) x""")
    by_ground = {ground.value: number for ground, number in zip(Ground, held, strict=True) if number}
    return Figure(
        clause.id,
        due=count,
        held=by_ground,
        deferred=deferred,
        overdue=overdue,
        oldest_overdue=_iso(oldest),
        next_due=_iso(following),
    )


def _of_rows(clause: Clause, holding: Holding, as_of: datetime) -> Figure:
    values = Values()
    now, late = values(as_of), values(as_of - GRACE)
    ((count, overdue, oldest, following),) = values.rows(f"""
        SELECT count(*) FILTER (WHERE due_at <= {now}), count(*) FILTER (WHERE due_at <= {late}),
               min(due_at) FILTER (WHERE due_at <= {late}), min(due_at) FILTER (WHERE due_at > {now})
        FROM ({dated.rows(clause, holding, values)}) x""")
    return Figure(clause.id, due=count, overdue=overdue, oldest_overdue=_iso(oldest), next_due=_iso(following))


def _of_archive(clause: str, as_of: datetime) -> Figure:
    """Return of how many persons something is archived under a clause that is held, or due since its hold is over."""
    today = clock.legal_day(as_of)
    since: dict[str, datetime] = {}
    for subject, ended_at in archive.unheld(today).filter(clause=clause).values_list("subject", "ended_at"):
        since[subject] = min(ended_at, since.get(subject, ended_at))
    late = [ended_at for ended_at in since.values() if ended_at <= as_of - GRACE]
    return Figure(
        clause,
        due=len(since),
        held=archive.held(clause, today),
        deferred=archive.deferred(clause),
        overdue=len(late),
        oldest_overdue=_iso(min(late, default=None)),
        next_due=_iso(archive.next_due(clause, today)),
    )


def _iso(instant: datetime | None) -> str | None:
    return clock.legal_day(instant).isoformat() if instant else None
