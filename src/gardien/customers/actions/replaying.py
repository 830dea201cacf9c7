"""What is done again after a restore, from the lines that corrections left in the ledger (`base.ledger`).

A person may be restricted in the restored database who was not when the correction was made: each of these is exempt.
What is gone stays gone, what stands already as the line says stays as it is, and words to be found by follow.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from ..models import Customer, Note, Vehicle
from ..rules import Tag
from . import _locks, _rows


@scope.exempt
def rectify_again(subjects: Sequence[str], values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Write a customer's details as they stood after a correction."""
    for customer in _locks.records(
        Customer.objects.filter(reference__in=subjects).values_list("id", flat=True)
    ).values():
        if any(getattr(customer, name) != value for name, value in values["stored"].items()):
            _rows.correct(customer, values["stored"], by, at)


@scope.exempt
def change_plate_again(_: Sequence[str], values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Give a vehicle the plate that it was given; another present one of its owner with this plate was parted with."""
    vehicle = Vehicle.objects.select_related("customer").filter(id=values["vehicle"]).first()
    borne = values["borne"]
    if vehicle is None or (vehicle.plate, vehicle.plate_country) == (borne["plate"], borne["plate_country"]):
        return
    _locks.persons(vehicle.customer_id)
    alike = {"plate": borne["plate"], "plate_country": borne["plate_country"]}
    Vehicle.objects.filter(customer=vehicle.customer, parted_at=None, **alike).update(parted_at=at)
    _rows.change_plate(vehicle, borne, by, at)


@scope.exempt
def remove_notes_again(subjects: Sequence[str], _: None, *, by: Actor, at: datetime) -> None:
    """Remove notes, by their ids."""
    for note in Note.objects.select_related("customer").filter(id__in=subjects):
        journal.record(Tag.NOTE_REMOVED, by=by, at=at, subject=note.customer.reference, note=note.id)
        note.delete()
