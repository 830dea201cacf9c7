"""The words in which a room declares where personal data lies, which code keeps a clause, which figure proves it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .policy import Population


@dataclass(frozen=True)
class Holding:
    """Personal columns that lie together and share their fate.

    `place` is a model label (`customers.Customer`), a job (`job:quotes.verify`), a file
    (`file:documents`) or an entry of sessions (`session:carried`); `category` an id of the commitment's categories
    or `derived:<record>`; `purposes` ids of `*.use.*` clauses; `clock` the retention clause, or a record of the
    evidence's, as `client.evidence.retention#consent_proof` (read it with `policy.retention`); `found_by` the look-up
    that leads from the row to its subject's reference; `keys` names keys of a JSON column, as `column.key`.

    A row's period runs with its person, or from its own column `dated_by`; of rows that share the columns `renewed_by`
    it runs from the latest. `begun()` returns a query of (id, at) of rows whose period began before their person's.
    `also` names further clocks that may end it: of the other population, or earlier ones. What `outlasts` its person
    stays for as long as a hold of theirs lives. What is not `is_archived` no hold keeps: it tells of other categories
    too (keys to search by, documents, letters), or is no ground's to need (secrets, remarks).
    """

    place: str
    columns: tuple[str, ...]
    category: str
    purposes: tuple[str, ...]
    clock: str
    found_by: str
    is_exported: bool = True
    also: tuple[str, ...] = ()
    dated_by: str = ""
    renewed_by: tuple[str, ...] = ()
    begun: Callable[[], Any] | None = None
    outlasts: bool = False
    is_archived: bool = True

    @property
    def clocks(self) -> tuple[str, ...]:
        """Every clock that may end it."""
        return (self.clock, *self.also)


@dataclass(frozen=True)
class NotPersonal:
    """Columns that say nothing about a person, with the reason why; `"*"` stands for all of a place."""

    place: str
    columns: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Keeper:
    """The callable that keeps a clause; `mends` are the linter's rules whose findings on that clause it makes good."""

    clause: str
    keeps: Callable[..., object]
    mends: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The callable's name, as `module.name`."""
        return f"{self.keeps.__module__}.{self.keeps.__qualname__}"


@dataclass(frozen=True)
class Proof:
    """A live figure that shows that a clause is kept: its query returns (what was counted, what was found wrong).

    `is_scoped` if it counts rows of one controller: it is then measured on behalf of each, and the figures added up.
    `is_timed` if what is wrong depends on the instant: the query then takes `at`.
    """

    clause: str
    measure: Callable[..., tuple[int, int]]
    is_scoped: bool = False
    is_timed: bool = False

    def taken(self, at: datetime) -> tuple[int, int]:
        """Return what it counts at an instant, and what of it is wrong."""
        return self.measure(at=at) if self.is_timed else self.measure()


@dataclass(frozen=True)
class Activity:
    """A fact that moves a person's clock, and the action that records it; no other action may record that event."""

    event: str
    action: Callable[..., object]


@dataclass(frozen=True)
class Kept:
    """What a withdrawal leaves in place: so many records of one kind, each on a ground of its own, or none."""

    what: str
    count: int
    ground: str


@dataclass(frozen=True)
class Withdrawal:
    """What the end of a person's consent to a purpose ends in a room.

    `ends(subjects, purpose, by=, at=)` runs in the withdrawal's transaction, with every reference of the person's
    merged group, and returns what stays and on which ground; doing it again changes nothing. `resumes`, with the one
    reference under which it is said, runs in the transaction of a yes.
    """

    purposes: tuple[str, ...]
    ends: Callable[..., tuple[Kept, ...]]
    resumes: Callable[..., None] | None = None


@dataclass(frozen=True)
class Exempt:
    """An action that may touch a restricted person's record, with the reason why (GDPR, article 18(2) and (3))."""

    action: Callable[..., object]
    reason: str


@dataclass(frozen=True)
class Root:
    """The table whose rows are the persons of a population, `client` or `user`: all else of theirs leads to it.

    `reference` is the column of their reference, `email` that of their address, which may be empty; `group` the column
    that leads to the record kept of a merged group. `parts(subjects=, by=, at=)` parts records from all others of their
    groups, on a restored database that has joined what was parted since.
    """

    population: Population
    place: str
    reference: str = "reference"
    group: str = ""
    email: str = "email"
    parts: Callable[..., None] | None = None


@dataclass(frozen=True)
class Occurrence:
    """When an event of the commitment's (`policy.kinds`: START_EVENTS, END_EVENTS) occurred to whom.

    `told()` returns a query of (subject, occurred_at) in the present scope. Of several instants a period runs from the
    latest, and what stays until an event goes at the earliest.
    """

    event: str
    told: Callable[[], Any]


@dataclass(frozen=True)
class Defer:
    """Why what is due of some persons waits under a clause: their wheels are in custody.

    `subjects()` returns a query of references in the present scope, named `subject`. `is_of_endings` if it holds off
    only what a withdrawal would end at once: the period of the last activity runs on.
    """

    reason: str
    clauses: tuple[str, ...]
    subjects: Callable[[], Any]
    is_of_endings: bool = False


@dataclass(frozen=True)
class Twin:
    """What is left of a kind of record once its person is gone, without them.

    `rows()` returns a query in the present scope of (subject, month, department, size, amount), in this order and by
    these names: a reference, the first day of a month, two or three digits or "", a tyre size or "", euros or null.
    """

    kind: str
    population: str
    rows: Callable[[], Any]


@dataclass(frozen=True)
class Tidy:
    """What lies outside the tables, or belongs to no row any more: `run(at=)` removes it and returns how much it was.

    It is done after each sweep, and doing it again changes nothing.
    """

    place: str
    run: Callable[..., int]


@dataclass(frozen=True)
class Replay:
    """How a line of the ledger (`base.ledger`) of this kind is done again after a restore, in its controller's scope.

    `apply(subjects, values, by=, at=)`; doing it twice is doing it once.
    """

    kind: str
    apply: Callable[..., None]


@dataclass(frozen=True)
class Declaration:
    """One room's word."""

    holdings: tuple[Holding, ...] = ()
    not_personal: tuple[NotPersonal, ...] = ()
    activity: tuple[Activity, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    exempt: tuple[Exempt, ...] = ()
    roots: tuple[Root, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    defers: tuple[Defer, ...] = ()
    twins: tuple[Twin, ...] = ()
    tidies: tuple[Tidy, ...] = ()
    replays: tuple[Replay, ...] = ()
    keepers: tuple[Keeper, ...] = ()
    proofs: tuple[Proof, ...] = ()
