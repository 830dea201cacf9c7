"""Fixtures of all tests: the real database as the app role, and the cast."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from tests import quick, rows, second_factor
from tests.environment import CLUSTER, HOME
from tests.rows import empty_tables

quick.begin()

PASSWORD = "jante moyeu volant essieu 42"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Start the server, create the tables as the owner, and raise the walls."""
    from gardien.portal import stack

    CLUSTER.start()
    quick.forget_the_disk(CLUSTER)
    CLUSTER.prepare("gardien")
    stack.migrate()
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    CLUSTER.stop()


def as_role(role: str) -> "psycopg.Connection[Any]":
    """Connect to the tests' database as `gardien_<role>`, in plain SQL."""
    return psycopg.connect(**CLUSTER.dsn(f"gardien_{role}", "gardien"))


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the test commit as the app role, and empty every table afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    empty_tables()


@pytest.fixture
def at() -> datetime:
    """The instant at which the cast was opened and acts."""
    from gardien.base import clock

    return clock.now()


@pytest.fixture
def cast(committed: None, at: datetime) -> SimpleNamespace:
    """The demonstration's cast over three repairers, committed: `logins`, `site(code)`, `membership(email)`."""
    from gardien.network.models import Membership, Site, User

    logins = rows.cast(at, partial(_loaded, at))
    return SimpleNamespace(
        logins=logins,
        site=lambda code: Site.objects.select_related("repairer").get(repairer__code=code),
        membership=lambda email: (
            Membership.objects.select_related("site__repairer").filter(user__email=email).earliest("id")
        ),
        user=lambda email: User.objects.get(email=email),
    )


def _loaded(at: datetime) -> Any:
    """Load the cast, who have read what they are told."""
    from gardien.portal import cast as demonstration

    logins = demonstration.load(password=PASSWORD, at=at)
    read_all_versions(at)
    return logins


def read_all_versions(at: datetime) -> None:
    """Let every user have read every version, so that tests may act in any year."""
    from gardien.base import scope
    from gardien.base.actor import Actor
    from gardien.commitment import documents
    from gardien.commitment import queries as commitment
    from gardien.consent import actions as consent
    from gardien.network import queries as network
    from gardien.network.models import User
    from gardien.network.rules import PartyKind

    notices = [documents.notice(version, "user", "fr") for version in commitment.versions().all]
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        for user in User.objects.all():
            for notice in notices:
                consent.acknowledge(subject=user.reference, notice=notice, by=Actor.program("tests"), at=at)


@pytest.fixture
def sign_in(cast: SimpleNamespace) -> Any:
    """Return a function that gives a client signed in as the account of an e-mail address."""

    def signed_in(email: str) -> Client:
        return second_factor.sign_in(Client(), cast.user(email))

    return signed_in


__all__ = ["HOME", "as_role", "empty_tables"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that two processes end together."""
    longest = (
        *(
            "tests/stories/test_pages",
            "tests/stories/",
            "tests/web/test_nasty",
            "tests/laws/test_access",
            "tests/walls/",
        ),
        *("tests/reliability/", "tests/portal/", "tests/laws/test_queries", "tests/quotes/"),
    )
    ranks = {name: rank for rank, name in enumerate(longest)}
    items.sort(key=lambda item: next((rank for name, rank in ranks.items() if name in item.nodeid), len(ranks)))
