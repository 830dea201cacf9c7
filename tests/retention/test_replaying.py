"""What a restored database gives up again: exactly whom the ledger names, whoever they were merged with then."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gardien.base import clock, ids, scope
from gardien.customers import actions as customers
from gardien.customers import queries
from gardien.customers.models import Customer, Merge
from gardien.network import queries as network
from gardien.retention import actions
from gardien.standing import actions as standing
from gardien.standing.models import Archived, Closure, Hold
from gardien.standing.rules import Event, Ground
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


def held(garage: Garage, of: Customer, category: str = "email", days: int = 3000) -> Hold:
    """Hold one category of a person's data for so many days."""
    until_date = clock.legal_day(garage.at + days * DAY)
    terms = {"ground": Ground.DISPUTE, "legal_reference": "RG 26/00118", "until_date": until_date}
    placed: Hold = garage.do(standing.hold, subject=of.reference, category=category, **terms)
    return placed


def archive(garage: Garage) -> list[tuple[str, str, datetime | None]]:
    """Return what is archived, as its category, its hold's reference, and when that was released."""
    with scope.entered(garage.tenant):
        columns = "hold__category", "hold__legal_reference", "hold__released_at"
        return list(Archived.objects.order_by("hold__category").values_list(*columns))


def holds(garage: Garage) -> list[dict[str, Any]]:
    with scope.entered(garage.tenant):
        return list(Hold.objects.order_by("id").values())


def test_a_hold_released_since_keeps_nothing_of_whom_a_line_erases_again(garage: Garage, tmp_path: Path) -> None:
    (one,) = garage.people("Aubertin")
    placed = held(garage, one)
    restored = backed_up(tmp_path)
    garage.do(standing.release, hold_id=placed.id)
    before = holds(garage)
    garage.erase(one)
    assert restored() == 2
    assert archive(garage) == []
    assert holds(garage) == before


@pytest.mark.parametrize("way", ["released", "over"])
def test_what_a_hold_let_go_since_is_let_go_again_with_the_hold(garage: Garage, tmp_path: Path, way: str) -> None:
    (one,) = garage.people("Aubertin")
    placed = held(garage, one, days=3000 if way == "released" else 5)
    garage.erase(one)
    assert archive(garage) == [("email", "RG 26/00118", None)]
    restored = backed_up(tmp_path)
    if way == "released":
        garage.do(standing.release, hold_id=placed.id)
    swept(garage.at + 10 * DAY, garage.at + 10 * DAY)
    assert (archive(garage), holds(garage)) == ([], [])
    restored()
    assert (archive(garage), holds(garage)) == ([], [])


def test_a_hold_placed_or_made_longer_since_keeps_again_what_it_kept(garage: Garage, tmp_path: Path) -> None:
    (one,) = garage.people("Aubertin")
    held(garage, one, "email", days=10)
    restored = backed_up(tmp_path)
    held(garage, one, "email", days=90)
    held(garage, one, "plate", days=90)
    before = holds(garage)
    swept(garage.at + 20 * DAY, garage.at + 20 * DAY)
    garage.erase(one)
    restored()
    assert holds(garage) == before
    assert archive(garage) == [("email", "RG 26/00118", None), ("plate", "RG 26/00118", None)]


def test_a_hold_that_came_and_went_since_stays_gone_and_its_terms_cannot_be_read(
    garage: Garage, tmp_path: Path, settings: Any
) -> None:
    one, other = garage.people("Aubertin", "Zebulon")
    restored = backed_up(tmp_path)
    placed, stays = held(garage, one), held(garage, other)
    garage.erase(one)
    garage.do(standing.release, hold_id=placed.id)
    swept(garage.at + 2 * DAY, garage.at + 2 * DAY)
    keys = {path.stem for path in (settings.GARDIEN_LEDGER.folder / "keys").iterdir()}
    assert (str(placed.id) in keys, str(stays.id) in keys) == (False, True)
    restored()
    assert archive(garage) == []
    assert [each["id"] for each in holds(garage)] == [stays.id]
    assert garage.groups() == {"Zebulon": "Zebulon"}
    lines = "".join(path.read_text() for path in settings.GARDIEN_LEDGER.folder.glob("*.jsonl"))
    assert (str(placed.id) in lines, "RG 26" in lines, one.reference in lines) == (True, False, True)


def test_what_is_archived_of_somebody_restricted_then_goes_again(garage: Garage, tmp_path: Path) -> None:
    (one,) = garage.people("Aubertin")
    placed = held(garage, one)
    garage.erase(one)
    garage.do(standing.restrict, subjects=[one.reference])
    restored = backed_up(tmp_path)
    for action in (standing.announce_lift, standing.lift):
        garage.do(action, subjects=[one.reference])
    garage.do(standing.release, hold_id=placed.id)
    swept(garage.at + 2 * DAY, garage.at + 2 * DAY)
    assert (archive(garage), holds(garage)) == ([], [])
    restored()
    assert (archive(garage), holds(garage)) == ([], [])
