"""Corrections, changed plates and removed notes are done again on a database that was restored from before them."""

from dataclasses import replace
from typing import Any

import pytest

from gardien.base import ids, ledger, scope
from gardien.base.models import LedgerMark
from gardien.customers import actions, queries, rules
from gardien.customers.models import Customer, FormerPlate, Note, Vehicle
from gardien.portal.commands import restore
from gardien.standing import actions as standing
from tests.quotes.counter import Counter, day, rows

AT, LATER = day(2026, 6), day(2026, 7)
NUMBERS = iter(range(100, 1000))


def plate() -> str:
    """Return a plate that no other test has."""
    return f"KB-{next(NUMBERS)}-RD"


def again() -> None:
    """Do every line of the ledger again."""
    LedgerMark.objects.all().delete()
    ledger.replay(restore.apply)


def before(counter: Counter, rows_of: Any, **columns: Any) -> None:
    """Let rows be as an older backup has them."""
    with scope.entered(counter.tenant):
        rows_of.objects.filter(id=columns.pop("id")).update(**columns)


def corrected(counter: Counter, **to: Any) -> Customer:
    customer = counter.customer(AT, plate=plate(), last_name="Aubertin", city="Vauclair")
    seen = customer.details
    return counter.do(actions.correct, LATER, customer_id=customer.id, details=replace(seen, **to), seen=seen)


def present(counter: Counter, customer: Customer) -> Customer:
    return counter.read(lambda: Customer.objects.get(id=customer.id))


def told(subject: str, tag: str) -> int:
    return len(rows("SELECT FROM journal_entry WHERE subject = %s AND tag = %s", subject, tag))


def test_a_corrected_name_is_there_again_with_the_words_by_which_it_is_found(counter: Counter) -> None:
    customer = corrected(counter, last_name="Zebulon")
    before(counter, Customer, id=customer.id, last_name="Aubertin", sort_key="aubertin elodie")
    again()
    assert (present(counter, customer).last_name, present(counter, customer).sort_key[:7]) == ("Zebulon", "zebulon")
    found = counter.read(queries.search, "Zebulon")
    assert [each.id for each in found] == [customer.id]
    assert told(customer.reference, "customers:customer:corrected") == 2


def test_the_last_of_two_corrections_stands(counter: Counter) -> None:
    customer = corrected(counter, city="Orval")
    seen = customer.details
    counter.do(actions.correct, LATER, customer_id=customer.id, details=replace(seen, city="Ambly"), seen=seen)
    before(counter, Customer, id=customer.id, city="Vauclair")
    again()
    assert present(counter, customer).city == "Ambly"


def test_what_stands_already_is_left_alone(counter: Counter) -> None:
    customer = corrected(counter, city="Orval")
    again()
    assert told(customer.reference, "customers:customer:corrected") == 1


def test_a_correction_reaches_whom_the_restored_database_restricts(counter: Counter) -> None:
    customer = corrected(counter, city="Orval")
    before(counter, Customer, id=customer.id, city="Vauclair")
    counter.do(standing.restrict, LATER, subjects=[customer.reference])
    again()
    assert rows("SELECT city FROM customers_customer WHERE id = %s", customer.id) == [("Orval",)]


def test_a_new_plate_is_there_again_and_the_former_one_is_kept_once(counter: Counter) -> None:
    old, new = plate(), plate()
    customer = counter.customer(AT, plate=old)
    vehicle = counter.read(queries.vehicles, [customer])[0]
    counter.do(actions.change_plate, LATER, vehicle_id=vehicle.id, plate=rules.parse_plate(new))
    columns = {name: getattr(vehicle, name) for name in ("plate", "plate_display", "plate_kind", "plate_country")}
    before(counter, Vehicle, id=vehicle.id, **columns)
    with scope.entered(counter.tenant):
        FormerPlate.objects.filter(vehicle=vehicle).delete()
    for _ in range(2):
        again()
    (changed,) = counter.read(queries.vehicles, [customer])
    assert (changed.plate_display, [each.until_at for each in changed.former_plates.all()]) == (new, [LATER])
    assert [customer.id] == [each.id for each in counter.read(queries.search, new)]


def test_a_plate_that_another_vehicle_of_theirs_still_bears_there_is_taken_from_it(counter: Counter) -> None:
    old, new = plate(), plate()
    customer = counter.customer(AT, plate=old)
    vehicle = counter.read(queries.vehicles, [customer])[0]
    counter.do(actions.change_plate, LATER, vehicle_id=vehicle.id, plate=rules.parse_plate(new))
    columns = {name: getattr(vehicle, name) for name in ("plate", "plate_display", "plate_kind", "plate_country")}
    before(counter, Vehicle, id=vehicle.id, **columns)
    other = rules.VehicleDetails(rules.parse_plate(new), "Sarvane", "Altis")
    added = counter.do(actions.add_vehicle, AT, customer_id=customer.id, vehicle=other)
    again()
    found = {each.id: (each.plate_display, each.parted_at) for each in counter.read(queries.vehicles, [customer])}
    assert found == {vehicle.id: (new, None), added.id: (new, LATER)}


def test_a_removed_note_is_gone_again(counter: Counter) -> None:
    customer = counter.customer(AT, plate=plate())
    note = counter.do(actions.write_note, AT, customer_id=customer.id, text="rappeler", note_key=ids.new())
    counter.do(actions.remove_note, LATER, note_id=note.id)
    with scope.entered(counter.tenant):
        note.save(force_insert=True)
    again()
    assert counter.read(lambda: list(Note.objects.filter(id=note.id))) == []
    assert told(customer.reference, "customers:note:removed") == 2


@pytest.mark.parametrize("deed", ["correct", "change_plate", "remove_note"])
def test_what_is_gone_stays_gone(counter: Counter, deed: str) -> None:
    customer = corrected(counter, city="Orval")
    vehicle = counter.read(queries.vehicles, [customer])[0]
    counter.do(actions.change_plate, LATER, vehicle_id=vehicle.id, plate=rules.parse_plate(plate()))
    note = counter.do(actions.write_note, AT, customer_id=customer.id, text="rappeler", note_key=ids.new())
    counter.do(actions.remove_note, LATER, note_id=note.id)
    gone = {"correct": Customer, "change_plate": Vehicle, "remove_note": Note}[deed]
    with scope.entered(counter.tenant):
        actions._search.SearchToken.objects.filter(customer=customer).delete()
        actions._search.SearchVariant.objects.filter(customer=customer).delete()
        FormerPlate.objects.filter(vehicle=vehicle).delete()
        Vehicle.objects.filter(customer=customer).delete()
        Customer.objects.filter(id=customer.id).delete()
    again()
    assert counter.read(lambda: gone.objects.filter(id__in=[customer.id, vehicle.id, note.id]).count()) == 0


def test_no_line_says_in_clear_what_was_corrected(counter: Counter, settings: Any) -> None:
    corrected(counter, last_name="Xylophone")
    lines = [path.read_text() for path in settings.GARDIEN_LEDGER.folder.glob("*.jsonl")]
    assert "customers.rectified" in "".join(lines)
    assert "xylophone" not in "".join(lines).lower()
