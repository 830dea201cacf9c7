"""Retention again, slow and obvious: every person is walked by hand over plain rows, without SQL or the registry.

Here is who is who, and until when; `judged` says what follows.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gardien.commitment import policy
from tests.commitment.legal_time_model import paris, retention_end

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""What the tables hold, by model label."""

QUOTES, MESSAGES = "client.retention.quotes", "client.retention.messages"
PROOF = "client.evidence.retention#consent_proof"
JOURNAL, OBJECTIONS = "client.evidence.retention#journal", "client.evidence.retention#objection_digest"

BEARS = {
    "customers.Customer": ("reference", QUOTES),
    "standing.Fact": ("subject", QUOTES),
    "standing.Ending": ("subject", QUOTES),
    "standing.Resumption": ("subject", QUOTES),
    "standing.RemovalWarning": ("subject", QUOTES),
    "standing.Restriction": ("subject", QUOTES),
    "standing.Hold": ("subject", QUOTES),
    "standing.Archived": ("subject", QUOTES),
    "messaging.Message": ("subject", MESSAGES),
    "consent.Reading": ("subject", PROOF),
    "consent.Decision": ("subject", PROOF),
    "standing.Closure": ("subject", PROOF),
    "standing.Consultation": ("subject", PROOF),
}
"""The tables that bear a customer's reference: in which column, and under which clause."""

HANGS_ON = {
    "customers.Vehicle": (("customer_id", "customers.Customer"),),
    "customers.FormerPlate": (("vehicle_id", "customers.Vehicle"),),
    "customers.Note": (("customer_id", "customers.Customer"),),
    "customers.SearchToken": (("customer_id", "customers.Customer"),),
    "customers.SearchVariant": (("customer_id", "customers.Customer"),),
    "customers.Merge": (("kept_id", "customers.Customer"), ("absorbed_id", "customers.Customer")),
    "quotes.Quote": (("customer_id", "customers.Customer"),),
    "quotes.QuoteLine": (("quote_id", "quotes.Quote"),),
    "quotes.QuoteOption": (("quote_id", "quotes.Quote"),),
    "quotes.QuoteDocument": (("quote_id", "quotes.Quote"),),
    "messaging.Attempt": (("message_id", "messaging.Message"),),
}
"""The tables whose rows go with a row of another: with any one of them, parents before their children."""

PURPOSES = {QUOTES: ("client.use.quote", "client.use.storage"), MESSAGES: ("client.use.quote",)}
"""What a clause serves by the rooms' word, where its version does not say."""

CATEGORIES = {
    QUOTES: {
        *("last_name", "first_name", "address", "email", "phone", "mobile", "plate"),
        *("derived:company", "derived:siren", "derived:reference", "derived:proof", "derived:quote"),
    },
    MESSAGES: {"derived:proof"},
}
"""What can be held past a clause's instant: the categories that lie under it."""

BEGINS = {
    "quote_issued": "client.use.quote",
    "storage_started": "client.use.storage",
    "storage_renewed": "client.use.storage",
}


@dataclass
class Person:
    """Whom a repairer knows under some references, the kept record's first; `closed` once their record is gone."""

    controller: UUID
    references: list[str]
    closed: list[Row] = field(default_factory=list)


