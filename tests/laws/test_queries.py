"""Law 7: a list costs the same queries whatever its rows, a page twelve at most, and nobody reads all customers."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gardien.base import ids, scope
from gardien.customers import queries
from gardien.customers.models import Customer, SearchToken, Vehicle
from gardien.network import queries as network
from tests import scene
from tests.conftest import as_role

MOST = 12
ADVISER = "counter.adviser@tilleul.example"


def paths_and_terms(customer: Customer, quote: Any) -> list[tuple[str, dict[str, str] | None]]:
    """The repairer's pages; with terms, by POST."""
    return [
        ("/", None),
        ("/devis/", None),
        ("/pneus/?size=2055516", None),
        (f"/clients/{customer.id}/", None),
        (f"/devis/{quote.id}/", None),
        (f"/devis/{quote.id}/?size=2055516", None),
        ("/clients/recherche/", {"text": "moreau"}),
    ]


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
    client = sign_in(ADVISER)
    pages = [*paths_and_terms(quote.customer, quote), (f"/devis/{draft.id}/?size=2055516", None)]
    with_one = costs(client, pages)
    for plate in ("AA-123-AA", "AB-123-AB"):
        scene.issued(membership, at, plate=plate)
    with scope.entered(network.controller(membership)):
        scene.draft(membership, quote.customer, at, "10.00", "20.00")
    assert costs(client, pages) == with_one
    assert max(with_one.values()) <= MOST, with_one


@pytest.fixture
def crowd(cast: Any, at: datetime) -> Any:
    """3,000 customers of one repairer, one of whom is called Zarathoustra."""
    membership = cast.membership(ADVISER)
    with scope.entered(network.controller(membership)):
        customers = Customer.objects.bulk_create(
            Customer(
                reference=ids.reference("C"),
                last_name=f"Nom{number}",
                sort_key=f"nom{number}",
                told_at=at,
                told_to_id=membership.user_id,
                reading_id=ids.new(),
            )
            for number in range(3_000)
        )
        SearchToken.objects.bulk_create(
            SearchToken(token=f"nom{number}" if number else "zarathoustra", customer=each)
            for number, each in enumerate(customers)
        )
        Vehicle.objects.bulk_create(
            Vehicle(customer=each, plate=f"AA{number:04}AA", plate_display="", plate_kind="siv", plate_country="FR")
            for number, each in enumerate(customers)
        )
    with as_role("owner") as owner:
        owner.execute("ANALYZE")
    return membership


def nodes(plan: dict[str, Any]) -> list[tuple[str, str]]:
    below = [found for part in plan.get("Plans", []) for found in nodes(part)]
    return [(plan["Node Type"], plan.get("Relation Name", "")), *below]


def test_a_search_reads_no_table_of_customers_from_end_to_end(crowd: Any) -> None:
    with scope.entered(network.controller(crowd)):
        with CaptureQueriesContext(connection) as captured:
            assert [found.last_name for found in queries.search("Zarathous")] == ["Nom0"]
        with connection.cursor() as cursor:
            for query in captured.captured_queries:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
                row = cursor.fetchone()[0]
                plan = (json.loads(row) if isinstance(row, str) else row)[0]["Plan"]
                scans = [table for kind, table in nodes(plan) if kind == "Seq Scan" and table.startswith("customers_")]
                assert scans == [], query["sql"]
