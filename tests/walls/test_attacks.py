"""Object swap, field swap and canaries: what one repairer has is nothing to anybody else, and five planted bugs are caught."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connection, models
from django.test import Client
from psycopg import sql

from gardien.base import models as base
from gardien.base import walls
from gardien.portal import logs, matrix
from gardien.portal.embedded import SUPERUSER
from gardien.web.shared import access
from tests.conftest import CLUSTER, HOME, as_role
from tests.walls import attack
from tests.walls.house import ABSENT, House, fingerprints
from tests.walls.test_threads import Storm

OWNER, RIVAL = "counter.adviser@tilleul.example", "counter.adviser@canal.example"
OTHERS = {
    "rival": RIVAL,
    "network": "network.administrator@sarvane.example",
    "support": "provider.support@halvec.example",
    "anonymous": "",
}
CANARY = "Kanarie7"


@pytest.fixture(scope="module")
def stolen(house: House) -> set[str]:
    """Every address with an id that the first garage's adviser can reach."""
    from gardien.network.models import User
    from tests import second_factor

    client = second_factor.sign_in(Client(raise_request_exception=False), User.objects.get(email=OWNER))
    found = attack.objects(attack.crawl(client, attack.starts(house.tilleul)))
    assert len(found) >= 30
    return found


def someone(enter: Callable[[str], Client], email: str) -> Client:
    return enter(email) if email else Client(raise_request_exception=False)


@pytest.mark.parametrize("who", list(OTHERS))
def test_no_address_of_the_first_garage_gives_anything_to_another(
    stolen: set[str], enter: Callable[[str], Client], who: str
) -> None:
    client = someone(enter, OTHERS[who])
    before = fingerprints()
    assert attack.obtained(client, stolen) == []
    assert fingerprints() == before


def test_no_field_of_a_form_takes_an_id_of_the_first_garage(house: House, enter: Callable[[str], Client]) -> None:
    client = enter(RIVAL)
    pages = attack.crawl(client, attack.starts(house.canal))
    before, tried = fingerprints("django_session"), 0
    for address, fields, name in attack.forms(pages):
        if name == "membership":
            continue
        expected = attack.said(client, "POST", address, urlencode({**fields, name: str(ABSENT)}))
        for identifier in house.tilleul.ids.values():
            swapped = attack.said(client, "POST", address, urlencode({**fields, name: str(identifier)}))
            assert swapped == expected, (address, name)
            tried += 1
    assert tried >= 15
    assert fingerprints("django_session") == before


def texts(model: type[models.Model]) -> list[str]:
    """Return the text columns that people fill: those without a list of values."""
    found = [field for field in model._meta.local_fields if isinstance(field, models.CharField | models.TextField)]
    return [field.column for field in found if not field.choices]


def mark(superuser: Any, table: str, column: str, scope_field: str, tenant: Any) -> list[Any] | None:
    """Put the mark into a column of the tenant's rows and return (id, value) as it was; None where a check refuses it."""
    names = {"t": sql.Identifier(table), "c": sql.Identifier(column), "s": sql.Identifier(scope_field)}
    query = sql.SQL("SELECT id, {c} FROM {t} WHERE {s} = %s").format(**names)
    kept: list[Any] = superuser.execute(query, [tenant]).fetchall()
    update = sql.SQL("UPDATE {t} SET {c} = %s || right(id::text, 2) WHERE {s} = %s").format(**names)
    try:
        with superuser.transaction():
            superuser.execute(update, [CANARY, tenant])
    except psycopg.Error:
        return None
    return kept


@contextmanager
def canaries(house: House) -> Iterator[int]:
    """Put a mark into each text column of the first garage, where the table's checks let it; take them back."""
    columns = [(model, column) for model in walls.scoped_models() for column in texts(model)]
    with psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien"), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        told = [
            (
                model._meta.db_table,
                column,
                mark(superuser, model._meta.db_table, column, str(model.scope_field), tenant),
            )
            for model, column in columns
            for tenant in [house.tilleul.tenant]
        ]
        planted = [(table, column, kept) for table, column, kept in told if kept is not None]
        try:
            yield len(planted)
        finally:
            for table, column, kept in planted:
                names = {"t": sql.Identifier(table), "c": sql.Identifier(column)}
                query = sql.SQL("UPDATE {t} SET {c} = %s WHERE id = %s").format(**names)
                superuser.cursor().executemany(query, [(value, identifier) for identifier, value in kept])