class World:
    """All rows at an instant, and the versions of the commitment."""

    def __init__(self, rows: Rows, versions: policy.Versions) -> None:
        self.rows, self.versions = rows, versions

    # Who is who

    def of(self, table: str, person: Person) -> list[Row]:
        """The rows of a table that bear one of a person's references."""
        column = BEARS[table][0]
        return [
            row
            for row in self.rows.get(table, [])
            if scope_of(row) == person.controller and row[column] in person.references
        ]

    def persons(self) -> list[Person]:
        """Who has a record, by merged group; whose record is gone; and to whom was read, and nothing more."""
        groups: dict[tuple[UUID, UUID], list[Row]] = defaultdict(list)
        for row in self.rows.get("customers.Customer", []):
            groups[row["tenant_id"], row["merged_into_id"] or row["id"]].append(row)
        found = []
        for (tenant, kept), records in groups.items():
            records.sort(key=lambda row: (row["id"] != kept, row["id"]))
            found.append(Person(tenant, [row["reference"] for row in records]))
        gone = [row for row in self.rows.get("standing.Closure", []) if row["subject"].startswith("C-")]
        found += [Person(row["controller_id"], [row["subject"]], [row]) for row in gone]
        known = {(person.controller, reference) for person in found for reference in person.references}
        heard = {(row["controller_id"], row["subject"]) for row in self.rows.get("consent.Reading", [])}
        return found + [Person(controller, [reference]) for controller, reference in sorted(heard - known)]

    # Until when

    def retention(self, person: Person, clause: str, as_of: datetime) -> tuple[policy.Version, policy.Retention] | None:
        """The version that governs a person under a clause, and what it says; none if neither has the clause."""
        readings = sorted(self.of("consent.Reading", person), key=lambda row: row["read_at"])
        now = self.in_force(paris(as_of).date())
        then = self.in_force(paris(readings[0]["read_at"]).date()) if readings else now
        new, old = (policy.retention(version, clause) for version in (now, then))
        if new is None:
            return (then, old) if old else None
        was_told_again = any(row["version"] == now.id for row in readings)
        if old and not was_told_again and policy.may_keep_longer(new, old):
            return then, old
        return now, new

    def in_force(self, day: date) -> policy.Version:
        """The last version that had come by then."""
        found = self.versions.all[0]
        for version in self.versions.all:
            if version.effective_date <= day:
                found = version
        return found

    def instant(self, person: Person, clause: str, as_of: datetime, *, is_promised: bool = False) -> datetime | None:
        """When a person's time under a clause is over; none if nothing runs. What is promised knows of no warnings."""
        governing = self.retention(person, clause, as_of)
        if governing is None:
            return None
        version, kept = governing
        warned_by = None if is_promised else as_of
        ends = [self._period_over(person, clause, kept, warned_by), self._purposes_over(person, clause, version)]
        return min((end for end in ends if end), default=None)

    def last_activity(self, person: Person) -> datetime | None:
        """Their latest fact, or what was noted of it when their record went."""
        instants = [row["happened_at"] for row in self.of("standing.Fact", person)]
        instants += [row["last_at"] for row in person.closed if row["last_at"]]
        return max(instants, default=None)

    def _period_over(
        self, person: Person, clause: str, kept: policy.Retention, as_of: datetime | None
    ) -> datetime | None:
        """When a period ends: who has a right to a warning has at least as long as it gives, from now if it is late."""
        start = self._start(person, kept)
        if not (start and kept.period):
            return None
        end = retention_end(start, kept.period)
        if kept.warning and as_of:
            end = max(end, retention_end(self.warned(person, clause, start) or as_of, kept.warning))
        return end

    def _start(self, person: Person, kept: policy.Retention) -> datetime | None:
        starts = {
            "last_activity": self.last_activity(person),
            "end_of_purpose": self._everything_over(person),
        }
        return starts.get(kept.start or "")

    def warned(self, person: Person, clause: str, start: datetime) -> datetime | None:
        """When they were last warned, if that was after the start of the period."""
        found = [row["warned_at"] for row in self.of("standing.RemovalWarning", person) if row["clause"] == clause]
        return max((at for at in found if at > start), default=None)

    def is_to_warn(self, person: Person, clause: str, as_of: datetime) -> bool:
        """Whether it is time for a warning that they have not had, and nothing ended all at once before."""
        governing, at = self.retention(person, clause, as_of), self.instant(person, clause, as_of)
        kept = governing[1] if governing else None
        if not (kept and kept.warning and kept.period and at and at > as_of) or self.is_restricted(person):
            return False
        start = self._start(person, kept)
        early = policy.Period(**dict(kept.warning) | {"days": kept.warning.days + 7})
        is_time = start and retention_end(start, kept.period) <= retention_end(as_of, early)
        return bool(is_time and start and not self.warned(person, clause, start))

    def _everything_over(self, person: Person) -> datetime | None:
        """When nothing served any purpose any more: with the record, or with a reading that no record followed."""
        if self.of("customers.Customer", person):
            return None
        ends = [row["ended_at"] for row in person.closed] or [
            row["read_at"] for row in self.of("consent.Reading", person)
        ]
        return max(ends, default=None)

    def _purposes_over(self, person: Person, clause: str, version: policy.Version) -> datetime | None:
        """When the last of the clause's purposes ended, if all have."""
        clause_id, _, record = clause.partition("#")
        purposes = version.clauses[clause_id].purposes or PURPOSES.get(clause, ())
        if record or not purposes or (clause == QUOTES and self.is_on_contract(person)):
            return None
        ends = [self.ended(person, purpose) for purpose in purposes]
        return max(end for end in ends if end) if all(ends) else None

    def is_on_contract(self, person: Person) -> bool:
        """Whether they accepted a quote: no withdrawal ends what rests on it."""
        records = {row["id"] for row in self.of("customers.Customer", person)}
        return any(row["customer_id"] in records and row["state"] == "accepted" for row in self.rows["quotes.Quote"])

    def ended(self, person: Person, purpose: str) -> datetime | None:
        """When a purpose ended for good: nothing said or asked since made it go on."""
        begun = [
            row["happened_at"]
            for row in self.of("standing.Fact", person)
            if row["event"] == "details_told" or BEGINS.get(row["event"]) == purpose
        ]
        begun += [row["resumed_at"] for row in self.of("standing.Resumption", person) if row["purpose"] == purpose]
        ends = [row["ended_at"] for row in self.of("standing.Ending", person) if row["purpose"] == purpose]
        return min((end for end in ends if not any(later > end for later in begun)), default=None)

    # What holds it

    def is_restricted(self, person: Person) -> bool:
        return any(row["lifted_at"] is None for row in self.of("standing.Restriction", person))

    def live_holds(self, person: Person, as_of: datetime, clause: str) -> list[Row]:
        """The holds that keep something of what lies under the clause."""
        return [
            row
            for row in self.of("standing.Hold", person)
            if is_live(row, as_of) and row["category"] in CATEGORIES.get(clause, ())
        ]


def scope_of(row: Row) -> UUID:
    found: UUID = row["tenant_id"] if "tenant_id" in row else row["controller_id"]
    return found


def address_of(row: Row) -> tuple[Any, ...]:
    return row["controller_id"], row["channel"], row["sender"], row["digest"]


def is_live(hold: Row, as_of: datetime) -> bool:
    """Whether a hold still holds on the day in Paris."""
    return hold["released_at"] is None and hold["until_date"] >= paris(as_of).date()
