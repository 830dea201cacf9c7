"""The words by which a person is found, all under the record that is kept."""

from .. import queries
from ..models import Customer, SearchToken, SearchVariant
from ..rules import tokens
from ..rules.tokens import Traits, Why


def write(customer: Customer) -> None:
    """Write anew by what the person of this record is found; the caller has locked the person."""
    group = queries.group(customer.id)
    traits = [_traits(record) for record in group]
    found = set[str]().union(*(tokens.tokens(each) for each in traits))
    near = set[str]().union(*(tokens.near_stored(each) for each in traits))
    SearchToken.objects.filter(customer__in=group).delete()
    SearchVariant.objects.filter(customer__in=group).delete()
    SearchToken.objects.bulk_create(SearchToken(token=each, customer=group[0]) for each in sorted(found))
    SearchVariant.objects.bulk_create(SearchVariant(variant=each, customer=group[0]) for each in sorted(near))


def _traits(record: Customer) -> Traits:
    plates = []
    for vehicle in record.vehicles.prefetch_related("former_plates"):
        plates.append((vehicle.plate, Why.PLATE if vehicle.parted_at is None else Why.FORMER_OWNER))
        plates += [(former.plate, Why.FORMER_PLATE) for former in vehicle.former_plates.all()]
    return Traits(
        reference=record.reference,
        names=(record.last_name, record.first_name, record.company),
        plates=tuple(plates),
        phones=(record.phone, record.mobile),
        email=record.email,
    )
