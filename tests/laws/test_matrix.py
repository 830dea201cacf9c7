"""The access matrix: every address answers every persona as `roles.yaml` states, and an address it does not list fails.

A normal run asks as each role at home and in one other garage, `make soak` as everybody.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import get_resolver, path

from gardien.base import clock
from gardien.commitment import roles
from gardien.network.rules import RequestState, UserState
from gardien.portal import matrix
from gardien.portal.commands import access_matrix
from tests.conftest import PASSWORD

OUTSIDE = {"anonymous", *matrix.OUTSIDE}
OWN = {"customer_id", "quote_id", "line_id", "vehicle_id", "reading_id", "note_id", "merge_id", "other_id", "hold_id"}
"""Places of addresses that hold something of the first repairer's."""
NOT_MADE = {
    "/clients/<uuid:customer_id>/accords/demander/": "an empty form names no purpose, and an unknown one is not found",
    "/clients/<uuid:customer_id>/accords/retirer/": "an empty form names no purpose, and an unknown one is not found",
    "/clients/<uuid:customer_id>/offres/refuser/": "an empty form names no channel, and an unknown one is not found",
    "/vehicules/<uuid:vehicle_id>/ceder/": "an empty form names no customer, and an unknown one is not found",
}
"""What nobody finds by an empty form; tests/laws/test_access.py and tests/web fill these in."""


class Asked(list[matrix.Cell]):
    """The cells that were asked for, and the names of all `personas`."""

    personas: frozenset[str]


def is_third(persona: str) -> bool:
    """Say whether a persona differs from another in the garage alone, which is again not the first."""
    return persona.endswith("@COL")


@pytest.fixture(scope="module", params=[pytest.param("all", marks=pytest.mark.soak), "two garages"])
def asked(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Asked]:
    """Ask for every address by GET and POST as personas; tests/laws/test_access.py asks by the other methods."""
    from django.db import connections

    from gardien.portal import cast
    from tests.conftest import empty_tables

    with django_db_blocker.unblock():
        at = clock.now()
        cast.load(password=PASSWORD, at=at)
        sessions, values = matrix.personas(PASSWORD, at), access_matrix.values(at)
        chosen = {name: key for name, key in sessions.items() if request.param == "all" or not is_third(name)}
        asked = Asked(matrix.cells(chosen, values, ("GET", "POST")))
        asked.personas = frozenset(sessions)
        yield asked
        connections.close_all()
    empty_tables()


def is_right(cell: matrix.Cell, route: matrix.Route) -> bool:
    """Say whether an answer is the one that the roles state."""
    view = route.pattern.callback
    if not hasattr(view, "gardien_action"):
        return cell.answer in {200, 302, 404, 405, 422}
    if cell.method not in view.gardien_methods:
        return cell.answer == 405
    if cell.persona in OUTSIDE:
        return cell.answer == 302
    role, _, place = cell.persona.partition("@")
    is_no_choice = (cell.method, route.pattern.name) == ("POST", "choose")  # an empty form chooses no role of one's own
    if is_no_choice or not roles.matrix().allows(role, view.gardien_action):
        return cell.answer == 403
    if OWN & set(route.pattern.pattern.converters) and not place.startswith("TILLEUL"):
        return cell.answer == 404
    return cell.answer < 500 and cell.answer not in {401, 403, 405}


def wrong(cells: list[matrix.Cell]) -> list[matrix.Cell]:
    by_url = {route.url: route for route in matrix.routes()}
    return [cell for cell in cells if not is_right(cell, by_url[cell.url])]


def test_every_address_answers_every_persona_as_the_roles_state(asked: Asked) -> None:
    assert wrong(asked) == []
    assert len(asked) == 2 * len({route.url for route in matrix.routes()}) * len({cell.persona for cell in asked})


def test_personas_are_every_role_at_every_place_and_those_outside(asked: Asked) -> None:
    assert asked.personas - {cell.persona for cell in asked} <= {each for each in asked.personas if is_third(each)}
    places = roles.matrix().places
    sites = {role for role, place in places.items() if place == "site"}
    expected = {f"{role}@{code}" for role in sites for code in ("TILLEUL", "CANAL", "COL")}
    both = {"counter_adviser@TILLEUL+CANAL", "counter_adviser@CANAL+TILLEUL"}
    visits = {f"support_visit@{code}" for code in ("TILLEUL", "CANAL", "COL")}
    assert asked.personas == OUTSIDE | expected | both | visits | (set(places) - sites - {"support_visit"})
    assert {str(state) for state in matrix.OUTSIDE.values()} <= {*UserState, *RequestState}
    assert {*UserState} - {*matrix.OUTSIDE.values()} == {UserState.ACTIVE}


def test_what_is_the_first_repairers_is_found_by_somebody_of_theirs(asked: Asked) -> None:
    routes = {route.url for route in matrix.routes() if OWN & set(route.pattern.pattern.converters)} - set(NOT_MADE)
    found = {cell.url for cell in asked if cell.url in routes and cell.answer not in {302, 403, 404, 405}}
    led = {
        cell.url for cell in asked if cell.url in routes and cell.persona.endswith("@TILLEUL") and cell.answer == 302
    }
    assert routes - found - led == set()
    assert set(NOT_MADE) & (found | led) == set()


def open_door(_: HttpRequest) -> HttpResponse:
    return HttpResponse("for everybody")


def test_an_unlisted_address_is_found_and_one_whose_guard_is_gone_is_wrong(committed: None) -> None:
    assert matrix.unlisted() == []
    unguarded = type("View", (), {"__call__": lambda _, request: open_door(request)})()
    unguarded.gardien_action, unguarded.gardien_methods = "network.repairers", ("GET",)
    planted = (path("unlisted/", open_door, name="unlisted"), path("unguarded/", unguarded, name="unguarded"))
    with override_settings(ROOT_URLCONF=planted):
        assert matrix.unlisted() == ["/unlisted/"]
        found = wrong(list(matrix.cells({"anonymous": ""}, {}, ("GET",))))
    assert found == [matrix.Cell("/unguarded/", "GET", "anonymous", 200)]
    assert get_resolver() is not None


def test_the_command_answers_as_told_and_leaves_no_database(django_db_setup: None) -> None:
    from tests.conftest import as_role

    run = [sys.executable, "-m", "gardien.portal.cli", "access", "matrix", "--json", "--persona", "anonymous"]
    done = subprocess.run(
        run, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    cells = json.loads(done.stdout)
    assert {tuple(cell) for cell in cells} == {("url", "method", "persona", "answer")}
    assert {type(cell["answer"]) for cell in cells} == {int}
    assert {cell["method"] for cell in cells} == set(matrix.METHODS)
    assert {cell["url"] for cell in cells} == {route.url for route in matrix.routes()}
    with as_role("backup") as connection:
        known = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert (access_matrix.DATABASE,) not in known
