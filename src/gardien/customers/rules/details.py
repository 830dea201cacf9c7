"""What a customer tells about themselves, and how two advisers' changes to it meet."""

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from gardien.customers.rules.phones import Phone
from gardien.customers.rules.plates import Plate


@dataclass(frozen=True)
class Details:
    """What a customer tells about themselves, cleaned; empty texts were not told. `country` is ISO 3166 alpha-2."""

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


FACTS: Final[tuple[tuple[str, ...], ...]] = (
    ("last_name",),
    ("first_name",),
    ("company", "siren"),
    ("delivery", "building", "street", "locality", "postcode", "city", "country"),
    ("email",),
    ("phone",),
    ("mobile",),
)
"""The fields of `Details` that are true or false together: half of one address and half of another is nobody's."""


def columns(details: Details) -> dict[str, str]:
    """Return the details as they are stored: numbers in E.164."""
    told = {field.name: getattr(details, field.name) for field in fields(Details)}
    return {name: value.e164 if isinstance(value, Phone) else value or "" for name, value in told.items()}


def meet(*, seen: Details, told: Details, present: Details) -> tuple[Details, tuple[str, ...]]:
    """Return what becomes of `present` when somebody who saw `seen` tells `told`, and the fields in conflict.

    A fact that `told` leaves as it was seen stays as it is at present, so that changes to different facts both stay. A
    fact that both changed, otherwise than alike, is in conflict: the fields of it that differ are named, and it stays
    as it is at present.
    """
    taken: dict[str, Any] = {}
    conflicts: list[str] = []
    for fact in FACTS:
        before, now, then = (_of(details, fact) for details in (seen, present, told))
        if then in (before, now):
            continue
        if now == before:
            taken.update(then)
        else:
            conflicts += [name for name in fact if now[name] != then[name]]
    return replace(present, **taken), tuple(conflicts)


def _of(details: Details, fact: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(details, name) for name in fact}
