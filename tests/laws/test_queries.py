"""Law 7: a list costs the same queries whatever its rows, a page twelve at most, and nobody reads all customers."""

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gardien.base import clock, ids, scope
from gardien.catalogue import actions as catalogue
from gardien.catalogue.actions import Sold, Terms
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as consents
from gardien.consent.rules import How
from gardien.customers import actions, queries, rules
from gardien.customers.models import Customer, SearchToken, SearchVariant, Vehicle
from gardien.customers.queries.search import LIMIT
from gardien.customers.rules import tokens
from gardien.network import queries as network
from gardien.retention import queries as retention
from gardien.retention.actions import _outlook
from gardien.retention.models import Run
from gardien.standing import actions as standing
from tests import scene
from tests.conftest import as_role
from tests.retention import archive_scene
from tests.web import answers as mailed

MOST = 12
ADVISER = "counter.adviser@tilleul.example"


def paths_and_terms(customer: Customer, quote: Any) -> list[tuple[str, dict[str, str] | None]]:
    """The repairer's pages; with terms, by POST."""
    return [
        ("/", None),
        ("/devis/", None),
        ("/pneus/?size=2055516", None),
        *(
            (f"/clients/{customer.id}/{rest}", None)
            for rest in ("", "accords/", "durees/", "corriger/", "meme-personne/", "reunions/")
        ),
        (f"/vehicules/{quote.vehicle_id}/detenteur/", {"text": "moreau"}),
        ("/limitations/", None),
        (f"/devis/{quote.id}/", None),
        (f"/devis/{quote.id}/?size=2055516", None),
        ("/clients/recherche/", {"text": "moreau"}),
    ]


def beside(membership: Any, customer: Customer, at: datetime, count: int) -> None:
    """Put `count` more of all that a card lists on it; call inside a scope."""
    by = network.actor(membership)
    for number in range(count):
        letter = "ABCDEFGH"[len(customer.vehicles.all()) + 1]
        plates = [rules.parse_plate(f"{letter}{each}-111-{letter}{each}") for each in "ABCD"]
        car = actions.add_vehicle(customer_id=customer.id, vehicle=rules.VehicleDetails(plates[0]), by=by, at=at)
        actions.change_plate(vehicle_id=car.id, plate=plates[1], by=by, at=at)
        actions.write_note(customer_id=customer.id, text=f"Note {number}", note_key=ids.new(), by=by, at=at)
        former = scene.customer(membership, at, plates[2].display, last_name="Petit")
        actions.hand_over(vehicle_id=former.vehicles.get().id, to=customer.id, by=by, at=at)
        absorbed = scene.customer(membership, at, plates[3].display, email=f"moreau{letter}@courriel.example")
        actions.merge(kept_id=customer.id, absorbed_id=absorbed.id, by=by, at=at)
        answers(customer, by, at)
        price = Sold(f"Réparation {letter}", Decimal("25.00"), Decimal(20))
        catalogue.set_service(service_id=None, sold=price, by=by, at=at)
        rule = {"priority": 100 + ord(letter), "percent": Decimal(5), "terms": Terms()}
        catalogue.set_price_rule(rule_id=None, **rule, by=by, at=at)
        hidden = scene.customer(membership, at, last_name="Robin")
        standing.restrict(subjects=[hidden.reference], by=by, at=at)
        archive_scene.opened(former, by, at)


def foreseen(membership: Any, at: datetime) -> None:
    """Leave to the garage's page of due dates what a run saw."""
    Run.objects.create(as_of=at, started_at=at, ended_at=at)
    controller = network.controller(membership)
    seen = retention.measured(at)[controller]
    with scope.entered(controller):
        _outlook.keep(seen.figures, seen.calendar, at)


def answers(customer: Customer, by: Any, at: datetime) -> None:
    """Say yes and take it back, object, and hold a category."""
    calls = next(each for each in consents.asked(commitment.in_force(clock.legal_day(at))) if each.per_address)
    told = consent.Answer(calls.purpose, calls.channel, "+33639981234", is_given=True, wording=calls.document)
    consent.decide(subject=customer.reference, answers=[told], how=How.ORAL, by=by, at=at)
    subjects = queries.subjects(customer.id)
    digest = consents.address_digest(calls.channel, told.address)
    taken_back = {"purpose": calls.purpose, "channel": calls.channel, "address_digest": digest}
    consent.withdraw(subjects=subjects, **taken_back, how=How.ORAL, by=by, at=at)


def costs(client: Any, pages: list[tuple[str, dict[str, str] | None]]) -> dict[str, int]:
    counted = {}
    for path, terms in pages:
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(path, terms) if terms else client.get(path)
        assert answer.status_code == 200
        counted[path] = len(captured)
    return counted


