"""Who a person at the counter may already be, proposed while their details are typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ..models import Customer, SearchToken, SearchVariant, Vehicle
from ..rules import Details, Plate, Reason, of_names, tokens
from ..rules.tokens import Why
from .people import group

LIMIT = 8
_MOST = 50
_MOST_SLIPPED = 1_000
_MOST_WORDS = 8
_BORNE = (Why.PLATE, Why.FORMER_PLATE, Why.FORMER_OWNER)

_Plates = Sequence[tuple[str, str]]
"""Country and canonical form of each."""
_Ids = QuerySet[Any, UUID]
"""A look-up of customers; all of them are one query."""


@dataclass(frozen=True)
class Candidate:
    """A kept record that may be the same person's, and why, the most telling reason first.

    A reason proves nothing: the members of a household have one number, and a car that was sold has two customers.
    """

    customer: Customer
    reasons: tuple[Reason, ...]


def candidates(details: Details, plate: Plate | None = None, excluding: UUID | None = None) -> list[Candidate]:
    """Return at most `LIMIT` of the present repairer's customers who may be the one told of, the likeliest first.

    Seven queries at most, each by an index. A merged group is one candidate; the group of `excluding` and restricted
    persons are none.
    """
    own = {record.id for record in group(excluding)} if excluding else set()
    plates = [(plate.country, plate.canonical)] if plate else []
    return _candidates([details], plates, own)


def candidates_for(group: Sequence[Customer]) -> list[Candidate]:
    """Return the customers who may be the same person as the one whose records are `group`, the likeliest first."""
    own = {record.id for record in group}
    present = Vehicle.objects.filter(customer__in=own, parted_at=None).values_list("plate_country", "plate")
    return _candidates([record.details for record in group], list(present), own)


def _candidates(told: Sequence[Details], plates: _Plates, own: set[UUID]) -> list[Candidate]:
    ids = _looked_up(told, plates) - own
    records = Customer.objects.filter(Q(id__in=ids) | Q(merged_into__in=ids)).select_related("merged_into")
    records_by_id = {record.id: record for record in records} if ids else {}
    by_plate = _by_plate(records_by_id.keys(), plates)
    found: dict[UUID, tuple[Customer, set[Reason]]] = {}
    for record in records_by_id.values():
        kept = record.merged_into if record.merged_into_id else record
        reasons = {reason for details in told for reason in _reasons(record, details)} | by_plate.get(record.id, set())
        if kept and reasons:
            found.setdefault(kept.id, (kept, set()))[1].update(reasons)
    likeliest = sorted(found.values(), key=lambda pair: (_rank(pair[1]), pair[0].sort_key, pair[0].id))
    return [Candidate(kept, _sorted(reasons)) for kept, reasons in likeliest[:LIMIT]]


def _looked_up(told: Sequence[Details], plates: _Plates) -> set[UUID]:
    """Return whom any of the look-ups finds, in two queries."""
    found = [*_by_number(told, plates), *(each for details in told for each in _by_words(details)), *_by_slip(told)]
    return set(found[0].union(*found[1:])) if found else set()


def _by_number(told: Sequence[Details], plates: _Plates) -> Iterable[_Ids]:
    """Look up who bears a plate, telephone number or address told, and who has a SIREN told."""
    numbers = {tokens.token(plate, why) for _, plate in plates for why in _BORNE}
    numbers |= {tokens.token(phone, Why.PHONE) for details in told for phone in _phones(details)}
    numbers |= {tokens.token(details.email, Why.EMAIL) for details in told if details.email}
    if numbers:
        yield _bearers(SearchToken.objects.filter(token__in=numbers))
    if sirens := {details.siren for details in told} - {""}:
        yield Customer.objects.filter(siren__in=sirens).values_list("id", flat=True)[:_MOST]


def _by_words(details: Details) -> Iterable[_Ids]:
    """Look up who bears every word of the name told."""
    words = tokens.keys(details.company or f"{details.last_name} {details.first_name}")[:_MOST_WORDS]
    borne = [SearchToken.objects.filter(token=tokens.token(word, Why.NAME)) for word in words]
    if borne:
        yield _bearers(reduce(lambda found, more: found.filter(customer__in=more.values("customer")), borne))


def _by_slip(told: Sequence[Details]) -> Iterable[_Ids]:
    """Look up whose name is a slip away in the same postcode.

    The names come first, as a list: joined, the planner may read the customers from end to end.
    """
    named = [(details.company or details.last_name, details.postcode) for details in told if details.postcode]
    near = {variant for name, _ in named for variant in tokens.near_typed(tokens.glued(name))}
    if near:
        slipped = SearchVariant.objects.filter(variant__in=near).values_list("customer", flat=True)
        ids = list(slipped.distinct()[:_MOST_SLIPPED])
        neighbours = Customer.objects.filter(id__in=ids, postcode__in={postcode for _, postcode in named})
        yield neighbours.values_list("id", flat=True)[: 2 * _MOST]


def _bearers(borne: QuerySet[SearchToken]) -> _Ids:
    return borne.values_list("customer", flat=True).distinct()[:_MOST]


def _by_plate(ids: Iterable[UUID], plates: _Plates) -> dict[UUID, set[Reason]]:
    """Return who has one of the plates, or had it; two queries."""
    found: dict[UUID, set[Reason]] = {}
    told = {plate for _, plate in plates}
    borne = Q(plate__in=told) | Q(former_plates__plate__in=told)
    vehicles = Vehicle.objects.filter(borne, customer__in=list(ids)).distinct().prefetch_related("former_plates")
    for vehicle in vehicles if told else ():
        bears = (vehicle.plate_country, vehicle.plate)
        former = {(plate.plate_country, plate.plate) for plate in vehicle.former_plates.all()}
        if vehicle.parted_at is None and bears in plates:
            found.setdefault(vehicle.customer_id, set()).add(Reason.SAME_PLATE)
        elif (former | {bears}) & {*plates}:
            found.setdefault(vehicle.customer_id, set()).add(Reason.FORMER_PLATE)
    return found


def _reasons(record: Customer, told: Details) -> Iterable[Reason]:
    known = Details(record.last_name, record.first_name, record.company, postcode=record.postcode)
    if reason := of_names(told, known):
        yield reason
    if _phones(told) & {record.phone, record.mobile}:
        yield Reason.SAME_PHONE
    if told.email and told.email.casefold() == record.email.casefold():
        yield Reason.SAME_EMAIL
    if told.siren and told.siren == record.siren:
        yield Reason.SAME_SIREN


def _phones(details: Details) -> set[str]:
    return {phone.e164 for phone in (details.phone, details.mobile) if phone}


def _sorted(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=list(Reason).index))


def _rank(reasons: set[Reason]) -> tuple[int, int]:
    return -len(reasons), min(list(Reason).index(reason) for reason in reasons)
