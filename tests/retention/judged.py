"""What follows from the slow model: each clause's figure at an instant, and the rows that a full run leaves."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gardien.commitment import policy
from tests.commitment.legal_time_model import paris, retention_end

from .model import BEARS, HANGS_ON, JOURNAL, MESSAGES, OBJECTIONS, PROOF, QUOTES, Person, Row, World, is_live, scope_of

DAY = timedelta(days=1)
CLAUSES = (QUOTES, MESSAGES, PROOF, JOURNAL, OBJECTIONS)
DATED = {
    "customers.IntakeDraft": ("typed_at", QUOTES),
    "journal.Entry": ("at", JOURNAL),
    "consent.Objection": ("objected_at", OBJECTIONS),
    "consent.Decision": ("decided_at", PROOF),
}
"""The tables whose rows run on their own, from which column and under which clause; a decision only if taken back."""


@dataclass
class Judged:
    """What a clause's figure must say; persons are told by the first of their references, rows by their ids."""

    due: set[Any] = field(default_factory=set)
    held: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    deferred: set[str] = field(default_factory=set)
    late: list[datetime] = field(default_factory=list)
    to_come: list[datetime] = field(default_factory=list)

    def take(self, name: Any, at: datetime, as_of: datetime) -> None:
        """Count somebody, or a row, that nothing holds."""
        if at > as_of:
            self.to_come.append(at)
        else:
            self.due.add(name)

    def miss(self, at: datetime, as_of: datetime) -> None:
        """Count somebody, or a row, that is there although a day has gone since."""
        if at + DAY <= as_of:
            self.late.append(at)

    @property
    def figure(self) -> dict[str, Any]:
        """The figure but for what a run does."""
        return {
            "due": len(self.due),
            "held": {ground: len(persons) for ground, persons in sorted(self.held.items())},
            "deferred": len(self.deferred),
            "overdue": len(self.late),
            "oldest_overdue": day_of(min(self.late, default=None)),
            "next_due": day_of(min(self.to_come, default=None)),
        }


