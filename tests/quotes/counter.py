"""One counter as tests work at it: each call is one transaction of its repairer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from django.db import connections

from gardien.base import ids, scope
from gardien.network import queries as network
from gardien.network.models import Membership
from gardien.quotes import actions, queries
from gardien.quotes.models import Quote
from tests import scene
from tests.conftest import PASSWORD, as_role, empty_tables

SERVICE = actions.Offer("Montage", Decimal(4), Decimal("18.50"), Decimal(20))


class Counter:
    """The counter of the adviser whose address is `email`."""

    def __init__(self, email: str) -> None:
        self.membership = Membership.objects.select_related("site__repairer").get(user__email=email)
        self.tenant = network.controller(self.membership)
        self.by = network.actor(self.membership)

    def customer(self, at: datetime, **told: Any) -> Any:
        """Record a customer."""
        with scope.entered(self.tenant):
            return scene.customer(self.membership, at, **told)

    def draft(self, at: datetime, *prices: str, **told: Any) -> Quote:
        """Record a customer and open a draft with one line per price."""
        with scope.entered(self.tenant):
            return scene.draft(self.membership, scene.customer(self.membership, at, **told), at, *prices)

    def do(self, action: Any, at: datetime, **what: Any) -> Any:
        """Run one action in a transaction of its own."""
        with scope.entered(self.tenant):
            return action(**what, by=self.by, at=at)

    def add(self, quote: Quote, at: datetime, offer: actions.Offer = SERVICE, line_key: UUID | None = None) -> Any:
        """Add a service."""
        return self.do(actions.add_service, at, quote_id=quote.id, offer=offer, line_key=line_key or ids.new())

    def issue(self, quote: Quote, at: datetime) -> Quote:
        """Issue a draft."""
        return self.do(actions.issue, at, quote_id=quote.id)

    def sell(self, at: datetime, *prices: str, **told: Any) -> Quote:
        """Record a customer and issue them a quote."""
        return self.issue(self.draft(at, *(prices or ("99.99",)), **told), at)

    def read(self, query: Any, *of: Any) -> Any:
        """Run one query."""
        with scope.entered(self.tenant):
            return query(*of)

    def document(self, quote: Quote) -> Any:
        """Return the document of an issued quote."""
        return self.read(queries.document, quote.id)

    def pdf(self, quote: Quote) -> bytes:
        """Return the PDF of an issued quote."""
        return self.read(queries.pdf, self.document(quote))


def opened(scope: Literal["module", "package"]) -> Any:
    """Make the fixture `counters`: those of two repairers, by code, open for as long as `scope` says."""

    @pytest.fixture(scope=scope)
    def counters(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Counter]]:
        from gardien.portal import cast

        with django_db_blocker.unblock():
            cast.load(password=PASSWORD, at=datetime(2026, 11, 22, tzinfo=UTC))
            yield {code: Counter(f"counter.adviser@{code.lower()}.example") for code in ("TILLEUL", "CANAL")}
            connections.close_all()
        empty_tables()

    return counters


@pytest.fixture
def counter(counters: dict[str, Counter]) -> Counter:
    """One counter, at Garage des Tilleuls."""
    return counters["TILLEUL"]


def day(year: int, month: int = 6, of_month: int = 15, hour: int = 10, minute: int = 0) -> datetime:
    """Return an instant in UTC."""
    return datetime(year, month, of_month, hour, minute, tzinfo=UTC)


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask the auditor."""
    with as_role("audit") as connection:
        return connection.execute(query, values).fetchall()


def jobs_of(quote: Quote) -> list[tuple[Any, ...]]:
    """Return task, tenant and state of the jobs deferred for a quote."""
    query = "SELECT task_name, args->>'tenant', status::text FROM procrastinate_jobs WHERE args->>'quote' = %s"
    return rows(query, str(quote.id))
