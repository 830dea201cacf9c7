"""The sweep: for every controller and clause, what is due goes, and what could not go is told.

It works in batches, each a transaction of its own, and may be killed at any point: the next run begins by counting.
Call it as the database role `gardien_sweep`, outside any transaction.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.commitment.registry import Holding, Root, registry
from gardien.journal import actions as journal
from gardien.standing import queries as standing

from .. import queries
from ..models import Quarantined, Run
from ..queries import archive, clocks, dated, due, statements
from ..queries.clocks import Clause, Pass
from ..queries.statements import Members, Values
from ..rules import Due, Figure, Leaving, Tag
from . import _archiving, _erasing, _outlook, _parts, _twins, _warning

BATCH = 5_000
"""Persons or rows of one transaction; decision 25 has what a sweep in such batches costs."""
ARCHIVE = "archive"
"""What stands for a clause where something archived cannot go."""
LETTERS = 500
"""Persons who are warned in one transaction."""
_PATIENCE = "SET LOCAL lock_timeout = '5s'"
_NO_FAULT = "StillActiveError"
_ALONE = "SELECT pg_try_advisory_lock(hashtextextended('retention.sweep', 0))"
_OVER = "SELECT pg_advisory_unlock(hashtextextended('retention.sweep', 0))"


class SweepRunningError(RuntimeError):
    """Another sweep is at work: wait until it has ended."""


Tell = Callable[[str, int], object]
"""Hears of each batch: the clause, and how many persons or rows it was about."""


Sees = Callable[[Root, Members], Callable[[], object]]
"""Sees persons in their scope before they go, to look for what they bore afterwards; what it returns is told if so."""


def sweep(
    *, as_of: datetime, by: Actor, at: datetime, tell: Tell = lambda *_: None, sees: Sees = lambda *_: lambda: None
) -> Run:
    """Take back what is due at `as_of`, and return the run with the figures of each clause.

    One person, or one row, that cannot be taken back is left in quarantine with the database's reason, and stops nobody
    else. `conclude` ends the run. Raises `SweepRunningError`.
    """
    with _alone():
        run = Run.objects.create(as_of=as_of, started_at=at)
        turns = [_Turn(of, as_of, by, at, run.id, tell, sees) for of in clocks.passes()]
        for turn in turns:
            turn.warn()
        before = queries.measured(as_of, at)
        for turn in turns:
            turn.take()
        run.untidied = list(_tidied(at))
        after = queries.measured(as_of, at)
        # Who was opened meanwhile had nothing due before.
        figures = {each: _done(before.get(each, own).figures, own.figures) for each, own in after.items()}
        for controller, own in after.items():
            with scope.entered(controller):
                _outlook.keep(figures[controller], own.calendar, as_of)
        run.figures = [each.as_dict() for each in queries.added_up(figures.values())]
        run.attack = {"written": {str(turn.of.controller): turn.twins for turn in turns}}
        run.save(update_fields=["figures", "attack", "untidied"])
    return run


def _tidied(at: datetime) -> Iterator[str]:
    """Tidy what lies outside the tables; yield where it failed and why, so that the rest is done all the same."""
    for tidy in registry.tidies():
        try:
            tidy.run(at=at)
        except (OSError, DatabaseError) as error:
            yield f"{tidy.place}: {type(error).__name__}"


def conclude(*, run_id: UUID, reports: dict[str, Any], by: Actor, at: datetime) -> Run:
    """End a run, with what was looked for after it: `residue`, `attack`, `removal`."""
    del by
    run = Run.objects.get(id=run_id)
    run.residue, run.removal = reports.get("residue", {}), reports.get("removal", {})
    run.attack = reports.get("attack", run.attack)
    run.ended_at = at
    run.save()
    return run


def _done(before: Sequence[Figure], after: Sequence[Figure]) -> list[Figure]:
    """Return what a run did under each clause: what was due and is no more; what still is could not be done."""
    return [
        replace(now, due=max(then.due, now.due), done=max(then.due - now.due, 0), quarantined=now.due)
        for then, now in zip(before, after, strict=True)
    ]


@dataclass
class _Turn:
    """The turn of one controller in a run."""

    of: Pass
    as_of: datetime
    by: Actor
    at: datetime
    run_id: UUID
    tell: Tell
    sees: Sees
    twins: Counter[str] = field(default_factory=Counter)
    skipped: list[Due] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day in Paris up to which time is over."""
        return clock.legal_day(self.as_of)

    def warn(self) -> None:
        """Warn those of whose time a version promises a warning, before anything is counted."""
        with scope.entered(self.of.controller):
            Quarantined.objects.all().delete()
            every = clocks.clauses(self.of, self.day)
        for clause in every:
            if clause.is_warned and clause.population == self.of.population:
                for people in self._found(clause, "is_to_warn AND due_at > {now} AND NOT waits", LETTERS):
                    self._warning(clause, people)

    def _warning(self, clause: Clause, people: Sequence[Due]) -> None:
        def work(some: Sequence[Due]) -> None:
            groups = _erasing.grouped(clause.root, [head for head, _ in some], "FOR UPDATE SKIP LOCKED")
            people = self._are(clause, groups, "is_to_warn AND NOT waits")
            _warning.warn(clause, people, groups, by=self.by, at=self.at)

        with scope.entered(self.of.controller):
            _parts.each(people, work, lambda one, cause: self._quarantine(clause.id, one[0], cause))
        self.tell(clause.id, len(people))

    def take(self) -> None:
        """Sweep every clause, those of the persons' own records last, then what holds keep of them no more."""
        with scope.entered(self.of.controller):
            every = clocks.clauses(self.of, self.day)
        for clause in sorted(every, key=lambda each: each.is_of_roots):
            if clause.with_person and clause.population == self.of.population:
                self._persons(clause)
            for holding in clause.dated:
                self._rows(clause, holding)
        with scope.entered(self.of.controller):
            over = list(archive.unheld(self.day).order_by("id").values_list("id", flat=True))
            _parts.each(over, self._release, lambda one, cause: self._quarantine(ARCHIVE, str(one), cause))
            self._release([])  # holds that are over and kept nothing
            if self.twins or _twins.are_told_apart():
                _twins.shuffle()

    def _release(self, some: Sequence[UUID]) -> None:
        _archiving.release(as_of=self.day, by=self.by, at=self.at, only=some)

    def _persons(self, clause: Clause) -> None:
        self.skipped = []
        for people in self._found(clause, "due_at <= {now} AND NOT waits", BATCH):
            self._batch(clause, people, waits=False)
        for start in range(0, len(self.skipped), BATCH):
            self._batch(clause, self.skipped[start : start + BATCH], waits=True)

    def _found(self, clause: Clause, condition: str, size: int) -> Iterator[list[Due]]:
        """Yield of whom a condition holds, batch by batch; the server keeps the list, so that ours stays short."""
        values = Values()
        with scope.entered(self.of.controller):
            values.remember_much()
            found = f"SELECT head, due_at FROM ({due.persons(clause, self.as_of, values, now=self.at)}) x"
            chosen = f"{found} WHERE {condition.format(now=values(self.as_of))} ORDER BY due_at, head"
            values.run(f"DECLARE retention_due NO SCROLL CURSOR WITH HOLD FOR {chosen}")
        try:
            while people := Values().rows(f"FETCH FORWARD {size} FROM retention_due"):
                yield people
        finally:
            Values().run("CLOSE retention_due")

    def _batch(self, clause: Clause, people: Sequence[Due], *, waits: bool) -> None:
        def work(some: Sequence[Due]) -> None:
            heads = [head for head, _ in some]
            groups = _erasing.grouped(clause.root, heads, "FOR UPDATE" if waits else "FOR UPDATE SKIP LOCKED")
            gone = set() if clause.is_of_roots else self._gone(clause, heads)
            if not waits:
                self.skipped += [each for each in some if each[0] not in groups.keys() | gone]
            facts = standing.activities().filter(subject__in=_erasing.members(groups.values()).references)
            before = 0 if clause.is_of_roots else facts.count()
            people = self._are(clause, groups, "due_at <= {now} AND NOT waits")
            if clause.is_of_roots:
                self._roots(clause, people, groups)
            else:
                self._references(clause, people, groups, [each for each in some if each[0] in gone])
                if facts.count() > before:
                    raise _erasing.StillActiveError

        with scope.entered(self.of.controller):
            Values().run(_PATIENCE)
            _parts.each(people, work, lambda one, cause: self._quarantine(clause.id, one[0], cause))
            version, count = clause.versions[-1].id, len(people)
            journal.record(Tag.SWEPT, by=self.by, at=self.at, run=self.run_id, version=version, count=count)
        self.tell(clause.id, len(people))

    def _roots(self, clause: Clause, due_now: Sequence[Due], groups: dict[str, _erasing.Group]) -> None:
        people = _leaving(due_now, groups)
        if people:
            of = _erasing.members(groups[each.head] for each in people)
            gone = self.sees(clause.root, of)
            self.twins += _erasing.persons(clause.root, people, of, day=self.day, by=self.by, at=self.at)
            gone()

    def _references(
        self, clause: Clause, due_now: Sequence[Due], groups: dict[str, _erasing.Group], gone: Sequence[Due]
    ) -> None:
        """Take back what lies under one clause of persons whose records stay, or are gone."""
        people = _leaving(due_now, groups) + [Leaving(head, (head,), due_at) for head, due_at in gone]
        of = _erasing.members(groups.get(each.head, [(None, each.head)]) for each in people)
        _erasing.rows(clause, people, of, day=self.day, at=self.at)

    def _gone(self, clause: Clause, heads: Sequence[str]) -> set[str]:
        """Return of whom there is no record, neither hidden by a restriction nor merged into another's meanwhile."""
        hidden = standing.restrictions().filter(subject__in=heads).values_list("subject", flat=True)
        return set(heads) - _erasing.known(clause.root, heads) - set(hidden)

    def _are(self, clause: Clause, groups: dict[str, _erasing.Group], condition: str) -> list[Due]:
        """Look again, at what is committed by now, of whom of these a condition holds."""
        if not groups:
            return []
        values = Values()
        only = _erasing.members(groups.values())
        found = due.persons(clause, self.as_of, values, only=only, now=self.at)
        where = condition.format(now=values(self.as_of))
        return [(head, due_at) for head, due_at in values.rows(f"SELECT head, due_at FROM ({found}) x WHERE {where}")]

    def _rows(self, clause: Clause, holding: Holding) -> None:
        """Delete the rows of a table that run on their own, in the order of their ids, batch by batch."""
        last, found = UUID(int=0), True
        while found:
            with scope.entered(self.of.controller):
                values = Values()
                rows = f"SELECT id FROM ({dated.rows(clause, holding, values)}) x WHERE due_at <= {values(self.as_of)}"
                ids = [each for (each,) in values.rows(f"{rows} AND id > {values(last)} ORDER BY id LIMIT {BATCH}")]
                found = bool(ids)
                _parts.each(
                    ids,
                    lambda some: _delete(holding, some),
                    lambda row, cause: self._quarantine(clause.id, str(row), cause),
                )
                last = ids[-1] if ids else last
            if found:
                self.tell(clause.id, len(ids))

    def _quarantine(self, clause: str, key: str, cause: str) -> None:
        """Leave one behind with the reason; who became active meanwhile is simply not due."""
        if cause == _NO_FAULT:
            return
        told = {"cause": cause[:80], "found_at": self.at}
        Quarantined.objects.update_or_create(clause=clause, key=key, defaults=told)


def _leaving(people: Sequence[Due], groups: dict[str, _erasing.Group]) -> list[Leaving]:
    return [Leaving(head, tuple(each for _, each in groups[head]), due_at) for head, due_at in people]


def _delete(holding: Holding, ids: Sequence[UUID]) -> None:
    """Delete rows but for those in use, which the next run finds again."""
    values, table = Values(), statements.table(holding.place)
    free = f"SELECT id FROM {table} WHERE id = ANY({values(list(ids))}) FOR UPDATE SKIP LOCKED"
    values.run(f"DELETE FROM {table} WHERE id IN ({free})")


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other sweeps out, until the block or the session ends."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        if not cursor.fetchone()[0]:
            raise SweepRunningError
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_OVER)
