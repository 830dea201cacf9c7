"""The sweep takes back what is due, and nothing else."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.commitment.registry import registry
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.quotes.models import Quote
from gardien.retention import actions
from gardien.retention.queries import clocks
from gardien.standing.models import Closure
from tests import scene
from tests.roles import swept_by

BY = Actor.program("tests")
TWO_YEARS = timedelta(days=731)


@pytest.fixture
def adviser(cast: SimpleNamespace, at: datetime) -> Any:
    scene.price_list(at)
    return cast.membership("counter.adviser@tilleul.example")


def figure(run: Any, clause: str) -> dict[str, Any]:
    return next(each for each in run.figures if each["id"] == clause)


def swept(as_of: datetime, at: datetime) -> Any:
    with swept_by():
        return actions.sweep(as_of=as_of, by=BY, at=at)


def test_a_customer_and_all_that_hangs_on_them_goes_two_years_after_their_last_activity(
    adviser: Any, at: datetime
) -> None:
    scene.issued(adviser, at, "99.99")
    before = swept(at + TWO_YEARS - timedelta(days=2), at)
    with scope.entered(network.controller(adviser)):
        assert (figure(before, "client.retention.quotes")["due"], Customer.objects.count()) == (0, 1)
    after = figure(swept(at + TWO_YEARS, at), "client.retention.quotes")
    assert (after["due"], after["done"], after["quarantined"], after["overdue"]) == (1, 1, 0, 0)
    with scope.entered(network.controller(adviser)):
        left = {each.place for each in clocks.hanging_on(registry.root("client")) if clocks.is_table(each.place)}
        assert [place for place in sorted(left) if apps.get_model(place).objects.exists()] == []
        assert Closure.objects.count() == 1


def test_a_new_activity_keeps_them(adviser: Any, at: datetime) -> None:
    quote = scene.issued(adviser, at - TWO_YEARS, "99.99")
    with scope.entered(network.controller(adviser)):
        draft = scene.draft(adviser, quote.customer, at, "12.00")
        from gardien.quotes import actions as quotes

        quotes.issue(quote_id=draft.id, by=network.actor(adviser), at=at)
    assert figure(swept(at, at), "client.retention.quotes")["due"] == 0
    with scope.entered(network.controller(adviser)):
        assert Quote.objects.count() == 2
