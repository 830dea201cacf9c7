"""One person: their record, every record of theirs, the notes, what was merged."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from gardien.consent.models import Reading

from .. import rules
from ..models import Customer, Merge, Note


class NoSuchCustomerError(LookupError):
    """The present repairer has no such customer; another one's is none, and a restricted one is hidden."""


class NoSuchMergeError(LookupError):
    """The present repairer has no such merge."""


def by_id(identifier: UUID) -> Customer:
    """Return a customer with their vehicles; raise `NoSuchCustomerError`."""
    found = Customer.objects.prefetch_related("vehicles").filter(id=identifier).first()
    if found is None:
        raise NoSuchCustomerError
    return found


def group(customer_id: UUID) -> tuple[Customer, ...]:
    """Return every record of the person whom one of their records names, the kept one first.

    One query by the kept record, two by an absorbed one.

    Lists, clocks, restrictions, holds, packages and erasure take a person by their group. Raises `NoSuchCustomerError`.
    """
    records = {record.id: record for record in _merged(customer_id)}
    if customer_id not in records:
        raise NoSuchCustomerError
    kept_id = records[customer_id].merged_into_id or customer_id
    found = records.values() if kept_id == customer_id else _merged(kept_id)
    return tuple(sorted(found, key=lambda record: (record.id != kept_id, record.id)))


def _merged(kept_id: UUID) -> QuerySet[Customer]:
    return Customer.objects.filter(Q(id=kept_id) | Q(merged_into_id=kept_id))


def subjects(customer_id: UUID) -> tuple[str, ...]:
    """Return every reference of a person, the kept record's first; raise `NoSuchCustomerError`."""
    return tuple(record.reference for record in group(customer_id))


def reached(group: Iterable[Customer]) -> list[rules.Reached]:
    """Return each address and number of all records of a person once, the kept record's first."""
    return list(dict.fromkeys(each for record in group for each in rules.reached(record.details)))


def merges(customer_id: UUID) -> list[Merge]:
    """Return the merges that a person's records ever took part in, undone ones too, the latest first."""
    ids = [record.id for record in group(customer_id)]
    took_part = Merge.objects.filter(Q(kept__in=ids) | Q(absorbed__in=ids))
    return list(took_part.select_related("kept", "absorbed").order_by("-merged_at", "-id"))


def notes(group: Iterable[Customer]) -> list[Note]:
    """Return the notes on a person's records, the latest first."""
    written = Note.objects.filter(customer__in=[record.id for record in group])
    return list(written.order_by("-written_at", "-id"))


def told_without_reading() -> tuple[int, int]:
    """Return how many customers the repairer has, and how many were recorded without the wording being read first."""
    readings = Reading.objects.filter(id=OuterRef("reading_id"), read_at__lte=OuterRef("told_at"))
    everyone = Customer.objects.all()
    return everyone.count(), everyone.filter(~Exists(readings)).count()
