"""What the rooms declare: where personal data lies, which code keeps a clause, which figure proves it.

Rooms register from `apps.ready()`. Higher rooms and the laws read the registry and never name a room.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Holding:
    """Personal columns that lie together and share their fate.

    `place` is a model label (`customers.Customer`), a job (`job:quotes.verify`), a file
    (`file:documents`) or an entry of sessions (`session:carried`); `category` an id of the commitment's categories
    or `derived:<record>`; `purposes` ids of `*.use.*` clauses; `clock` the retention clause, or a record of the
    evidence's, as `client.evidence.retention#consent_proof` (read it with `policy.retention`); `found_by` the look-up
    that leads from the row to its subject's reference; `keys` names keys of a JSON column, as `column.key`.
    """

    place: str
    columns: tuple[str, ...]
    category: str
    purposes: tuple[str, ...]
    clock: str
    found_by: str
    is_exported: bool = True


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
    """

    clause: str
    measure: Callable[[], tuple[int, int]]
    is_scoped: bool = False


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
class Declaration:
    """One room's word."""

    holdings: tuple[Holding, ...] = ()
    not_personal: tuple[NotPersonal, ...] = ()
    activity: tuple[Activity, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    exempt: tuple[Exempt, ...] = ()
    keepers: tuple[Keeper, ...] = ()
    proofs: tuple[Proof, ...] = ()


@dataclass
class Registry:
    """All rooms' declarations, by room."""

    rooms: dict[str, Declaration] = field(default_factory=dict)

    def register(self, room: str, declaration: Declaration) -> None:
        """Take a room's declaration; a room speaks once, so a second word replaces the first."""
        self.rooms[room] = declaration

    def holdings(self) -> list[Holding]:
        """Return every holding."""
        return [holding for word in self.rooms.values() for holding in word.holdings]

    def not_personal(self) -> list[NotPersonal]:
        """Return every column declared not personal."""
        return [entry for word in self.rooms.values() for entry in word.not_personal]

    def activity(self) -> list[Activity]:
        """Return every activity."""
        return [activity for word in self.rooms.values() for activity in word.activity]

    def withdrawals(self, purpose: str) -> list[Withdrawal]:
        """Return what the end of consent to `purpose` ends, in the order of the rooms."""
        found = [withdrawal for word in self.rooms.values() for withdrawal in word.withdrawals]
        return [withdrawal for withdrawal in found if purpose in withdrawal.purposes]

    def end(self, subjects: Sequence[str], purpose: str, **told: Any) -> tuple[Kept, ...]:
        """Run what the rooms declare to end with a purpose, `told` being `by` and `at`; return what they keep."""
        ended = [withdrawal.ends(subjects, purpose, **told) for withdrawal in self.withdrawals(purpose)]
        return tuple(kept for each in ended for kept in each)

    def resume(self, subject: str, purpose: str, **told: Any) -> None:
        """Run what the rooms declare to go on with a purpose, `told` being `by` and `at`."""
        for withdrawal in self.withdrawals(purpose):
            if withdrawal.resumes:
                withdrawal.resumes(subject, purpose, **told)

    def exempt(self) -> list[Exempt]:
        """Return every action that may touch a restricted person's record."""
        return [exempt for word in self.rooms.values() for exempt in word.exempt]

    def keepers(self) -> list[Keeper]:
        """Return every keeper."""
        return [keeper for word in self.rooms.values() for keeper in word.keepers]

    def mending(self) -> dict[tuple[str, str], str]:
        """Return the name of the keeper that mends a finding, by the linter's rule and the clause."""
        return {(rule, keeper.clause): keeper.name for keeper in self.keepers() for rule in keeper.mends}

    def proofs(self) -> list[Proof]:
        """Return every proof."""
        return [proof for word in self.rooms.values() for proof in word.proofs]


registry = Registry()


def unclassified(places: Iterable[tuple[str, str]], rooms: Registry = registry) -> list[str]:
    """Return, as `place.column`, each place that is in no holding or in more than one classification.

    `places` are pairs of a place and one of its columns, JSON keys as `column.key`.
    """
    counted: dict[tuple[str, str], int] = {}
    entries: list[Holding | NotPersonal] = [*rooms.holdings(), *rooms.not_personal()]
    for entry in entries:
        for column in entry.columns:
            counted[entry.place, column] = counted.get((entry.place, column), 0) + 1
    return [
        f"{place}.{column}"
        for place, column in places
        if counted.get((place, column), 0) + counted.get((place, "*"), 0) != 1
    ]
