"""Records that tests put before the twins: a kind whose rows are told by a test, and the persons they are of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from gardien.base import ids
from gardien.commitment.registry import Twin, registry
from gardien.portal.embedded import SUPERUSER
from tests.environment import CLUSTER

TYPES = ("text", "date", "text", "text", "numeric")


@dataclass(frozen=True)
class Record:
    """What a room tells of one record."""

    subject: str
    month: date = date(2024, 3, 1)
    department: str = "75"
    size: str = "205/55R16"
    amount: int | None = 410

    @property
    def values(self) -> tuple[Any, ...]:
        return (self.subject, self.month, self.department, self.size, self.amount)


def query(records: Sequence[Record]) -> Any:
    """Return what stands for a room's query of these records."""
    row = "(" + ", ".join(f"%s::{kind}" for kind in TYPES) + ")"
    nothing = "SELECT " + ", ".join(f"NULL::{kind}" for kind in TYPES) + " WHERE false"
    statement = "VALUES " + ", ".join([row] * len(records)) if records else nothing
    parameters = tuple(value for record in records for value in record.values)
    return SimpleNamespace(query=SimpleNamespace(sql_with_params=lambda: (statement, parameters)))


@contextmanager
def told(records: Sequence[Record], kind: str = "quote") -> Iterator[None]:
    """Let a room tell these records instead of its own."""
    with pytest.MonkeyPatch.context() as patch:
        twin = Twin(kind, "client", lambda: query(records))
        patch.setitem(registry.rooms, "quotes", replace(registry.rooms["quotes"], twins=(twin,)))
        yield


def people(tenant: Any, count: int, *, absorbed: int = 0) -> list[str]:
    """Write so many customers of a repairer, past walls and forms, and return their references.

    Of these the last ones are absorbed: each into the one that stands as far from the beginning.
    """
    keys, references = [ids.new() for _ in range(count)], [f"C-{number:08d}" for number in range(count)]
    empty = ("last_name", "first_name", "company", "siren", "email", "phone", "mobile", "sort_key", "postcode", "city")
    unsaid = (*empty, "delivery", "building", "street", "locality")
    statement = f"""
        INSERT INTO customers_customer (tenant_id, id, reference, told_to_id, reading_id, merged_into_id, told_at, kind,
            country, {", ".join(unsaid)})
        VALUES (%s, %s, %s, %s, %s, %s, now(), 'person', 'FR'{", ''" * len(unsaid)})"""
    with psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien")) as connection:
        connection.execute("SET session_replication_role = replica")
        for place, (key, reference) in enumerate(zip(keys, references, strict=True)):
            into = keys[place - count + absorbed] if place >= count - absorbed else None
            connection.execute(statement, [tenant, key, reference, key, key, into])
    return references
