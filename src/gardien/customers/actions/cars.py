"""Vehicles: told, given another plate, handed over, parted with."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from gardien.base import ledger, scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from .. import queries
from ..models import Customer, Vehicle
from ..rules import Again, Plate, PlateKind, Tag, VehicleDetails
from . import _locks, _rows, _search


class PartedError(ValueError):
    """The vehicle is no longer this customer's: look at whose it is now."""


class AlreadyTheirsError(ValueError):
    """The customer has a vehicle with this plate already."""


class SameOwnerError(ValueError):
    """A vehicle is handed over to somebody else, not to the one who has it."""


@transaction.atomic
def add_vehicle(*, customer_id: UUID, vehicle: VehicleDetails, by: Actor, at: datetime) -> Vehicle:
    """Add a vehicle to a customer; one that they have already, under any record of theirs, is returned unchanged.

    Two customers may have one car: a household does. Raises `NoSuchCustomerError`.
    """
    customer = _locks.persons(customer_id)[customer_id]
    return _present(customer_id, vehicle.plate) or _add(customer, vehicle, by, at)


@transaction.atomic
def change_plate(*, vehicle_id: UUID, plate: Plate, by: Actor, at: datetime) -> Vehicle:
    """Give a vehicle its new plate; it is found by the former one, too. The plate that it bears changes nothing.

    Raises `NoSuchVehicleError`, `PartedError`, `AlreadyTheirsError`.
    """
    vehicle = _locks.vehicle(vehicle_id)
    if vehicle.parted_at is not None:
        raise PartedError
    if (vehicle.plate_country, vehicle.plate) == (plate.country, plate.canonical):
        return vehicle
    if _present(vehicle.customer_id, plate):
        raise AlreadyTheirsError
    ledger.write(
        Again.PLATE_CHANGED,
        controller=scope.current(),
        subjects=[vehicle.customer.reference],
        values={"vehicle": str(vehicle.id), "borne": _rows.plate(plate)},
        at=at,
    )
    _rows.change_plate(vehicle, _rows.plate(plate), by, at)
    return vehicle


@transaction.atomic
def hand_over(*, vehicle_id: UUID, to: UUID, by: Actor, at: datetime) -> Vehicle:
    """Write that a vehicle is now the customer `to`'s, and return their row of it.

    The former owner keeps a row, parted with, and each row is on its own person's clock; neither's journal names the
    other. Sent twice, it has one effect. Raises `NoSuchVehicleError`, `NoSuchCustomerError`, `SameOwnerError`, and
    `PartedError` where the vehicle went to somebody else meanwhile.
    """
    vehicle = _locks.vehicle(vehicle_id, to)
    if vehicle.customer_id in {record.id for record in queries.group(to)}:
        raise SameOwnerError
    plate = _borne(vehicle)
    theirs = _present(to, plate)
    if vehicle.parted_at is not None and theirs is None:
        raise PartedError
    _part(vehicle, by, at)
    told = VehicleDetails(plate, vehicle.make, vehicle.model)
    return theirs or _add(queries.by_id(to), told, by, at)


@transaction.atomic
def part_with(*, vehicle_id: UUID, by: Actor, at: datetime) -> Vehicle:
    """Write that a customer has a vehicle no longer; one already parted with stays so. Raises `NoSuchVehicleError`."""
    vehicle = _locks.vehicle(vehicle_id)
    _part(vehicle, by, at)
    return vehicle


def _add(customer: Customer, vehicle: VehicleDetails, by: Actor, at: datetime) -> Vehicle:
    added = _rows.vehicle(customer, vehicle, at)
    _search.write(customer)
    journal.record(Tag.VEHICLE_TOLD, by=by, at=at, subject=customer.reference, vehicle=added.id)
    return added


def _part(vehicle: Vehicle, by: Actor, at: datetime) -> None:
    if vehicle.parted_at is None:
        vehicle.parted_at = at
        vehicle.save(update_fields=["parted_at"])
        _search.write(vehicle.customer)
        journal.record(Tag.VEHICLE_PARTED, by=by, at=at, subject=vehicle.customer.reference, vehicle=vehicle.id)


def _present(customer_id: UUID, plate: Plate) -> Vehicle | None:
    """Return the vehicle of this plate that a person has at present, under any record of theirs."""
    ids = [record.id for record in queries.group(customer_id)]
    rows = Vehicle.objects.filter(customer__in=ids, parted_at=None, plate=plate.canonical, plate_country=plate.country)
    return rows.order_by("told_at", "id").first()


def _borne(vehicle: Vehicle) -> Plate:
    return Plate(vehicle.plate, vehicle.plate_display, cast("PlateKind", vehicle.plate_kind), vehicle.plate_country)
