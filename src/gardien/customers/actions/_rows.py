"""Rows that more than one action writes, and what is done again after a restore as it was done."""

from collections.abc import Mapping
from datetime import datetime

from gardien.base.actor import Actor
from gardien.journal import actions as journal

from ..models import Customer, FormerPlate, Vehicle
from ..rules import Plate, Tag, VehicleDetails
from . import _search

_PLATE = ("plate", "plate_display", "plate_kind", "plate_country")


def correct(customer: Customer, stored: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Write a customer's columns anew."""
    for name, value in stored.items():
        setattr(customer, name, value)
    customer.save()
    _search.write(customer)
    journal.record(Tag.CORRECTED, by=by, at=at, subject=customer.reference)


def change_plate(vehicle: Vehicle, borne: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Give a vehicle the columns of another plate, and keep the one that it bore."""
    FormerPlate.objects.create(vehicle=vehicle, until_at=at, **{name: getattr(vehicle, name) for name in _PLATE})
    for name, value in borne.items():
        setattr(vehicle, name, value)
    vehicle.save()
    _search.write(vehicle.customer)
    journal.record(Tag.PLATE_CHANGED, by=by, at=at, subject=vehicle.customer.reference, vehicle=vehicle.id)


def vehicle(customer: Customer, told: VehicleDetails, at: datetime) -> Vehicle:
    """Write a vehicle that a customer told of; the action that calls writes journal and tokens."""
    return Vehicle.objects.create(customer=customer, **plate(told.plate), make=told.make, model=told.model, told_at=at)


def plate(borne: Plate) -> dict[str, str]:
    """Return the columns of a plate."""
    return {
        "plate": borne.canonical,
        "plate_display": borne.display,
        "plate_kind": borne.kind,
        "plate_country": borne.country,
    }
