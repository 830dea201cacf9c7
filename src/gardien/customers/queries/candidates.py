"""Who a person at the counter may already be, proposed while their details are typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from uuid import UUID

from django.db.models import Q, QuerySet

from ..models import Customer, SearchToken, SearchVariant, Vehicle
from ..rules import Details, Plate, Reason, of_names, tokens
from ..rules.tokens import Why
from .people import group

LIMIT = 8
_MOST = 50
_MOST_WORDS = 8
_PLATES = (Why.PLATE, Why.FORMER_PLATE, Why.FORMER_OWNER)


@dataclass(frozen=True)
class Candidate:
    """A kept record that may be the same person's, and why, the most telling reason first.

    A reason proves nothing: the members of a household have one number, and a car that was sold has two customers.
    """

    customer: Customer
    reasons: tuple[Reason, ...]


def candidates(details: Details, plate: Plate | None = None, excluding: UUID | None = None) -> list[Candidate]:
    """Return at most `LIMIT` of the present repairer's customers who may be the one told of, the likeliest first.

    Eight queries at most, each by an index. A merged group is one candidate; the group of
    `excluding` and restricted persons are none.
    """
    own = {record.id for record in group(excluding)} if excluding else set()
    plates = [(plate.country, plate.canonical)] if plate else []
    return _candidates([details], plates, own)


def candidates_for(group: Sequence[Customer]) -> list[Candidate]:
    """Return the customers who may be the same person as the one whose records are `group`, the likeliest first."""
    own = {record.id for record in group}
    present = Vehicle.objects.filter(customer__in=own, parted_at=None).values_list("plate_country", "plate")
    return _candidates([record.details for record in group], list(present), own)


def _candidates(told: Sequence[Details], plates: Sequence[tuple[str, str]], own: set[UUID]) -> list[Candidate]:
    ids = {each for details in told for each in (*_by_token(details, plates), *_by_column(details))} - own
    records = Customer.objects.filter(Q(id__in=ids) | Q(merged_into__in=ids)).select_related("merged_into")
    if plates:
        records = records.prefetch_related("vehicles__former_plates")
    found: dict[UUID, tuple[Customer, set[Reason]]] = {}
    for record in records if ids else ():
        kept = record.merged_into if record.merged_into_id else record
        reasons = {reason for details in told for reason in _reasons(record, details, plates)}
        if kept and kept.id not in own and reasons:
            found.setdefault(kept.id, (kept, set()))[1].update(reasons)
    likeliest = sorted(found.values(), key=lambda pair: (_rank(pair[1]), pair[0].sort_key, pair[0].id))
    return [Candidate(kept, _sorted(reasons)) for kept, reasons in likeliest[:LIMIT]]


def _by_token(details: Details, plates: Iterable[tuple[str, str]]) -> Iterable[UUID]:
    """Return who bears a plate, number or address told, and who bears every word of the name told."""
    numbers = {tokens.token(plate, why) for _, plate in plates for why in _PLATES}
    numbers |= {tokens.token(phone, Why.PHONE) for phone in _phones(details)}
    numbers |= {tokens.token(email, Why.EMAIL) for email in (details.email,) if email}
    name = details.company or f"{details.last_name} {details.first_name}"
    words = [f"{key} {Why.NAME}" for key in tokens.keys(name)[:_MOST_WORDS]]
    if numbers:
        yield from _bearers(SearchToken.objects.filter(token__in=numbers))
    if words:
        every = [SearchToken.objects.filter(token=word).values("customer") for word in words]
        first = SearchToken.objects.filter(token=words[0])
        yield from _bearers(reduce(lambda found, more: found.filter(customer__in=more), every[1:], first))


def _by_column(details: Details) -> Iterable[UUID]:
    """Return who has the SIREN told, and who has a name a slip away in the same postcode."""
    if details.siren:
        yield from Customer.objects.filter(siren=details.siren).values_list("id", flat=True)[:_MOST]
    near = tokens.near_typed(tokens.glued(details.company or details.last_name))
    if near and details.postcode:
        slipped = SearchVariant.objects.filter(variant__in=near).values("customer")
        neighbours = Customer.objects.filter(id__in=slipped, postcode=details.postcode)
        yield from neighbours.values_list("id", flat=True)[: 2 * _MOST]


def _bearers(borne: QuerySet[SearchToken]) -> Iterable[UUID]:
    return borne.values_list("customer", flat=True).distinct()[:_MOST]


def _reasons(record: Customer, told: Details, plates: Sequence[tuple[str, str]]) -> Iterable[Reason]:
    known = record.details
    if reason := of_names(told, known):
        yield reason
    if _phones(told) & _phones(known):
        yield Reason.SAME_PHONE
    if told.email and told.email.casefold() == known.email.casefold():
        yield Reason.SAME_EMAIL
    if told.siren and told.siren == known.siren:
        yield Reason.SAME_SIREN
    for vehicle in record.vehicles.all() if plates else ():
        if vehicle.parted_at is None and (vehicle.plate_country, vehicle.plate) in plates:
            yield Reason.SAME_PLATE
        elif _borne(vehicle) & {*plates}:
            yield Reason.FORMER_PLATE


def _borne(vehicle: Vehicle) -> set[tuple[str, str]]:
    """Return every plate that a vehicle bore or bears."""
    former = {(plate.plate_country, plate.plate) for plate in vehicle.former_plates.all()}
    return former | {(vehicle.plate_country, vehicle.plate)}


def _phones(details: Details) -> set[str]:
    return {phone.e164 for phone in (details.phone, details.mobile) if phone}


def _sorted(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=list(Reason).index))


def _rank(reasons: set[Reason]) -> tuple[int, int]:
    return -len(reasons), min(list(Reason).index(reason) for reason in reasons)
