"""A server of its own, filled with the invented people: what benches of customers run on."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from bench.people import Crowd, Person

if TYPE_CHECKING:
    import psycopg

    from gardien.customers.rules.tokens import Traits
    from gardien.portal.embedded import Cluster

Rows = Iterable[tuple[object, ...]]


@contextmanager
def server(*counts: int) -> "Iterator[tuple[list[tuple[UUID, list[Person]]], Cluster]]":
    """Serve Gardien's tables with one repairer per count, and Django on it as `gardien_app`; yield them, then stop.

    Meanwhile SIGTERM ends the bench as an exception does, so that the server ends and the folder goes.
    """
    home = Path(tempfile.mkdtemp(prefix="gardien-bench-"))
    home.chmod(0o755)
    for name in [name for name in os.environ if name.startswith("GARDIEN_") or name == "DATABASE_URL"]:
        del os.environ[name]
    os.environ |= {"GARDIEN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "gardien.portal.settings"}
    from gardien.base.crypto import Keyring
    from gardien.portal import stack
    from gardien.portal.embedded import Cluster

    Keyring.generate(home / "keys")
    cluster = Cluster(home / "postgres")
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        cluster.start()
        cluster.prepare("gardien")
        stack.migrate()
        yield _filled(cluster, counts), cluster
    finally:
        cluster.stop()
        shutil.rmtree(home)
        signal.signal(signal.SIGTERM, before)


def _filled(cluster: "Cluster", counts: tuple[int, ...]) -> list[tuple[UUID, list[Person]]]:
    """Copy the crowds in past walls and triggers, as a restored backup would be."""
    import django
    import psycopg

    django.setup()
    from gardien.base import clock
    from gardien.network.models import Repairer
    from gardien.portal import cast
    from gardien.portal.embedded import SUPERUSER

    cast.load(password="jante moyeu volant essieu 42", at=clock.now())
    tenants = Repairer.objects.order_by("code").values_list("id", flat=True)
    crowds = [
        (tenant, list(Crowd(seed).people(count)))
        for seed, (tenant, count) in enumerate(zip(tenants, counts, strict=False))
    ]
    with psycopg.connect(**cluster.dsn(SUPERUSER, "gardien"), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, columns, rows in _tables(crowds):
            _copy(connection, f"COPY {table} ({columns}) FROM STDIN", rows)
        connection.execute("VACUUM ANALYZE")
    return crowds


def _copy(connection: "psycopg.Connection[tuple[object, ...]]", statement: str, rows: Rows) -> None:
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _tables(crowds: list[tuple[UUID, list[Person]]]) -> Iterator[tuple[str, str, Rows]]:
    """Yield each table with its columns and rows, as the room's actions would write them."""
    from gardien.base import ids
    from gardien.base.text import fold
    from gardien.customers.rules import tokens

    at = "2026-11-22T10:00:00Z"
    told = [(tenant, ids.new(), person) for tenant, people in crowds for person in people]
    unsaid = ("siren", "delivery", "building", "street", "locality", "postcode", "city")
    stored = ("reference", "company", "last_name", "first_name", "email", "phone", "mobile")
    yield (
        "customers_customer",
        ", ".join(
            ("tenant_id", "id", "kind", "country", "told_at", "told_to_id", "reading_id", "sort_key", *stored, *unsaid)
        ),
        (
            (
                *(tenant, key, "company" if one.company else "person", "FR", at, key, key),
                fold(f"{one.company} {one.last_name} {one.first_name}"),
                *(getattr(one, name) for name in stored),
                *("" for _ in unsaid),
            )
            for tenant, key, one in told
        ),
    )
    yield (
        "customers_vehicle",
        "tenant_id, id, customer_id, plate, plate_display, plate_kind, plate_country, make, model, told_at, parted_at",
        (
            (tenant, ids.new(), key, plate, plate, "siv", "FR", "", "", at, at if place else None)
            for tenant, key, one in told
            for place, plate in enumerate(one.plates)
        ),
    )
    kinds = (("token", tokens.tokens), ("variant", tokens.near_stored))
    for name, of in kinds:
        rows = ((tenant, ids.new(), key, each) for tenant, key, one in told for each in sorted(of(traits(one))))
        yield f"customers_search{name}", f"tenant_id, id, customer_id, {name}", rows


def traits(person: Person) -> "Traits":
    """Return what a person is found by; of several vehicles they have the first one now."""
    from gardien.customers.rules import tokens

    whys = (tokens.Why.PLATE, tokens.Why.FORMER_OWNER, tokens.Why.FORMER_OWNER)
    return tokens.Traits(
        reference=person.reference,
        names=(person.last_name, person.first_name, person.company),
        plates=tuple(zip(person.plates, whys, strict=False)),
        phones=tuple(filter(None, (person.phone, person.mobile))),
        email=person.email,
    )
