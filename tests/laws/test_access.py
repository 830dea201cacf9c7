"""Law 5: every address is refused to each role that `roles.yaml` does not list for its action, and a refusal moves nothing."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.views.decorators.http import require_http_methods

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.commitment import roles
from gardien.customers.models import Customer
from gardien.network import actions as network
from gardien.network import queries
from gardien.network.models import CentralParty
from gardien.network.rules import PartyKind
from gardien.web.shared import access
from tests import second_factor
from tests.conftest import PASSWORD, as_role

PUBLIC = roles.matrix().public
PUBLIC_VALUES = {
    "version_id": "2020-01-25",
    "older": "2020-01-25",
    "newer": "2026-11-22",
    "code": "NOBODY",
    "token": "none",
    "uidb36": "none",
    "key": "none",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MOVING = {"django_session", "network_throttle"}
ELSEWHERE = {
    "pdf",
    "intake",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_reauthenticate",
}
"""Pages that show themselves to their own author, or to who has what they manage."""
OF_A_GARAGE = {("network_administrator", "archived")}
"""What the scene archives is a garage's, and the network's role finds nothing there."""
BY = Actor.program("law")


def patterns(found: Sequence[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    """Walk the resolver."""
    for each in get_resolver().url_patterns if found is None else found:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns)
        else:
            yield each


def pages() -> list[URLPattern]:
    """Return the addresses that are not for everybody."""
    return [each for each in patterns() if each.name not in PUBLIC]


def test_every_address_has_a_name_an_action_and_its_methods() -> None:
    assert {each.name for each in patterns() if not hasattr(each.callback, "gardien_action")} == PUBLIC
    assert [each.callback for each in pages() if not set(each.callback.gardien_methods) <= {"GET", "POST"}] == []


def test_every_action_of_the_matrix_is_some_pages_and_every_role_is_known() -> None:
    matrix = roles.matrix()
    assert {each.callback.gardien_action for each in pages()} == set(matrix.actions)
    assert set().union(*matrix.actions.values()) == set(matrix.names) == set(matrix.places)


def nobody(at: datetime) -> Client:
    """Open an account that holds no role, and sign it in."""
    told = {"first_name": "Alex", "last_name": "Exemple", "password": PASSWORD}
    user = network.open_user(email="nobody@sarvane.example", **told, by=BY, at=at)
    return second_factor.sign_in(Client(), user)


@pytest.fixture
def people(played: SimpleNamespace, cast: SimpleNamespace, sign_in: Any, at: datetime) -> dict[str, Client]:
    """Sign in one account per role, of the scene's own repairer where it is a site's, and one without any role."""
    emails = {login.role: login.email for login in reversed(cast.logins)}
    people = {"anonymous": Client(), "nobody": nobody(at), **{role: sign_in(email) for role, email in emails.items()}}
    people["support_visit"] = sign_in(emails["provider_support"])
    people["support_visit"].post(reverse("visit", args=[played.accounts["access_id"]]))
    assert emails["counter_adviser"] == played.adviser.user.email
    assert set(people) == {"anonymous", "nobody", *roles.matrix().names}
    for client in people.values():
        client.raise_request_exception = False
    return people


def asked(played: SimpleNamespace) -> dict[str, Any]:
    """Return what addresses and forms take, such that whoever passes a guard succeeds, reads and writes."""
    with scope.entered(queries.controller(played.adviser)):
        other = Customer.objects.exclude(id=played.customer.id).earliest("id")
    return {
        "reading_id": played.reading.id,
        "customer_id": played.customer.id,
        "quote_id": played.draft.id,
        "line_id": played.line.id,
        "price_list_id": played.waiting.price_list_id,
        "waiting_id": played.waiting.id,
        "customer": played.customer.id,
        "draft_key": uuid.uuid4(),
        "line_key": uuid.uuid4(),
        "quantity": "4",
        "unit_price": "99,99",
        "vat_rate": "20.00",
        "mileage": "52000",
        "last_name": "Moreau",
        "text": "moreau",
        "membership": played.adviser.id,
        "pk": 1,
        **_card(played, other),
        **played.accounts,
    }


def _card(played: SimpleNamespace, other: Customer) -> dict[str, Any]:
    """Return what the addresses and forms of a customer's card take."""
    return {
        "vehicle_id": played.draft.vehicle_id,
        "note_id": uuid.uuid4(),
        "merge_id": uuid.uuid4(),
        "hold_id": uuid.uuid4(),
        "user_hold_id": uuid.uuid4(),
        "archived_id": played.archived_id,
        "motive": "billing",
        "explanation": "R-118",
        "other_id": other.id,
        "to": other.id,
        "kept": played.customer.id,
        "subject": played.customer.reference,
        "decision": uuid.uuid4(),
        "channel": "email",
        "answer": "accepted",
    }