def marked(client: Client, addresses: list[str]) -> list[str]:
    """Return which of these addresses, and the search, show the mark to this client."""
    found = []
    for address in addresses:
        answers = (client.get(address), client.post("/clients/recherche/", {"text": CANARY[:-1]}))
        found += [address for answer in answers if CANARY.encode() in answer.content]
    return found


def test_no_canary_of_the_first_garage_is_ever_seen_by_another(house: House, enter: Callable[[str], Client]) -> None:
    before, written = fingerprints("django_session", "network_user"), io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter())
    logging.getLogger().addHandler(handler)
    addresses = [*attack.starts(house.canal), *attack.starts(house.tilleul)]
    try:
        with canaries(house) as planted:
            seen = [marked(someone(enter, email), addresses) for email in OTHERS.values()]
            mails = [file for file in (HOME / "outbox").glob("*") if CANARY.encode() in file.read_bytes()]
    finally:
        logging.getLogger().removeHandler(handler)
    assert (seen, mails, CANARY in written.getvalue()) == ([[]] * 4, [], False)
    assert planted >= 25
    assert len(addresses) >= 150
    assert fingerprints("django_session", "network_user") == before


@contextmanager
def without_policies() -> Iterator[None]:
    """Take the database's wall down, so that the filter stands alone."""
    tables = [model._meta.db_table for model in walls.scoped_models()]
    try:
        with as_role("owner") as owner:
            for table in tables:
                owner.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        yield
    finally:
        with as_role("owner") as owner:
            for table in tables:
                owner.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')


def test_a_dropped_filter_is_caught(
    house: House, stolen: set[str], enter: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = {address for address in stolen if address.count("/") == 3}
    with without_policies():
        assert attack.obtained(enter(RIVAL), cards, ("GET",)) == []
        monkeypatch.setattr(base.ScopedManager, "get_queryset", models.Manager.get_queryset)
        assert attack.obtained(enter(RIVAL), cards, ("GET",)) != []


@pytest.mark.parametrize(
    ("plant", "mend", "found"),
    [
        (
            "ALTER TABLE customers_customer NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE customers_customer FORCE ROW LEVEL SECURITY",
            "without forced row-level security: customers_customer",
        ),
        (
            "CREATE VIEW planted AS SELECT * FROM customers_customer",
            "DROP VIEW planted",
            "a view that reads with its owner's rights: planted",
        ),
    ],
)
def test_a_wall_not_forced_and_a_view_of_its_owner_are_caught(house: House, plant: str, mend: str, found: str) -> None:
    assert walls.differences() == []
    try:
        with as_role("owner") as owner:
            owner.execute(plant)
        assert any(found in each for each in walls.differences())
    finally:
        with as_role("owner") as owner:
            owner.execute(mend)


def test_a_role_check_taken_away_is_caught(
    house: House, enter: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.laws.test_matrix import wrong

    session = {"workshop@TILLEUL": enter("workshop@tilleul.example").cookies["session"].value}
    everything = SimpleNamespace(allows=lambda *_: True)
    assert wrong(list(matrix.cells(session, {}, ("GET",)))) == []
    monkeypatch.setattr(access, "roles", SimpleNamespace(matrix=lambda: everything))
    assert wrong(list(matrix.cells(session, {}, ("GET",)))) != []


def test_a_scope_kept_on_the_connection_is_caught(house: House, enter: Callable[[str], Client]) -> None:
    def kept(execute: Any, query: str, *rest: Any) -> Any:
        return execute(query.replace("%s, true)", "%s, false)"), *rest)

    client, storm = enter(RIVAL), Storm(house, enter)
    client.get("/devis/")
    storm._see_what_is_left()
    assert storm.seen["setting left"] == 0
    try:
        with connection.execute_wrapper(kept):
            client.get("/devis/")
        storm._see_what_is_left()
    finally:
        connection.close()
    assert storm.seen["setting left"] == 1
