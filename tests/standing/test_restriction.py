"""A restricted person is hidden and frozen, in SQL as the app and the sweep, and on the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from gardien.base import ids, scope
from gardien.customers import queries as customers
from gardien.customers.models import Customer, Note, Vehicle
from gardien.quotes import queries as quotes
from gardien.standing import actions as standing
from gardien.standing import queries
from gardien.standing.models import Hold
from gardien.standing.rules import Ground
from tests import scene
from tests.conftest import as_role
from tests.standing import person as persons
from tests.standing.person import Person

AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
FROZEN = {
    "customers_vehicle": "customer_id = %(kept)s",
    "customers_formerplate": "vehicle_id = %(vehicle)s",
    "customers_note": "id = %(note)s",
    "customers_merge": "id = %(merge)s",
    "customers_searchtoken": "customer_id = %(kept)s",
    "quotes_quote": "id = %(draft)s",
    "quotes_quoteline": "id = %(line)s",
    "quotes_quotedocument": "quote_id = %(issued)s",
    "standing_hold": "id = %(hold)s",
}
"""Where the person's rows lie, their root apart."""


@pytest.fixture
def person(cast: Any) -> Person:
    return persons.restricted(persons.build(cast.membership("counter.adviser@tilleul.example"), AT), AT)


@contextmanager
def session(person: Person, role: str = "app") -> Iterator["psycopg.Connection[Any]"]:
    with as_role(role) as session:
        session.execute("SELECT set_config('gardien.controller', %s, true)", [str(person.tenant)])
        yield session


def refused(person: Person, statement: str, role: str = "app") -> str:
    """Run a statement as a database role; return its SQLSTATE, or how many rows it reached."""
    with session(person, role) as connected:
        try:
            return str(connected.execute(statement, person.ids).rowcount)  # type: ignore[arg-type]
        except psycopg.Error as error:
            return error.sqlstate or ""


@pytest.mark.parametrize("role", ["app", "sweep"])
def test_neither_app_nor_sweep_changes_or_deletes_a_row_of_a_restricted_person(person: Person, role: str) -> None:
    before = persons.seen_by_the_auditor(person.references)
    for table, where in FROZEN.items():
        for statement in (f"UPDATE {table} SET id = id WHERE {where}", f"DELETE FROM {table} WHERE {where}"):
            assert (statement, refused(person, statement, role)) == (statement, scope.RESTRICTED_STATE)
    for statement in ("UPDATE customers_customer SET city = 'x'", "DELETE FROM customers_customer"):
        assert refused(person, f"{statement} WHERE id IN (%(kept)s, %(absorbed)s)", role) == "0"
    assert persons.seen_by_the_auditor(person.references) == before


def test_a_statement_over_everything_is_refused_whole_and_those_over_others_pass(person: Person) -> None:
    before = persons.seen_by_the_auditor(person.references)
    assert refused(person, "DELETE FROM customers_note") == scope.RESTRICTED_STATE
    assert refused(person, "UPDATE customers_vehicle SET model = ''") == scope.RESTRICTED_STATE
    assert refused(person, "UPDATE customers_customer SET city = 'Vauclair'") == "1"
    assert refused(person, "UPDATE customers_vehicle SET model = '' WHERE id = %(other_vehicle)s") == "1"
    assert persons.seen_by_the_auditor(person.references) == before


def test_nothing_new_is_written_for_a_restricted_person_nor_given_to_them(person: Person) -> None:
    columns = "id, tenant_id, customer_id, note_key, text, written_at, written_by_id"
    new = f"'{ids.new()}', tenant_id, %(kept)s, '{ids.new()}', 'x', now(), '{ids.new()}'"
    writes = (
        f"INSERT INTO customers_note ({columns}) SELECT {new} FROM customers_customer WHERE id = %(other)s",
        "UPDATE customers_vehicle SET customer_id = %(kept)s WHERE id = %(other_vehicle)s",
        "UPDATE customers_customer SET merged_into_id = %(kept)s WHERE id = %(other)s",
        f"UPDATE customers_customer SET reference = '{person.references[0]}' WHERE id = %(other)s",
    )
    assert [refused(person, write) for write in writes] == [scope.RESTRICTED_STATE] * 4
    absent = f"UPDATE customers_vehicle SET customer_id = '{ids.new()}' WHERE id = %(other_vehicle)s"
    assert refused(person, absent) == psycopg.errors.ForeignKeyViolation.sqlstate


def test_a_restriction_is_of_one_controller_and_one_reference(person: Person, cast: Any) -> None:
    elsewhere = persons.build(cast.membership("counter.adviser@canal.example"), AT)
    assert refused(elsewhere, "UPDATE customers_note SET text = '' WHERE id = %(note)s") == "1"
    assert refused(elsewhere, "UPDATE customers_customer SET city = ''") == "3"
    assert refused(person, "SELECT FROM customers_customer") == "1"


def test_a_restriction_is_not_lifted_by_a_statement_without_exemption(person: Person) -> None:
    lifting = "UPDATE standing_restriction SET announced_at = now(), announced_by_id = id"
    assert refused(person, lifting) == scope.RESTRICTED_STATE
    assert refused(person, "DELETE FROM standing_restriction", "sweep") == scope.RESTRICTED_STATE