def address(page: URLPattern, values: dict[str, Any]) -> str:
    told = {name: values[name] for name in page.pattern.converters}
    return reverse(page.name, kwargs={**page.default_args, **told})


def rows() -> dict[str, str]:
    """Return a digest of each table's rows, read past every wall; sessions come and go."""
    digest = "SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM \"{}\" t"
    with as_role("backup") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = sorted({name for (name,) in tables} - MOVING)
        return {name: connection.execute(digest.format(name)).fetchone()[0] for name in names}


def expected(role: str, method: str, view: Any) -> int | None:
    """Return the status that refuses a role, None where it is let in."""
    if method not in view.gardien_methods:
        return 405
    if role == "anonymous":
        return 302
    if role == "nobody":
        return None if view.gardien_action in {*access.OWN, access.HOME} else 403
    return None if roles.matrix().allows(role, view.gardien_action) else 403


def answer(client: Client, method: str, where: str, values: dict[str, Any]) -> int:
    """Return the status of an answer; a redirect elsewhere than to the sign-in page counts as let in."""
    answered = client.post(where, values) if method == "POST" else client.generic(method, where)
    is_elsewhere = answered.status_code == 302 and not answered.headers["Location"].startswith(reverse("account_login"))
    return 200 if is_elsewhere else answered.status_code


def breaches(people: dict[str, Client], values: dict[str, Any]) -> list[str]:
    """Ask for every page by every method as everybody; return each answer that is not the refusal, each table moved."""
    found, before = [], rows()
    for role, client in people.items():
        for page, method in product(pages(), METHODS):
            status = expected(role, method, page.callback)
            if status and (answered := answer(client, method, address(page, values), values)) != status:
                found.append(f"{role} {method} {page.name}: {answered}")
        after = rows()
        found += [f"{role} moved {table}" for table in before if after[table] != before[table]]
        before = after
    return found


def test_a_role_that_is_not_listed_is_refused_everywhere_and_nothing_moves(
    people: dict[str, Client], played: SimpleNamespace
) -> None:
    values = asked(played)
    assert breaches(people, values) == []
    let_in = {
        (role, page.name): client.get(address(page, values), {"size": "2055516"}).status_code
        for role, client in people.items()
        for page in pages()
        if expected(role, "GET", page.callback) is None and page.name not in ELSEWHERE | {"mfa_reauthenticate_webauthn"}
        if role != "nobody" or page.callback.gardien_action != access.HOME
    }
    assert {each for each, status in let_in.items() if status == 404} == OF_A_GARAGE
    assert set(let_in.values()) == {200, 404}
    assert len(let_in) > len(people)
    adviser = people["counter_adviser"]
    form = reverse("intake", args=[played.reading.id])
    assert (adviser.get(form).status_code, people["site_manager"].get(form).status_code) == (200, 404)
    assert adviser.get(reverse("pdf", args=[played.quote.id])).headers["Content-Type"] == "application/pdf"
    before = rows()
    assert adviser.post(reverse("tell_mileage", args=[played.draft.id]), values).status_code == 302
    assert {table for table, digest in rows().items() if digest != before[table]} == {"quotes_quote", "journal_entry"}


@require_http_methods(["GET"])
def open_door(_: HttpRequest) -> HttpResponse:
    return HttpResponse("for everybody")


@require_http_methods(["GET"])
def late_guard(_: HttpRequest) -> HttpResponse:
    CentralParty.objects.filter(kind="network").update(name="planted")
    raise PermissionDenied


for view in (open_door, late_guard):
    view.gardien_action, view.gardien_methods = "customers.view", ("GET",)


def test_an_open_door_and_a_guard_that_comes_too_late_are_found(committed: None, at: datetime) -> None:
    network.name_central_party(kind=PartyKind.NETWORK, name="Sarvane France", by=BY, at=at)
    planted = (path("open/", open_door, name="open"), path("late/", late_guard, name="late"))
    with override_settings(ROOT_URLCONF=planted):
        found = breaches({"nobody": nobody(at)}, {})
    assert found == ["nobody GET open: 200", "nobody moved network_centralparty"]


def test_no_page_for_everybody_takes_an_unsafe_method_but_its_own_form(database: None) -> None:
    doors = [address(each, PUBLIC_VALUES) for each in patterns() if each.name in PUBLIC]
    tried = [(door, method) for door in doors for method in ("PUT", "PATCH", "DELETE")]
    assert len(doors) > len(PUBLIC)
    assert [place for place in tried if Client().generic(place[1], place[0]).status_code != 405] == []
