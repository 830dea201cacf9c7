"""Taking a customer's details, told orally at the counter."""

from dataclasses import dataclass
from datetime import datetime

from gardien.base.actor import Actor
from gardien.base.text import fold, words
from gardien.consent.models import Reading
from gardien.journal import actions as journal

from .models import Customer, SearchToken, Vehicle
from .rules import Phone, Plate, Tag


@dataclass(frozen=True)
class Details:
    """What a customer tells about themselves, cleaned; empty texts were not told."""

    last_name: str
    first_name: str = ""
    company: str = ""
    siren: str = ""
    delivery: str = ""
    building: str = ""
    street: str = ""
    locality: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    email: str = ""
    phone: Phone | None = None
    mobile: Phone | None = None


@dataclass(frozen=True)
class VehicleDetails:
    """A vehicle as told: its parsed plate, make and model."""

    plate: Plate
    make: str = ""
    model: str = ""


class NotReadByError(PermissionError):
    """The wording was read by somebody else: who takes the details is who read it."""


def record(*, details: Details, vehicle: VehicleDetails | None, reading: Reading, by: Actor, at: datetime) -> Customer:
    """Record a customer of the present repairer under the reference that `reading` reserved.

    Recording the same reading again returns the customer already recorded, unchanged: a form sent twice
    has one effect. Raises `NotReadByError` where another person read the wording.
    """
    if by.id is None or reading.read_by_id != by.id:
        raise NotReadByError
    customer, is_new = Customer.objects.get_or_create(
        reading_id=reading.id,
        defaults={
            **vars(details),
            "phone": details.phone.e164 if details.phone else "",
            "mobile": details.mobile.e164 if details.mobile else "",
            "kind": Customer.Kind.COMPANY if details.company else Customer.Kind.PERSON,
            "reference": reading.subject,
            "sort_key": fold(f"{details.company} {details.last_name} {details.first_name}")[:200],
            "told_at": at,
            "told_to_id": by.id,
        },
    )
    if is_new:
        if vehicle:
            _add_vehicle(customer, vehicle, at)
        _write_tokens(customer)
        journal.record(Tag.TOLD, by=by, at=at, subject=customer.reference, reading=reading.id)
    return customer


def _add_vehicle(customer: Customer, vehicle: VehicleDetails, at: datetime) -> None:
    Vehicle.objects.create(
        customer=customer,
        plate=vehicle.plate.canonical,
        plate_display=vehicle.plate.display,
        plate_kind=vehicle.plate.kind,
        plate_country=vehicle.plate.country,
        make=vehicle.make,
        model=vehicle.model,
        told_at=at,
    )


def _write_tokens(customer: Customer) -> None:
    told = f"{customer.company} {customer.last_name} {customer.first_name}"
    names = (*words(told), *("".join(words(part)) for part in told.split()))
    plates = (fold(plate) for plate in customer.vehicles.values_list("plate", flat=True))
    others = (customer.reference, customer.email, customer.phone, customer.mobile)
    tokens = {*names, *plates, *(other.lower() for other in others)} - {""}
    SearchToken.objects.bulk_create(SearchToken(token=token, customer=customer) for token in sorted(tokens))
