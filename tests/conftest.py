"""Fixtures of all tests: the real database as the app role, and the cast."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from gardien.portal.embedded import SUPERUSER
from tests import second_factor
from tests.environment import CLUSTER, HOME

PASSWORD = "jante moyeu volant essieu 42"
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Start the server, create the tables as the owner, and raise the walls."""
    from gardien.portal import stack

    CLUSTER.start()
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


def empty_tables() -> None:
    """Delete the rows that tests made, as the superuser: for few rows quicker than TRUNCATE, which makes files."""
    with psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        connection.execute("SET session_replication_role = replica")
        for (name,) in tables:
            if name not in KEPT:
                connection.execute(f'DELETE FROM "{name}"')


@pytest.fixture
def at() -> datetime:
    """The instant at which the cast was opened and acts."""
    from gardien.base import clock

    return clock.now()


@pytest.fixture(scope="session")
def hashed_password(django_db_setup: None) -> str:
    """The argon2id hash of PASSWORD, made once: nineteen of them a test would be most of the suite's time."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


@pytest.fixture
def cast(committed: None, at: datetime, hashed_password: str, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The demonstration's cast over three repairers, committed: `logins`, `site(code)`, `membership(email)`."""
    from gardien.network.models import Membership, Site, User
    from gardien.portal import cast as demonstration

    with monkeypatch.context() as patch:
        patch.setattr(User, "set_password", lambda user, _: setattr(user, "password", hashed_password))
        logins = demonstration.load(password=PASSWORD, at=at)
    return SimpleNamespace(
        logins=logins,
        site=lambda code: Site.objects.select_related("repairer").get(repairer__code=code),
        membership=lambda email: (
            Membership.objects.select_related("site__repairer").filter(user__email=email).earliest("id")
        ),
        user=lambda email: User.objects.get(email=email),
    )


@pytest.fixture
def sign_in(cast: SimpleNamespace) -> Any:
    """Return a function that gives a client signed in as the account of an e-mail address."""

    def signed_in(email: str) -> Client:
        return second_factor.sign_in(Client(), cast.user(email))

    return signed_in


__all__ = ["HOME", "as_role"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that two processes end together."""
    longest = ("tests/stories/", "tests/reliability/", "tests/web/test_nasty", "tests/commitment/test_lint")
    ranks = {name: rank for rank, name in enumerate(longest)}
    items.sort(key=lambda item: next((rank for name, rank in ranks.items() if name in item.nodeid), len(ranks)))
