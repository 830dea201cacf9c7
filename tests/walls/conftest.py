"""The house of two identical customers, committed once for all tests of the walls, which leave it as it was."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from gardien.base import clock
from tests import second_factor
from tests.conftest import empty_tables
from tests.walls import house as houses


@pytest.fixture(scope="package")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[houses.House]:
    """Commit the two garages, and empty every table afterwards."""
    with django_db_blocker.unblock():
        yield houses.build(clock.now())
        connections.close_all()
    empty_tables()


@pytest.fixture
def enter(house: houses.House) -> Callable[[str], Client]:
    """Return a function that gives a client signed in as the account of an e-mail address."""
    from gardien.network.models import User

    def signed_in(email: str) -> Client:
        client = Client(raise_request_exception=False)
        return second_factor.sign_in(client, User.objects.get(email=email))

    return signed_in
