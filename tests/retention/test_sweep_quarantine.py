"""One record that cannot be taken back is left alone, told, and taken back as soon as it can be."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg import sql

from gardien.base import scope
from gardien.customers.models import Customer
from gardien.messaging.models import Message
from gardien.network import queries as network
from gardien.retention.models import Quarantined
from tests import scene
from tests.conftest import as_role

from .model import QUOTES
from .worlds import swept

LATER = timedelta(days=740)


@pytest.fixture
def known(cast: SimpleNamespace, at: datetime) -> list[Customer]:
    """Six customers of one repairer, whose time is over long before `LATER`."""
    adviser = cast.membership("counter.adviser@tilleul.example")
    with scope.entered(network.controller(adviser)):
        return [scene.customer(adviser, at, f"KX-10{number}-AA") for number in range(6)]


@contextmanager
def undeletable(table: str, *row_ids: Any) -> Iterator[None]:
    """Have the database refuse to delete some rows of a table."""
    name = sql.Identifier(table)
    ids = sql.SQL(", ").join(sql.Literal(str(each)) for each in row_ids)
    with as_role("owner") as owner:
        owner.execute(
            "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = 'PLANT'; END$$"
        )
        trigger = (
            "CREATE TRIGGER planted BEFORE DELETE ON {} FOR EACH ROW WHEN (OLD.id IN ({})) EXECUTE FUNCTION planted()"
        )
        owner.execute(sql.SQL(trigger).format(name, ids))
    try:
        yield
    finally:
        with as_role("owner") as owner:
            owner.execute(sql.SQL("DROP TRIGGER planted ON {}").format(name))
            owner.execute("DROP FUNCTION planted")


def figure(run: dict[str, dict[str, Any]], clause: str = QUOTES) -> dict[str, Any]:
    return {name: run[clause][name] for name in ("due", "done", "quarantined", "overdue")}


def in_quarantine(of: Customer) -> list[tuple[str, str, str]]:
    with scope.entered(of.tenant_id):
        return list(Quarantined.objects.order_by("key").values_list("clause", "key", "cause"))


def left(of: Customer) -> set[str]:
    with scope.entered(of.tenant_id):
        return set(Customer.objects.values_list("reference", flat=True))


def test_a_record_that_cannot_be_deleted_stops_nobody_else_and_goes_once_it_can(
    known: list[Customer], at: datetime
) -> None:
    bad = known[3]
    with undeletable("customers_customer", bad.id):
        run = swept(at + LATER)
        assert figure(run) == {"due": 6, "done": 5, "quarantined": 1, "overdue": 1}
        assert in_quarantine(bad) == [(QUOTES, bad.reference, "PLANT")]
        assert left(bad) == {bad.reference}
        again = swept(at + LATER)
        assert figure(again) == {"due": 1, "done": 0, "quarantined": 1, "overdue": 1}
        assert in_quarantine(bad) == [(QUOTES, bad.reference, "PLANT")]
    healed = swept(at + LATER)
    assert figure(healed) == {"due": 1, "done": 1, "quarantined": 0, "overdue": 0}
    assert (in_quarantine(bad), left(bad)) == ([], set())


def test_what_lies_in_quarantine_is_not_overdue_on_its_first_day(known: list[Customer], at: datetime) -> None:
    """Two years later to the day, at noon: the instant was at midnight."""
    day = at.replace(year=at.year + 2, hour=12, minute=0)
    with undeletable("customers_customer", known[0].id):
        assert figure(swept(day)) == {"due": 6, "done": 5, "quarantined": 1, "overdue": 0}
        assert figure(swept(day + timedelta(days=1)))["overdue"] == 1


def test_a_child_row_that_cannot_be_deleted_keeps_its_whole_person_and_nothing_of_others(
    known: list[Customer], at: datetime
) -> None:
    bad = known[0]
    with scope.entered(bad.tenant_id):
        vehicle = bad.vehicles.get().id
    with undeletable("customers_vehicle", vehicle):
        assert figure(swept(at + LATER)) == {"due": 6, "done": 5, "quarantined": 1, "overdue": 1}
        with scope.entered(bad.tenant_id):
            assert [each.vehicles.count() for each in Customer.objects.all()] == [1]
            assert Message.objects.count() == 0


def test_three_of_six_that_cannot_be_deleted_are_found_by_halves(known: list[Customer], at: datetime) -> None:
    bad = sorted(known, key=lambda each: each.reference)[::2]
    with undeletable("customers_customer", *(each.id for each in bad)):
        assert figure(swept(at + LATER)) == {"due": 6, "done": 3, "quarantined": 3, "overdue": 3}
        assert [key for _, key, _ in in_quarantine(bad[0])] == [each.reference for each in bad]
