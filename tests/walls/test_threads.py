"""Many requests of two repairers at once over few connections, with failures in between: nothing of one reaches the other."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client

from gardien.base import scope
from tests.conftest import as_role
from tests.walls.house import Garage, House, count, fingerprints

THREADS = 8
COMMITTED, LEFT = "/essai/apres/", "/essai/depart/"
"""Pages that fail, or are left by their client, when what they wrote is committed."""


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
        ("get", COMMITTED, {}, 500),
        ("get", LEFT, {}, 200),
        ("get", f"/clients/{other.ids['customer']}/", {}, 404),
        ("post", f"/devis/{other.ids['draft']}/emettre/", {}, 404),
    ]


class Storm:
    """A run of requests; `seen` counts what came of them."""

    def __init__(self, house: House, enter: Callable[[str], Client]) -> None:
        self.garages = (house.tilleul, house.canal)
        self.clients = {garage.email: [enter(garage.email) for _ in range(THREADS)] for garage in self.garages}
        self.seen: Counter[str] = Counter()
        self.written: Counter[str] = Counter()

    def run(self, seed: int, requests: int) -> None:
        """Send requests of both garages in turn from one thread, which keeps its connection now and then."""
        chance = random.Random(seed)
        for _ in range(requests):
            own, other = chance.sample(self.garages, 2)
            client = self.clients[own.email][seed]
            if chance.random() < 0.25:
                method, path, typed, status = chance.choice(failures(other))
            else:
                (method, path, typed), status = chance.choice(pages(own)), 200
            response = getattr(client, method)(path, typed)
            text = self._left(response) if path == LEFT else response.text
            self.seen[f"{status} expected, {response.status_code} answered"] += 1
            self.written[own.email] += path in {COMMITTED, LEFT}
            self.seen["foreign"] += sum(str(value) in text for value in self._marks(other))
            is_marked = any(str(value) in text for value in self._marks(own))
            self.seen["unmarked"] += status == 200 and path != LEFT and not is_marked
            self._see_what_is_left()
            if chance.random() < 0.5:
                connection.close()
        connection.close()

    def _left(self, response: Any) -> str:
        """Read the beginning of an answer, and leave before its end; outside its transaction, no row is seen."""
        beginning = next(iter(response.streaming_content)).decode()
        response.close()
        self.seen["seen after the end"] += beginning != "(0,)"
        return str(beginning)

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


def committed(storm: Storm) -> dict[str, int]:
    """Count the readings of each garage."""
    with as_role("audit") as connected:
        return {
            garage.email: count(connected, "consent_reading", "controller_id = %s", garage.tenant)
            for garage in storm.garages
        }


def _storm(house: House, enter: Callable[[str], Client], requests: int) -> None:
    storm = Storm(house, enter)
    before, readings = fingerprints("consent_reading", "journal_entry"), committed(storm)
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(storm.run, seed, requests // THREADS) for seed in range(THREADS)]:
            done.result()
    wrong = ("foreign", "unmarked", "scope left", "setting left", "seen after the end", "in a transaction")
    assert {name: storm.seen.pop(name, 0) for name in wrong} == dict.fromkeys(wrong, 0)
    assert set(storm.seen) == {f"{status} expected, {status} answered" for status in (200, 404, 500, 503)}
    assert storm.seen.total() == requests
    assert committed(storm) == {email: readings[email] + storm.written[email] for email in readings}
    assert min(storm.written.values()) > 0
    assert fingerprints("consent_reading", "journal_entry") == before


@pytest.mark.urls("tests.walls.urls")
def test_interleaved_requests_of_two_repairers_never_meet(house: House, enter: Callable[[str], Client]) -> None:
    _storm(house, enter, 240)


@pytest.mark.soak
@pytest.mark.urls("tests.walls.urls")
def test_five_thousand_interleaved_requests_never_meet(house: House, enter: Callable[[str], Client]) -> None:
    _storm(house, enter, 5_000)


@pytest.mark.urls("tests.walls.urls")
def test_a_scope_kept_on_its_connection_is_caught(
    house: House, enter: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: what is set for one transaction lasts as long as its connection."""
    execute = CursorWrapper.execute

    def kept(cursor: Any, query: Any, *rest: Any) -> Any:
        is_set = isinstance(query, str) and "set_config('gardien.controller'" in query
        return execute(cursor, query.replace("%s, true)", "%s, false)") if is_set else query, *rest)

    storm = Storm(house, enter)
    with monkeypatch.context() as planted:
        planted.setattr(CursorWrapper, "execute", kept)
        storm.run(0, 12)
    connection.close()
    connection.close_pool()  # no later test gets a connection that remembers
    assert storm.seen["setting left"] > 0