def test_each_page_costs_the_same_queries_with_one_row_and_with_three(cast: Any, sign_in: Any, at: datetime) -> None:
    scene.price_list(at)
    membership = cast.membership(ADVISER)
    quote = scene.issued(membership, at)
    with scope.entered(network.controller(membership)):
        draft = scene.draft(membership, quote.customer, at, "10.00")
        beside(membership, quote.customer, at, 1)
    client, manager = sign_in(ADVISER), sign_in("site.manager@tilleul.example")
    by_manager = (
        "/tarif/",
        "/echeances/",
        "/archive/",
        "/archive/consultations/",
        f"/clients/{quote.customer_id}/durees/",
    )
    managed: list[tuple[str, dict[str, str] | None]] = [(path, None) for path in by_manager]
    for each in (client, manager):
        each.get("/")  # a session asks once whether its user has read the version in force
    pages = [*paths_and_terms(quote.customer, quote), (f"/devis/{draft.id}/?size=2055516", None)]
    foreseen(membership, at)
    with_one = costs(client, pages) | costs(manager, managed)
    for plate in ("AA-123-AA", "AB-123-AB"):
        scene.issued(membership, at, plate=plate)
    with scope.entered(network.controller(membership)):
        scene.draft(membership, quote.customer, at, "10.00", "20.00")
        beside(membership, quote.customer, at, 2)
    foreseen(membership, at)
    assert costs(client, pages) | costs(manager, managed) == with_one
    print(with_one)
    assert max(with_one.values()) <= MOST, with_one


def test_the_page_of_a_letter_costs_the_same_queries_with_two_offers_and_with_three(cast: Any, at: datetime) -> None:
    two, three = (mailed.issue(cast.membership(ADVISER), at, *mailed.PRICES[:count]).address() for count in (2, 3))
    counted = costs(Client(), [(two, None), (three, None)])
    assert counted[two] == counted[three] <= MOST


TYPED = {
    "zarathous": 1,
    "zara thoustra m": 1,
    "martin": LIMIT,
    "martin odile": LIMIT,
    "martin odlie": LIMIT,
    "m o": LIMIT,
    "zarahtoustra": 1,
    "aa oo7 aa": 1,
    "martin aa-007-aa": 1,
    "zarahtoustra odlie": 1,
    "quite another text": 0,
}
"""What people type, and how many of the crowd it finds."""
KEYED = {
    "customers_token_once": r"tenant_id = .*token >= .*token < ",
    "customers_token_customer": r"tenant_id = .*customer_id = ",
    "customers_variant_customer": r"tenant_id = .*customer_id = ",
    "customers_variant_once": r"tenant_id = .*variant\)?(::text)? = ",
}
"""By what an index of tokens is entered."""


@pytest.fixture(params=[1_000, pytest.param(3_000, marks=pytest.mark.soak)])
def crowd(request: pytest.FixtureRequest, cast: Any, at: datetime) -> Any:
    """So many customers of one repairer, of the same name but for one Odile Zarathoustra, Martin, among four times as many.

    The others are there for the planner: a table that is little larger than what is found is read whole for good reason.
    """
    membership = cast.membership(ADVISER)
    with scope.entered(network.controller(membership)):
        everyone = Customer.objects.bulk_create(
            Customer(
                reference=ids.reference("C"),
                last_name="Martin" if number else "Zarathoustra, Martin",
                first_name="Odile",
                sort_key=f"martin {number:05}",
                told_at=at,
                told_to_id=membership.user_id,
                reading_id=ids.new(),
            )
            for number in range(4 * request.param)
        )
        customers = everyone[: request.param]
        Vehicle.objects.bulk_create(
            Vehicle(customer=each, plate=f"AA{number:03}AA", plate_kind="siv", plate_country="FR", told_at=at)
            for number, each in enumerate(customers)
        )
        traits = [
            tokens.Traits(each.reference, (each.last_name, each.first_name), ((f"AA{number:03}AA", tokens.Why.PLATE),))
            for number, each in enumerate(customers)
        ]
        bearers = list(zip(customers, traits, strict=True))
        SearchToken.objects.bulk_create(
            SearchToken(token=token, customer=each) for each, told in bearers for token in tokens.tokens(told)
        )
        SearchVariant.objects.bulk_create(
            SearchVariant(variant=near, customer=each) for each, told in bearers for near in tokens.near_stored(told)
        )
    with as_role("owner") as owner:
        owner.execute("ANALYZE")
    return membership


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(found for part in plan.get("Plans", []) for found in nodes(part))]


def departures(plan: dict[str, Any]) -> list[str]:
    """Return how a plan reaches a table of customers from end to end, or its tokens otherwise than by tenant and key."""
    scans = [node for node in nodes(plan) if node.get("Relation Name", "").startswith("customers_")]
    found = [f"{node['Node Type']} {node['Relation Name']}" for node in scans if node["Node Type"] == "Seq Scan"]
    looked_up = [node for node in nodes(plan) if node.get("Index Name") in KEYED]
    loose = [node for node in looked_up if not re.search(KEYED[node["Index Name"]], node.get("Index Cond", ""))]
    return found + [f"{node['Index Name']} {node.get('Index Cond')}" for node in loose]


def explained(cursor: Any, statement: str) -> dict[str, Any]:
    cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
    (row,) = cursor.fetchone()
    plan: dict[str, Any] = (json.loads(row) if isinstance(row, str) else row)[0]["Plan"]
    return plan


def test_a_search_reads_no_table_of_customers_from_end_to_end(crowd: Any) -> None:
    with scope.entered(network.controller(crowd)), connection.cursor() as cursor:
        for text, count in TYPED.items():
            with CaptureQueriesContext(connection) as captured:
                assert (len(queries.search(text)), text) == (count, text)
            statements = [query["sql"] for query in captured.captured_queries]
            assert len(statements) <= 6
            assert {sql: wrong for sql in statements if (wrong := departures(explained(cursor, sql)))} == {}
        everyone = "SELECT * FROM customers_customer WHERE last_name = 'Martin'"
        assert departures(explained(cursor, everyone)) == ["Seq Scan customers_customer"]
