"""Who gets which answer where: every address, method and persona, asked of the portal itself in this process.

Each request runs in a transaction that is rolled back, so that none sees what another did. The database is one that
may be thrown away: personas are opened in it.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gardien.base import clock, scope
from gardien.commitment import roles
from gardien.network import actions as network
from gardien.network import queries
from gardien.network.models import Membership, User
from gardien.network.rules import SUPPORT, VISIT, Origin, RequestState, SupportReason, UserState
from gardien.portal import cast
from gardien.web.shared import limits
from gardien.web.shared.middleware import SESSION_KEY, VISIT_KEY

MANAGER = "site_manager"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABSENT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
"""An id that no row bears, for a place of an address that `values` does not know."""
OUTSIDE = {
    "requested": RequestState.REQUESTED,
    "approved": UserState.APPROVED,
    "suspended": UserState.SUSPENDED,
    "deactivated": UserState.CLOSED,
}
"""Personas who have no account yet, or one that is not active, and the state that they stand for."""


@dataclass(frozen=True)
class Cell:
    """One answer: the route's pattern, the method, the persona, and the HTTP status."""

    url: str
    method: str
    persona: str
    answer: int


@dataclass(frozen=True)
class Route:
    """An address of the portal: its pattern as routed, and what serves it."""

    url: str
    pattern: URLPattern


def routes(found: Any = None, before: str = "/") -> Iterator[Route]:
    """Walk the resolver."""
    for each in get_resolver().url_patterns if found is None else found:
        url = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, url)
        else:
            yield Route(url, each)


def unlisted() -> list[str]:
    """Return the addresses that are neither some action's page nor listed as everybody's."""
    public = roles.matrix().public
    return [
        route.url
        for route in routes()
        if not hasattr(route.pattern.callback, "gardien_action") and route.pattern.name not in public
    ]


def personas(password: str, at: datetime) -> dict[str, str]:
    """Return each persona's session key, empty for nobody's: one persona per role and place, and those outside.

    A site's role is `role@CODE`; of somebody who works at several, `role@CODE+others`; of support on a visit, that of
    the site that it visits.
    """
    held = list(Membership.objects.select_related("user", "site__repairer").order_by("from_at", "id"))
    found = {_name(each, held): _session(each.user, {SESSION_KEY: str(each.id)}) for each in held}
    support = next(each for each in held if each.role == SUPPORT)
    for manager in (each for each in held if each.role == MANAGER):
        access = _let_in(manager, at)
        visit = {SESSION_KEY: str(support.id), VISIT_KEY: str(access)}
        found[_name(manager, held).replace(MANAGER, VISIT)] = _session(support.user, visit)
    outside = {name: _outside(name, state, held[0], password, at) for name, state in OUTSIDE.items()}
    return {"anonymous": "", **outside, **found}


def _let_in(manager: Membership, at: datetime) -> UUID:
    """Open an access for support at a manager's site, and return its id."""
    told: dict[str, Any] = {"site": manager.site, "opened_by": manager.user, "by": queries.actor(manager), "at": at}
    with scope.entered(queries.controller(manager)):
        opened = network.open_support(ticket="MATRICE", reason=SupportReason.QUESTION, hours=1, **told)
    return opened.id


def _outside(name: str, state: str, like: Membership, password: str, at: datetime) -> str:
    """Ask for an account, or open one with a role like this one, in a state; return the key of its session."""
    told: dict[str, Any] = {"email": f"{name}@matrice.example", "first_name": name.title(), "last_name": "Exemple"}
    by: dict[str, Any] = {"by": cast.BY, "at": at}
    if state == RequestState.REQUESTED:
        network.request_account(told=network.Told(**told), origin=Origin.FORM, **by)
        return ""
    user = network.open_user(**told, password=password, **by)
    network.give_role(user=user, role=like.role, place=queries.site_of(like), **by)
    key = _session(user, {})
    User.objects.filter(id=user.id).update(state=state)
    return key


def cells(sessions: dict[str, str], values: dict[str, Any], methods: tuple[str, ...] = METHODS) -> Iterator[Cell]:
    """Ask for every address by each method as each persona; `values` fill the places of addresses, by their names."""
    client = Client(raise_request_exception=False, SERVER_NAME=settings.ALLOWED_HOSTS[0])
    logging.disable(logging.CRITICAL)
    try:
        for route, method, (persona, session) in product(routes(), methods, sessions.items()):
            client.cookies.clear()
            if session:
                client.cookies[settings.SESSION_COOKIE_NAME] = session
            yield Cell(route.url, method, persona, _asked(client, method, address_of(route, values)))
    finally:
        logging.disable(logging.NOTSET)


def _asked(client: Client, method: str, address: str) -> int:
    with transaction.atomic():
        form = {"content_type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        answer = client.generic(method, address, secure=settings.SESSION_COOKIE_SECURE, **form)  # type: ignore[arg-type]
        transaction.set_rollback(True)
    return answer.status_code


def address_of(route: Route, values: dict[str, Any]) -> str:
    """Return a route's address with its places filled; `page.place` fills a place of the page of that name only."""
    address = route.url
    for name, converter in route.pattern.pattern.converters.items():
        fallback = {"UUIDConverter": ABSENT, "IntConverter": 1}.get(type(converter).__name__, "none")
        kind = type(converter).__name__.removesuffix("Converter").lower()
        kind = {"string": "str"}.get(kind, kind)
        address = address.replace(
            f"<{kind}:{name}>", str(values.get(f"{route.pattern.name}.{name}", values.get(name, fallback)))
        )
    return address


def _name(membership: Membership, held: list[Membership]) -> str:
    codes = [each.site.repairer.code for each in held if each.user_id == membership.user_id and each.site]
    if membership.site is None:
        return membership.role
    own = membership.site.repairer.code
    return f"{membership.role}@{'+'.join([own, *(code for code in codes if code != own)])}"


def _session(user: User, chosen: dict[str, str]) -> str:
    """Open a session that has proved all that a session can prove, with the role or visit chosen in it."""
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    session, at = client.session, clock.now()
    limits.begin(session, at)
    session["account_authentication_methods"] = [{"method": each, "at": at.timestamp()} for each in ("password", "mfa")]
    session["account_authentication_methods_user"] = str(user.pk)
    session.update(chosen)
    session.save()
    return str(session.session_key)
