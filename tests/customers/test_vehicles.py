"""Vehicles: told twice, given another plate, handed over, bought back."""

from typing import Any

import pytest

from gardien.base import ids
from gardien.customers import actions, queries, rules
from gardien.customers.rules import VehicleDetails
from tests.customers.together import at_once
from tests.quotes.counter import Counter, day, rows

AT, LATER, LAST = day(2026, 6), day(2026, 7), day(2026, 8)
NUMBERS = iter(range(100, 1000))


def plate() -> str:
    """Return a plate that no other test has."""
    return f"KA-{next(NUMBERS)}-RD"


def car(typed: str) -> VehicleDetails:
    return VehicleDetails(rules.parse_plate(typed), "Sarvane", "Altis")


def cars(counter: Counter, customer: Any) -> list[tuple[str, Any]]:
    group = counter.read(queries.group, customer.id)
    return [(each.plate_display, each.parted_at) for each in counter.read(queries.vehicles, group)]


def tags(customer: Any) -> list[str]:
    told = rows(
        "SELECT tag FROM journal_entry WHERE subject = %s AND tag LIKE 'customers:%%' ORDER BY id", customer.reference
    )
    return [tag.split(":", 1)[1] for (tag,) in told][1:]


def test_a_vehicle_told_again_is_the_one_that_is_known(counter: Counter) -> None:
    typed = plate()
    customer = counter.customer(AT, plate=typed)
    known = counter.do(actions.add_vehicle, LATER, customer_id=customer.id, vehicle=car(typed))
    more = counter.do(actions.add_vehicle, LATER, customer_id=customer.id, vehicle=car(plate()))
    assert (known.told_at, more.told_at) == (AT, LATER)
    assert [tags(customer), len(cars(counter, customer))] == [["vehicle:told"], 2]
    assert customer.id in {each.id for each in counter.read(queries.search, more.plate_display)}


def test_two_advisers_who_add_one_vehicle_at_once_add_one(counter: Counter) -> None:
    customer, told = counter.customer(AT, plate=plate()), car(plate())
    deed = lambda: actions.add_vehicle(customer_id=customer.id, vehicle=told, by=counter.by, at=AT)  # noqa: E731
    assert len({each.id for each in at_once(counter, deed, deed, deed)}) == 1


def test_a_vehicle_of_an_absorbed_record_is_the_persons_already(counter: Counter) -> None:
    typed = plate()
    kept, absorbed = counter.customer(AT, plate=plate()), counter.customer(AT, plate=typed)
    counter.do(actions.merge, AT, kept_id=kept.id, absorbed_id=absorbed.id)
    known = counter.do(actions.add_vehicle, LATER, customer_id=kept.id, vehicle=car(typed))
    assert (known.customer_id, len(cars(counter, kept))) == (absorbed.id, 2)


def test_a_vehicle_is_found_by_its_new_plate_and_by_the_former_one(counter: Counter) -> None:
    old, new = "4242 QX 35", plate()
    customer = counter.customer(AT, plate=old)
    vehicle = counter.read(queries.vehicles, [customer])[0]
    for _ in range(2):
        counter.do(actions.change_plate, LATER, vehicle_id=vehicle.id, plate=rules.parse_plate(new))
    changed = counter.read(queries.vehicles, [customer])[0]
    assert (changed.id, changed.plate_display, changed.plate_kind) == (vehicle.id, new, "siv")
    assert [(each.plate_display, each.plate_kind, each.until_at) for each in changed.former_plates.all()] == [
        (old, "fni", LATER)
    ]
    assert tags(customer) == ["plate:changed"]
    for typed in (old, new):
        assert customer.id in {each.id for each in counter.read(queries.search, typed)}


def test_a_plate_that_the_customer_has_on_another_vehicle_is_refused(counter: Counter) -> None:
    customer = counter.customer(AT, plate=plate())
    first = counter.read(queries.vehicles, [customer])[0]
    other = counter.do(actions.add_vehicle, AT, customer_id=customer.id, vehicle=car(plate()))
    with pytest.raises(actions.AlreadyTheirsError):
        counter.do(actions.change_plate, LATER, vehicle_id=first.id, plate=rules.parse_plate(other.plate_display))


def test_a_car_that_changes_owner_is_a_row_of_each_and_its_plate_finds_both(counter: Counter) -> None:
    typed = plate()
    seller, buyer = (
        counter.customer(AT, plate=typed, last_name="Aubertin"),
        counter.customer(AT, plate=plate(), last_name="Zeller"),
    )
    vehicle = counter.read(queries.vehicles, [seller])[0]
    theirs = [counter.do(actions.hand_over, LATER, vehicle_id=vehicle.id, to=buyer.id) for _ in range(2)]
    assert theirs[0].id == theirs[1].id
    assert cars(counter, seller) == [(typed, LATER)]
    assert (typed, None) in cars(counter, buyer)
    assert (theirs[0].make, theirs[0].model, theirs[0].told_at) == ("Sarvane", "Altis", LATER)
    owned = next(each for each in counter.read(queries.vehicles, [buyer]) if each.plate_display == typed)
    assert [(each.customer_id, each.parted_at) for each in owned.former_owners] == [(seller.id, LATER)]
    assert [each.id for each in counter.read(queries.former_owners, owned)] == [vehicle.id]
    assert [each.id for each in counter.read(queries.search, typed)] == [buyer.id, seller.id]


