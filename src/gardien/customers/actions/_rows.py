"""Rows that more than one action writes; the action that calls writes journal and tokens."""

from datetime import datetime

from ..models import Customer, Vehicle
from ..rules import Plate, VehicleDetails


def vehicle(customer: Customer, told: VehicleDetails, at: datetime) -> Vehicle:
    """Write a vehicle that a customer told of."""
    return Vehicle.objects.create(customer=customer, **plate(told.plate), make=told.make, model=told.model, told_at=at)


def plate(borne: Plate) -> dict[str, str]:
    """Return the columns of a plate."""
    return {
        "plate": borne.canonical,
        "plate_display": borne.display,
        "plate_kind": borne.kind,
        "plate_country": borne.country,
    }
