"""Many requests of two repairers at once over few connections, with failures in between: nothing of one reaches the other."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gardien.base import scope
from tests.walls.house import Garage, House, fingerprints

THREADS = 8


def pages(garage: Garage) -> list[tuple[str, str, dict[str, Any]]]:
    """Return what a counter reads: method, address, form."""
    ids = garage.ids
    return [
        ("get", f"/clients/{ids['customer']}/", {}),
        ("get", f"/devis/{ids['draft']}/", {}),
        ("get", f"/devis/{ids['issued']}/", {}),
        ("get", "/devis/", {}),
        ("post", "/clients/recherche/", {"text": "zoë"}),
    ]


def failures(other: Garage) -> list[tuple[str, str, dict[str, Any], int]]:
    """Return what goes wrong, each with its status."""
    return [
        ("get", "/essai/erreur/", {}, 500),
        ("get", "/essai/attente/", {}, 503),
        ("get", "/essai/coupure/", {}, 503),
        ("get", f"/clients/{other.ids['customer']}/", {}, 404),
        ("post", f"/devis/{other.ids['draft']}/emettre/", {}, 404),
    ]


class Storm:
    """A run of requests; `seen` counts what came of them."""

    def __init__(self, house: House, enter: Callable[[str], Client]) -> None:
        self.garages = (house.tilleul, house.canal)
        self.clients = {garage.email: [enter(garage.email) for _ in range(THREADS)] for garage in self.garages}
        self.seen: Counter[str] = Counter()

    def run(self, seed: int, requests: int) -> None:
        """Send requests of both garages in turn from one thread, which keeps its connection now and then."""
        chance = random.Random(seed)
        for _ in range(requests):
            own, other = chance.sample(self.garages, 2)
            client = self.clients[own.email][seed]
            if chance.random() < 0.15:
                method, path, typed, status = chance.choice(failures(other))
            else:
                (method, path, typed), status = chance.choice(pages(own)), 200
            response = getattr(client, method)(path, typed)
            self.seen[f"{status} expected, {response.status_code} answered"] += 1
            self.seen["foreign"] += sum(str(value) in response.text for value in self._marks(other))
            is_marked = any(str(value) in response.text for value in self._marks(own))
            self.seen["unmarked"] += status == 200 and not is_marked
            self._see_what_is_left()
            if chance.random() < 0.5:
                connection.close()
        connection.close()

    @staticmethod
    def _marks(garage: Garage) -> list[object]:
        ids = garage.ids
        return [garage.reference, garage.number, ids["customer"], ids["draft"], ids["issued"], ids["line"]]

    def _see_what_is_left(self) -> None:
        try:
            scope.current()
            self.seen["scope left"] += 1
        except scope.NoScopeError:
            pass
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(current_setting('gardien.controller', true), ''), (SELECT count(*) FROM quotes_quote)"
            )
            self.seen["setting left"] += cursor.fetchone() != ("", 0)
        self.seen["in a transaction"] += connection.in_atomic_block


def _storm(house: House, enter: Callable[[str], Client], requests: int) -> None:
    storm = Storm(house, enter)
    before = fingerprints()
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(storm.run, seed, requests // THREADS) for seed in range(THREADS)]:
            done.result()
    wrong = ("foreign", "unmarked", "scope left", "setting left", "in a transaction")
    assert {name: storm.seen.pop(name, 0) for name in wrong} == dict.fromkeys(wrong, 0)
    assert set(storm.seen) == {f"{status} expected, {status} answered" for status in (200, 404, 500, 503)}
    assert storm.seen.total() == requests
    assert fingerprints() == before


@pytest.mark.urls("tests.walls.urls")
def test_interleaved_requests_of_two_repairers_never_meet(house: House, enter: Callable[[str], Client]) -> None:
    _storm(house, enter, 240)


@pytest.mark.soak
@pytest.mark.urls("tests.walls.urls")
def test_five_thousand_interleaved_requests_never_meet(house: House, enter: Callable[[str], Client]) -> None:
    _storm(house, enter, 5_000)
