"""What actions of this room wait for, so that two advisers' changes to one person never cross.

Names are locked before records, records in the order of their ids: nobody waits in a circle.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from gardien.base import scope

from .. import queries
from ..models import Customer, Vehicle

_GROUPS = "groups"


def intake(reading_id: UUID) -> None:
    """Wait until nobody else is at the intake that follows a reading."""
    _wait("pg_advisory_xact_lock", f"intake:{reading_id}")


def groups() -> None:
    """Wait until nobody changes any person of the present repairer, and let nobody until the transaction ends."""
    _wait("pg_advisory_xact_lock", _GROUPS)


def persons(*customer_ids: UUID) -> dict[UUID, Customer]:
    """Lock every record of the persons whom these name, and return them as they are now, by id.

    Nobody merges or parts persons meanwhile. Raises `NoSuchCustomerError`.
    """
    _wait("pg_advisory_xact_lock_shared", _GROUPS)
    return records(record.id for each in customer_ids for record in queries.group(each))


def records(ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Lock customers' records, and return them as they are now, by id."""
    return {each.id: each for each in Customer.objects.select_for_update().filter(id__in=set(ids)).order_by("id")}


def vehicle(vehicle_id: UUID, *customer_ids: UUID) -> Vehicle:
    """Lock the person whose a vehicle is, and others, and return it as it is now; raise the queries' refusals."""
    persons(queries.vehicle(vehicle_id).customer_id, *customer_ids)
    return queries.vehicle(vehicle_id)


def _wait(lock: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [f"customers:{scope.current()}:{name}"])
