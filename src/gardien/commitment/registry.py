"""All that the rooms declare, by room.

Rooms register from `apps.ready()`. Higher rooms and the laws read the registry and never name a room.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .declarations import (
    Activity,
    Declaration,
    Defer,
    Exempt,
    Holding,
    Keeper,
    Kept,
    NotPersonal,
    Occurrence,
    Proof,
    Replay,
    Root,
    Tidy,
    Twin,
    Withdrawal,
)

__all__ = [
    "Activity",
    "Declaration",
    "Defer",
    "Exempt",
    "Holding",
    "Keeper",
    "Kept",
    "NotPersonal",
    "Occurrence",
    "Proof",
    "Registry",
    "Replay",
    "Root",
    "Tidy",
    "Twin",
    "Withdrawal",
    "registry",
    "unclassified",
]


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

    def root(self, population: str) -> Root:
        """Return the table of a population's persons."""
        return next(each for word in self.rooms.values() for each in word.roots if each.population == population)

    def occurrences(self, event: str) -> list[Occurrence]:
        """Return who tells when an event occurred; nobody if the rooms know of no such event yet."""
        return [each for word in self.rooms.values() for each in word.occurrences if each.event == event]

    def defers(self) -> list[Defer]:
        """Return everything that holds off what is due."""
        return [each for word in self.rooms.values() for each in word.defers]

    def twins(self, population: str) -> list[Twin]:
        """Return what is left of a population's records."""
        return [each for word in self.rooms.values() for each in word.twins if each.population == population]

    def tidies(self) -> list[Tidy]:
        """Return what is cleared after each sweep."""
        return [each for word in self.rooms.values() for each in word.tidies]

    def replay(self, kind: str) -> Replay:
        """Return how a line of the ledger is done again."""
        return next(each for word in self.rooms.values() for each in word.replays if each.kind == kind)

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