class Judge:
    """The world at an instant; `controllers` are the repairers, for the network answers to others than customers."""

    def __init__(self, world: World, as_of: datetime, controllers: set[UUID]) -> None:
        self.world, self.as_of, self.controllers = world, as_of, controllers

    def figures(self) -> dict[str, dict[str, Any]]:
        """Every clause's figure."""
        return {clause: self.judged(clause).figure for clause in CLAUSES}

    def judged(self, clause: str) -> Judged:
        """What is to be said under one clause."""
        found = Judged()
        for person in self.world.persons():
            if self.has_rows(person, clause):
                self._person(found, person, clause)
        for table, (_, own) in DATED.items():
            for row, at in self.dated(table) if own == clause else ():
                found.take(row["id"], at, self.as_of)
                found.miss(at, self.as_of)
        for row in self.world.rows.get("standing.Archived", []):
            if row["clause"] == clause:
                self._archived(found, row)
        return found

    def to_warn(self) -> list[str]:
        """Who has yet to be warned that their time under the first clause will be over."""
        persons = (person for person in self.world.persons() if self.has_rows(person, QUOTES))
        found = (person for person in persons if self.world.is_to_warn(person, QUOTES, self.as_of))
        return sorted(person.references[0] for person in found)

    def has_rows(self, person: Person, clause: str) -> bool:
        """Whether anything of a person lies under a clause; of whose record is gone, what holds keep is told apart."""
        tables = [table for table, (_, own) in BEARS.items() if own == clause]
        if clause == QUOTES:
            tables = ["customers.Customer"]
        return any(self.world.of(table, person) for table in tables)

    def _person(self, found: Judged, person: Person, clause: str) -> None:
        at, name = self.world.instant(person, clause, self.as_of), person.references[0]
        holds = self.world.live_holds(person, self.as_of, clause)
        if at is None:
            return
        if self.world.is_restricted(person):
            found.deferred |= {name} if at <= self.as_of else set()
            return
        is_unwarned = self.world.is_to_warn(person, clause, self.as_of)
        late = self.world.instant(person, clause, self.as_of, is_promised=True) if is_unwarned else at
        found.miss(late or at, self.as_of)
        if not holds:
            found.take(name, at, self.as_of)
        elif at <= self.as_of:
            for hold in holds:
                found.held[hold["ground"]].add(name)

    def _archived(self, found: Judged, row: Row) -> None:
        """What is archived is held while its hold lives, and due as soon as that is over."""
        hold, person = self.hold_of(row), Person(row["controller_id"], [row["subject"]])
        if self.world.is_restricted(person):
            found.deferred.add(row["subject"])
            return
        over = min(end for end in (hold["released_at"], midnight(hold["until_date"] + DAY)) if end)
        if is_live(hold, self.as_of):
            found.held[hold["ground"]].add(row["subject"])
            found.to_come.append(max(over, row["due_at"]))
        else:
            found.take(row["subject"], max(over, row["due_at"]), self.as_of)
            found.miss(max(over, row["due_at"]), self.as_of)

    def hold_of(self, row: Row) -> Row:
        """The hold for which something is archived."""
        return next(each for each in self.world.rows["standing.Hold"] if each["id"] == row["hold_id"])

    # Rows that run on their own

    def dated(self, table: str) -> list[tuple[Row, datetime]]:
        """The rows of a table with the instants at which their time is over, those of which it ever is."""
        column, clause = DATED[table]
        rows = [row for row in self.world.rows.get(table, []) if scope_of(row) in self.controllers]
        since = {row["id"]: row[column] for row in rows}
        if table == "consent.Objection":
            since = {
                row["id"]: max(each[column] for each in rows if address_of(each) == address_of(row)) for row in rows
            }
        if table == "consent.Decision":
            since = {row["id"]: at for row in rows if (at := self.taken_back(row, rows))}
        ends = {id_: self._end(at, clause) for id_, at in since.items()}
        return [(row, at) for row in rows if (at := ends.get(row["id"]))]

    def taken_back(self, row: Row, rows: list[Row]) -> datetime | None:
        """When the same person first said no to the same later on, unless they are restricted."""
        same = ("controller_id", "subject", "purpose", "channel", "address_digest")
        later = [
            each["decided_at"]
            for each in rows
            if not each["is_given"]
            and each["decided_at"] > row["decided_at"]
            and all(each[name] == row[name] for name in same)
        ]
        is_frozen = self.world.is_restricted(Person(row["controller_id"], [row["subject"]]))
        return None if is_frozen else min(later, default=None)

    def _end(self, at: datetime, clause: str) -> datetime | None:
        """When a row's time is over, under the version that governs what began then."""
        now, then = (self.world.in_force(paris(each).date()) for each in (self.as_of, at))
        new, old = (policy.retention(version, clause) for version in (now, then))
        kept = old if new is None or (old and policy.may_keep_longer(new, old)) else new
        return retention_end(at, kept.period) if kept and kept.period else None

    # What is left

    def left(self) -> dict[str, set[UUID]]:
        """The ids of the rows that a full run leaves in each table."""
        gone: dict[str, set[UUID]] = defaultdict(set)
        for person in self.world.persons():
            for clause in (QUOTES, MESSAGES, PROOF):
                self._take_back(gone, person, clause)
        for table in DATED:
            gone[table] |= {row["id"] for row, at in self.dated(table) if at <= self.as_of}
        for table, parents in HANGS_ON.items():
            rows = self.world.rows.get(table, [])
            gone[table] |= {row["id"] for row in rows if any(row[key] in gone[parent] for key, parent in parents)}
        tables = (*BEARS, *HANGS_ON, *DATED)
        return {table: {row["id"] for row in self.world.rows.get(table, [])} - gone[table] for table in tables}

    def _take_back(self, gone: dict[str, set[UUID]], person: Person, clause: str) -> None:
        """Take what lies under a clause whose time is over, but for holds that live and what they keep."""
        at = self.world.instant(person, clause, self.as_of)
        is_over = at is not None and at <= self.as_of and not self.world.is_restricted(person)
        is_closed = clause == QUOTES and bool(person.closed) and not self.world.is_restricted(person)
        if not is_over and not is_closed:
            return
        for table, (_, own) in BEARS.items():
            if own == clause and table not in {"standing.Hold", "standing.Archived"}:
                gone[table] |= {row["id"] for row in self.world.of(table, person)}
        if clause != QUOTES:
            return
        ended = {row["id"] for row in self.world.of("standing.Hold", person) if not is_live(row, self.as_of)}
        kept = self.world.rows.get("standing.Archived", [])
        gone["standing.Archived"] |= {row["id"] for row in kept if row["hold_id"] in ended}
        gone["standing.Hold"] |= ended


def address_of(row: Row) -> tuple[Any, ...]:
    return row["controller_id"], row["channel"], row["sender"], row["digest"]


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Paris."""
    return datetime.combine(day, time.min, ZoneInfo("Europe/Paris")).astimezone(UTC)


def day_of(at: datetime | None) -> str | None:
    """The day in Paris, as JSON has it."""
    return paris(at).date().isoformat() if at else None
