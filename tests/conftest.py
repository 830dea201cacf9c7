"""Fixtures of all tests: the real database as the app role, and the cast."""

from collections.abc import Iterator
from contextlib import contextmanager
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

READERS = {"audit", "backup"}
_readers: dict[str, "psycopg.Connection[Any]"] = {}

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


@contextmanager
def as_role(role: str) -> Iterator["psycopg.Connection[Any]"]:
    """Open a transaction as `gardien_<role>`, in plain SQL; who only reads has one connection for all tests."""
    if role not in READERS:
        with psycopg.connect(**CLUSTER.dsn(f"gardien_{role}", "gardien")) as connection:
            yield connection
        return
    if role not in _readers or _readers[role].closed:
        _readers[role] = psycopg.connect(**CLUSTER.dsn(f"gardien_{role}", "gardien"), prepare_threshold=None)
    try:
        yield _readers[role]
    except BaseException:
        _readers[role].rollback()
        raise
    _readers[role].commit()


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the processes whole files in turn, and all stories to one of them: they share a portal and a browser.

    What waits for programs that were killed then waits while another process has the pages looked at.
    """
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/stories" if nodeid.startswith("tests/stories/") else super()._split_scope(nodeid)

    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that two processes end together."""
    longest = (
        *("tests/stories/test_pages", "tests/stories/", "tests/reliability/", "tests/retention/"),
        *("tests/laws/test_matrix", "tests/web/test_nasty", "tests/laws/test_access", "tests/walls/", "tests/portal/"),
        "tests/quotes/",
    )
    ranks = {name: rank for rank, name in enumerate(longest)}
    items.sort(key=lambda item: next((rank for name, rank in ranks.items() if name in item.nodeid), len(ranks)))
