"""What a restored database gives up again: exactly whom the ledger names, whoever they were merged with then."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gardien.base import ids, scope
from gardien.customers import actions as customers
from gardien.customers import queries
from gardien.customers.models import Customer, Merge
from gardien.network import queries as network
from gardien.retention import actions
from gardien.standing import actions as standing
from gardien.standing.models import Closure
from gardien.standing.rules import Event
from tests import scene
from tests.retention.restored import backed_up
from tests.retention.test_sweep import BY, swept
from tests.roles import swept_by

DAY = timedelta(days=1)


class Garage:
    """One garage's counter, each call in a transaction of its own."""

    def __init__(self, membership: Any, at: datetime) -> None:
        self.membership, self.at = membership, at
        self.by, self.tenant = network.actor(membership), network.controller(membership)

    def do(self, action: Any, **what: Any) -> Any:
        with scope.entered(self.tenant):
            return action(**{"by": self.by, "at": self.at, **what})

    def people(self, *names: str) -> list[Customer]:
        """Record customers, each with a car."""
        with scope.entered(self.tenant):
            return [
                scene.customer(self.membership, self.at, f"KX-{200 + number}-AA", last_name=name)
                for number, name in enumerate(names)
            ]

    def merge(self, kept: Customer, absorbed: Customer) -> Merge:
        made: Merge = self.do(customers.merge, kept_id=kept.id, absorbed_id=absorbed.id)
        return made

    def erase(self, *people: Customer) -> None:
        with swept_by(), scope.entered(self.tenant):
            actions.erase(subjects=[each.reference for each in people], by=BY, at=self.at + DAY)

    def groups(self) -> dict[str, str]:
        """Return who is there, and under whose record."""
        with scope.entered(self.tenant):
            return {each.last_name: queries.group(each.id)[0].last_name for each in Customer.objects.all()}

    def found(self, words: str) -> list[str]:
        with scope.entered(self.tenant):
            return [each.last_name for each in queries.search(words)]


@pytest.fixture
def garage(cast: SimpleNamespace, at: datetime) -> Garage:
    return Garage(cast.membership("counter.adviser@tilleul.example"), at)


@pytest.mark.parametrize("going", [0, 1], ids=["kept", "absorbed"])
def test_who_was_parted_since_and_lives_stays_when_the_other_is_erased_again(
    garage: Garage, tmp_path: Path, going: int
) -> None:
    people = garage.people("Aubertin", "Zebulon")
    merged = garage.merge(*people)
    restored = backed_up(tmp_path)
    garage.do(customers.undo_merge, merge_id=merged.id)
    garage.erase(people[going])
    stays = people[1 - going].last_name
    assert garage.groups() == {stays: stays}
    assert restored() == 1
    assert garage.groups() == {stays: stays}
    assert garage.found(stays) == [stays]
    with scope.entered(garage.tenant):
        assert list(Closure.objects.values_list("subject", flat=True)) == [people[going].reference]
        assert Merge.objects.count() == 0


def test_who_was_parted_since_stays_when_the_sweep_took_the_other(garage: Garage, tmp_path: Path) -> None:
    one, other = garage.people("Aubertin", "Zebulon")
    merged = garage.merge(one, other)
    restored = backed_up(tmp_path)
    garage.do(customers.undo_merge, merge_id=merged.id)
    later = garage.at + timedelta(days=400)
    told = {"subject": one.reference, "event": Event.APPOINTMENT_KEPT, "source_id": ids.new()}
    garage.do(standing.record_activity, at=later, **told)
    swept(garage.at + timedelta(days=800), garage.at + timedelta(days=800))
    assert garage.groups() == {"Aubertin": "Aubertin"}
    restored()
    assert garage.groups() == {"Aubertin": "Aubertin"}


@pytest.mark.parametrize(
    ("going", "left"),
    [
        ((0,), {"Besson": "Besson", "Zebulon": "Besson"}),
        ((1,), {"Aubertin": "Aubertin", "Zebulon": "Zebulon"}),
        ((2,), {"Aubertin": "Aubertin", "Besson": "Aubertin"}),
        ((0, 2), {"Besson": "Besson"}),
        ((1, 2), {"Aubertin": "Aubertin"}),
        ((0, 1, 2), {}),
    ],
)
def test_of_a_chain_of_three_exactly_those_go_again(
    garage: Garage, tmp_path: Path, going: tuple[int, ...], left: dict[str, str]
) -> None:
    """The second was absorbed by the first after it had absorbed the third."""
    people = garage.people("Aubertin", "Besson", "Zebulon")
    merges = [garage.merge(people[1], people[2]), garage.merge(people[0], people[1])]
    restored = backed_up(tmp_path)
    for merge in merges:
        garage.do(customers.undo_merge, merge_id=merge.id)
    garage.erase(*(people[each] for each in going))
    restored()
    assert garage.groups() == left


def test_who_was_merged_since_goes_again_with_the_other(garage: Garage, tmp_path: Path) -> None:
    people = garage.people("Aubertin", "Zebulon", "Besson")
    restored = backed_up(tmp_path)
    garage.merge(*people[:2])
    garage.erase(people[0])
    restored()
    assert garage.groups() == {"Besson": "Besson"}