def test_neither_owners_journal_names_the_other(counter: Counter) -> None:
    seller, buyer = counter.customer(AT, plate=plate()), counter.customer(AT, plate=plate())
    counter.do(actions.hand_over, LATER, vehicle_id=counter.read(queries.vehicles, [seller])[0].id, to=buyer.id)
    assert (tags(seller), tags(buyer)) == (["vehicle:parted"], ["vehicle:told"])
    for one, other in ((seller, buyer), (buyer, seller)):
        told = rows('SELECT "references"::text FROM journal_entry WHERE subject = %s', one.reference)
        assert [text for (text,) in told if other.reference in text] == []


def test_a_car_that_is_bought_back_has_a_row_for_each_time(counter: Counter) -> None:
    typed = plate()
    first, second = counter.customer(AT, plate=typed), counter.customer(AT, plate=plate())
    away = counter.do(actions.hand_over, LATER, vehicle_id=counter.read(queries.vehicles, [first])[0].id, to=second.id)
    back = counter.do(actions.hand_over, LAST, vehicle_id=away.id, to=first.id)
    assert cars(counter, first) == [(typed, None), (typed, LATER)]
    assert [each.customer_id for each in counter.read(queries.former_owners, back)] == [second.id]


def test_a_vehicle_is_not_handed_over_to_who_has_it_nor_by_who_has_it_no_longer(counter: Counter) -> None:
    owner, alias, other = (counter.customer(AT, plate=plate()) for _ in range(3))
    counter.do(actions.merge, AT, kept_id=owner.id, absorbed_id=alias.id)
    vehicle = counter.read(queries.vehicles, [owner])[0]
    for to in (owner.id, alias.id):
        with pytest.raises(actions.SameOwnerError):
            counter.do(actions.hand_over, LATER, vehicle_id=vehicle.id, to=to)
    for _ in range(2):
        counter.do(actions.part_with, LATER, vehicle_id=vehicle.id)
    assert tags(owner).count("vehicle:parted") == 1
    with pytest.raises(actions.PartedError):
        counter.do(actions.hand_over, LAST, vehicle_id=vehicle.id, to=other.id)
    with pytest.raises(actions.PartedError):
        counter.do(actions.change_plate, LAST, vehicle_id=vehicle.id, plate=rules.parse_plate(plate()))


def test_two_advisers_who_hand_one_car_to_two_buyers_give_it_to_one(counter: Counter) -> None:
    seller, *buyers = (counter.customer(AT, plate=plate()) for _ in range(3))
    vehicle = counter.read(queries.vehicles, [seller])[0]

    def deed(buyer: Any) -> Any:
        return lambda: actions.hand_over(vehicle_id=vehicle.id, to=buyer.id, by=counter.by, at=LATER)

    done = at_once(counter, *(deed(buyer) for buyer in buyers))
    assert sorted(type(each).__name__ for each in done) == ["PartedError", "Vehicle"]
    assert rows("SELECT count(*) FROM customers_vehicle WHERE plate = %s AND parted_at IS NULL", vehicle.plate) == [
        (1,)
    ]


def test_two_customers_may_have_one_car(counter: Counter) -> None:
    typed = plate()
    household = [counter.customer(AT, plate=typed) for _ in range(2)]
    vehicle = counter.read(queries.vehicles, [household[0]])[0]
    theirs = counter.do(actions.hand_over, LATER, vehicle_id=vehicle.id, to=household[1].id)
    assert (theirs.told_at, theirs.customer_id) == (AT, household[1].id)


def test_another_repairers_vehicle_is_none(counters: dict[str, Counter]) -> None:
    counter, other = counters["TILLEUL"], counters["CANAL"]
    ours, theirs = counter.customer(AT, plate=plate()), other.customer(AT, plate=plate())
    vehicle = other.read(queries.vehicles, [theirs])[0]
    for action, what in (
        (actions.part_with, {}),
        (actions.hand_over, {"to": ours.id}),
        (actions.change_plate, {"plate": rules.parse_plate(plate())}),
    ):
        for vehicle_id in (vehicle.id, ids.new()):
            with pytest.raises(queries.NoSuchVehicleError):
                counter.do(action, AT, vehicle_id=vehicle_id, **what)
    with pytest.raises(queries.NoSuchCustomerError):
        counter.do(actions.hand_over, AT, vehicle_id=counter.read(queries.vehicles, [ours])[0].id, to=theirs.id)