def test_the_person_is_found_by_no_query_and_found_again_once_lifted(person: Person) -> None:
    def found() -> list[bool]:
        with scope.entered(person.tenant):
            counts = (
                Customer.objects.filter(id__in=[person.ids["kept"], person.ids["absorbed"]]).exists(),
                bool([each for each in customers.search("moreau") if each.last_name == "Moreau"]),
                bool(list(quotes.latest(person.membership.site_id, 50))),
            )
            reads = ((customers.by_id, person.ids["kept"]), (quotes.by_id, person.ids["issued"]))
            return [*counts, *(_answers(query, of) for query, of in reads)]

    assert found() == [False] * 5
    with scope.entered(person.tenant):
        standing.announce_lift(subjects=person.references, by=person.by, at=AT)
    assert found() == [False] * 5
    with scope.entered(person.tenant):
        standing.lift(subjects=person.references, by=person.by, at=AT)
    assert found() == [True] * 5


def _answers(query: Any, of: Any) -> bool:
    try:
        return query(of) is not None
    except LookupError:
        return False


def test_the_pages_of_a_restricted_person_are_not_there(person: Person, sign_in: Any) -> None:
    client = sign_in("counter.adviser@tilleul.example")
    paths = (
        f"/clients/{person.ids['kept']}/",
        f"/clients/{person.ids['absorbed']}/",
        f"/devis/{person.ids['draft']}/",
        f"/devis/{person.ids['issued']}/",
        f"/devis/{person.ids['issued']}/pdf/",
    )
    assert [client.get(path).status_code for path in paths] == [404] * 5
    assert client.post(f"/devis/{person.ids['draft']}/emettre/").status_code == 404
    assert client.get("/devis/").status_code == 200
    assert "Moreau" not in client.get("/devis/").content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_page_that_meets_a_frozen_row_says_so_and_changes_nothing(
    cast: Any, sign_in: Any, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restriction that is placed between a page's reading and its writing."""
    person = persons.build(cast.membership("counter.adviser@tilleul.example"), AT)
    client = sign_in("counter.adviser@tilleul.example")
    from gardien.web.repairer import quoting

    read = quotes.by_id

    def overtaken(quote_id: Any) -> Any:
        found = read(quote_id)
        standing.restrict(subjects=person.references, by=person.by, at=AT)
        Note.objects.filter(id=person.ids["note"]).update(text="changed")
        return found

    monkeypatch.setattr(quoting.queries, "by_id", overtaken)
    before = persons.seen_by_the_auditor(person.references)
    answer = client.post(f"/devis/{person.ids['draft']}/emettre/", headers=headers)
    assert answer.status_code == 409
    assert "Le traitement des données de cette personne est limité" in answer.content.decode()
    assert persons.seen_by_the_auditor(person.references) == before


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('gardien.exempt', true), '')")
        return str(cursor.fetchone()[0])


@scope.exempt
def look(fault: type[BaseException] | None = None, inner: Any = None) -> tuple[str, bool]:
    """Say what an exempt action sees."""
    if inner:
        inner()
    seen = setting(), Customer.objects.filter(last_name="Moreau").exists()
    if fault:
        raise fault
    return seen


NAME = f"{__name__}.look"


def test_an_exempt_action_is_exempt_for_its_body_only(person: Person) -> None:
    with scope.entered(person.tenant):
        assert look() == (NAME, True)
        assert look(inner=look) == (NAME, True)
        assert (setting(), Customer.objects.filter(last_name="Moreau").exists()) == ("", False)
        with pytest.raises(scope.RestrictedError), transaction.atomic():
            Vehicle.objects.filter(id=person.ids["vehicle"]).update(model="")
        assert setting() == ""
    with scope.entered(person.tenant):
        assert setting() == ""


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_an_exemption_ends_with_an_exception_whoever_catches_it(person: Person, fault: type[BaseException]) -> None:
    with scope.entered(person.tenant):
        for body in (look, lambda fault: look(inner=lambda: look(fault))):
            with pytest.raises(fault):
                body(fault)
            assert setting() == ""
        with pytest.raises(fault), scope.entered(person.tenant):
            look(fault)
        assert (setting(), Customer.objects.filter(last_name="Moreau").exists()) == ("", False)
    with as_role("app") as connected:
        assert connected.execute("SELECT current_setting('gardien.exempt', true)").fetchone() in (("",), (None,))


def test_what_an_exempt_action_wrote_before_it_failed_is_gone(person: Person) -> None:
    def write() -> None:
        Note.objects.filter(id=person.ids["note"]).update(text="changed")

    before = persons.seen_by_the_auditor(person.references)
    with scope.entered(person.tenant), pytest.raises(KeyError):
        look(KeyError, inner=write)
    assert persons.seen_by_the_auditor(person.references) == before


def test_a_hold_may_be_placed_on_a_restricted_person_by_its_action_alone(person: Person) -> None:
    with scope.entered(person.tenant):
        standing.hold(
            subject=person.references[0],
            ground=Ground.DISPUTE,
            category="plate",
            legal_reference="assignation",
            until_date=AT.date(),
            by=person.by,
            at=AT,
        )
        assert queries.holds(person.references, AT.date()).count() == 2
        with pytest.raises(scope.RestrictedError), transaction.atomic():
            Hold.objects.update(until_date=AT.date())


def test_the_cost_of_the_policy_is_one_reading_of_the_restrictions(person: Person) -> None:
    """The plan keeps the tenant's index, and reads the restrictions once, apart from the rows."""
    with scope.entered(person.tenant), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Customer.objects.order_by("sort_key", "id").explain()
    assert "Index Cond: (tenant_id = ANY" in plan.replace("((", "(")
    assert "Seq Scan on customers_customer" not in plan
    assert "InitPlan" in plan
    assert "SubPlan" not in plan


def test_the_other_person_is_served_as_before(person: Person) -> None:
    with scope.entered(person.tenant):
        other = customers.by_id(person.ids["other"])
        opened = scene.draft(person.membership, other, AT, "10.00")
        assert quotes.by_id(opened.id).customer_id == other.id
