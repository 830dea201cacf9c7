"""Which clauses keep something until when, what lies under each, and on whose behalf it is swept."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from gardien.base import scope
from gardien.base.models import ControllerRow, TenantRow
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.commitment.registry import Holding, Root, registry
from gardien.network import queries as network
from gardien.network.rules import PartyKind


@dataclass(frozen=True)
class Pass:
    """One controller's turn: the population it answers for, and whether it sweeps the tables of no controller."""

    controller: UUID
    population: str
    is_shared: bool = False


@dataclass(frozen=True)
class Rule:
    """What a version says of a clause: how long, and the purposes with whose end it is over."""

    retention: policy.Retention
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """A clock of one population at an instant, and the holdings under it.

    `rules` says what governs who was first told under the version of a place in `versions`, and was told the last of
    these again or not; None where nothing does.
    """

    id: str
    population: str
    versions: tuple[policy.Version, ...]
    rules: dict[tuple[int, bool], Rule | None]
    holdings: tuple[Holding, ...]

    @cached_property
    def root(self) -> Root:
        """Return the table of the population's persons."""
        return registry.root(self.population)

    @cached_property
    def is_of_roots(self) -> bool:
        """Say whether the persons' own rows lie under it: with them goes all that hangs on them."""
        return any(each.place == self.root.place for each in self.holdings)

    @cached_property
    def is_warned(self) -> bool:
        """Say whether persons' own records lie under it, and a version that may govern promises a warning."""
        return self.is_of_roots and any(rule.retention.warning for rule in self.rules.values() if rule)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Return the categories under it of which a hold can keep something."""
        kept = (each for each in self.holdings if each.is_archived and is_table(each.place))
        return tuple(dict.fromkeys(each.category for each in kept))

    @property
    def dated(self) -> list[Holding]:
        """Return what runs row by row: a table once, however many holdings its columns lie in."""
        found = (each for each in self.holdings if each.dated_by or each.begun)
        return list({each.place: each for each in found}.values())

    @property
    def with_person(self) -> list[Holding]:
        """Return what runs with its person and lies in tables."""
        return [each for each in self.holdings if not each.dated_by and is_table(each.place) and names(each)]


def passes() -> Iterator[Pass]:
    """Yield every controller's turn: the repairers', then the network's with the shared tables, then the provider's."""
    for repairer in network.repairers():
        yield Pass(repairer.id, "client")
    for kind in PartyKind:
        with suppress(network.NoPartyError):  # before the first start has named it
            yield Pass(network.central_party(kind).id, "user", is_shared=kind == PartyKind.NETWORK)


def present() -> Pass:
    """Return the turn of the present controller; one that nobody knows has nothing."""
    here = scope.current()
    return next((each for each in passes() if each.controller == here), Pass(here, ""))


def clauses(of: Pass, day: date) -> list[Clause]:
    """Return the clocks of a pass on a day in Paris, in the order of the version in force, its own rows under each."""
    versions = tuple(each for each in commitment.versions().all if each.effective_date <= day)
    found = []
    for id_, population in _ids(versions).items():
        holdings = tuple(
            each for each in registry.holdings() if id_ in each.clocks and is_swept(each.place, population, of)
        )
        if population == of.population or holdings:
            found.append(Clause(id_, population, versions, _rules(versions, id_, day, holdings), holdings))
    return found


def ending(root: Root) -> tuple[str, ...]:
    """Return the clocks under which persons' records lie."""
    return tuple(dict.fromkeys(id_ for each in registry.holdings() if each.place == root.place for id_ in each.clocks))


def hanging_on(root: Root) -> list[Holding]:
    """Return everything that goes with a person's record, under whichever of its clocks it goes."""
    return [each for each in registry.holdings() if set(ending(root)).intersection(each.clocks)]


def is_table(place: str) -> bool:
    """Say whether a holding's place is a table."""
    return ":" not in place


def names(holding: Holding) -> bool:
    """Say whether the way from a table's rows ends where a reference can stand; a mark of the ledger names nobody."""
    found: Any = apps.get_model(holding.place)
    for step in holding.found_by.split("."):
        field = found._meta.get_field(step)
        found = field.related_model
    return isinstance(field, models.CharField)


def is_scoped(place: str) -> bool:
    """Say whether a table's rows belong to one controller."""
    return issubclass(apps.get_model(place), ControllerRow | TenantRow)


def is_swept(place: str, population: str, of: Pass) -> bool:
    """Say whether a pass sweeps a place: its own population's rows, and with the shared tables everybody's."""
    if not is_table(place):
        return population == of.population
    return population == of.population if is_scoped(place) else of.is_shared


def model(place: str) -> type[models.Model]:
    """Return the model of a table."""
    return apps.get_model(place)


def _ids(versions: Sequence[policy.Version]) -> dict[str, str]:
    """Return each clock of some versions with its population, those of the last one first."""
    found: dict[str, str] = {}
    for version in reversed(versions):
        for id_, clause in version.clauses.items():
            population = id_.partition(".")[0]
            found |= {id_: population} if clause.retention else {f"{id_}#{each}": population for each in clause.records}
    return found


def _rules(
    versions: tuple[policy.Version, ...], id_: str, day: date, holdings: Sequence[Holding]
) -> dict[tuple[int, bool], Rule | None]:
    every = policy.Versions(versions)
    return {
        (place, again): _rule(every, id_, told_on=each.effective_date, day=day, again=again, holdings=holdings)
        for place, each in enumerate(versions)
        for again in (False, True)
    }


def _rule(
    versions: policy.Versions, id_: str, *, told_on: date, day: date, again: bool, holdings: Sequence[Holding]
) -> Rule | None:
    try:
        version = policy.governing(versions, id_, collected_on=told_on, today=day, was_told_again=again)
    except policy.NoClockError:
        return None
    retention = policy.retention(version, id_)
    if retention is None:
        return None
    if "#" in id_:  # a proof outlives the purpose that it is of
        return Rule(retention, ())
    population = id_.partition(".")[0]
    declared = (purpose for each in holdings for purpose in each.purposes if purpose.startswith(f"{population}."))
    return Rule(retention, version.clauses[id_].purposes or tuple(dict.fromkeys(declared)))
