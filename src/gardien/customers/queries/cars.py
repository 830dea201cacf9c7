"""Vehicles: whose they are, whose they were, under which plates."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F

from ..models import Customer, Vehicle


class NoSuchVehicleError(LookupError):
    """The present repairer knows no such vehicle, or it is a restricted person's."""


def vehicle(vehicle_id: UUID) -> Vehicle:
    """Return a vehicle with its customer; raise `NoSuchVehicleError`."""
    found = Vehicle.objects.select_related("customer").filter(id=vehicle_id).first()
    if found is None:
        raise NoSuchVehicleError
    return found


def vehicles(group: Iterable[Customer]) -> list[Vehicle]:
    """Return the vehicles of a person's records, those they have now first.

    Each has its `former_plates` and `former_owners`. Three queries, whatever their number.
    """
    ids = [record.id for record in group]
    theirs = Vehicle.objects.filter(customer__in=ids).select_related("customer").prefetch_related("former_plates")
    found = list(theirs.order_by(F("parted_at").desc(nulls_first=True), "told_at", "id"))
    former = _parted(found, ids)
    for each in found:
        each.former_owners = [other for other in former if _is_same(each, other)]
    return found


def former_owners(vehicle: Vehicle) -> list[Vehicle]:
    """Return the rows of other customers who parted with a vehicle of this plate, the latest first."""
    return [other for other in _parted([vehicle], [vehicle.customer_id]) if _is_same(vehicle, other)]


def _parted(known: Sequence[Vehicle], own: Sequence[UUID]) -> list[Vehicle]:
    rows = Vehicle.objects.filter(plate__in={each.plate for each in known}, parted_at__isnull=False)
    return list(rows.exclude(customer__in=own).select_related("customer").order_by("-parted_at", "-id"))


def _is_same(one: Vehicle, other: Vehicle) -> bool:
    return (one.plate_country, one.plate) == (other.plate_country, other.plate)
