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

from gardien.base import clock
from gardien.commitment import roles
from gardien.network import actions as network
from gardien.network.models import Membership, User
from gardien.network.rules import UserState
from gardien.portal import cast
from gardien.web.shared.middleware import SESSION_KEY

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABSENT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
"""An id that no row bears, for a place of an address that `values` does not know."""
OUTSIDE = {"requested": UserState.APPROVED, "deactivated": UserState.SUSPENDED}
"""Personas whose account is not active: one that waits for its password, and one that is kept out."""


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

    A site's role is `role@CODE`; of somebody who works at several, `role@CODE+others`.
    """
    held = Membership.objects.select_related("user", "site__repairer").order_by("from_at", "id")
    found = {_name(each, list(held)): _session(each.user, each) for each in held}
    template = held.filter(site__isnull=False)[0]
    for name, state in OUTSIDE.items():
        told = {"email": f"{name}@matrice.example", "first_name": name.title(), "last_name": "Exemple"}
        user = network.open_user(**told, password=password, by=cast.BY, at=at)
        network.give_role(user=user, role=template.role, place=template.site, by=cast.BY, at=at)  # type: ignore[arg-type]
        found[name] = _session(user, None)
        User.objects.filter(id=user.id).update(state=state)
    return {"anonymous": "", **found}


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
    """Return a route's address with its places filled."""
    address = route.url
    for name, converter in route.pattern.pattern.converters.items():
        fallback = {"UUIDConverter": ABSENT, "IntConverter": 1}.get(type(converter).__name__, "none")
        kind = type(converter).__name__.removesuffix("Converter").lower()
        kind = {"string": "str"}.get(kind, kind)
        address = address.replace(f"<{kind}:{name}>", str(values.get(name, fallback)))
    return address


def _name(membership: Membership, held: list[Membership]) -> str:
    codes = [each.site.repairer.code for each in held if each.user_id == membership.user_id and each.site]
    if membership.site is None:
        return membership.role
    own = membership.site.repairer.code
    return f"{membership.role}@{'+'.join([own, *(code for code in codes if code != own)])}"


def _session(user: User, membership: Membership | None) -> str:
    """Open a session that has proved all that a session can prove."""
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    at = clock.now().timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": at}, {"method": "mfa", "at": at}]
    session["account_authentication_methods_user"] = str(user.pk)
    if membership is not None:
        session[SESSION_KEY] = str(membership.id)
    session.save()
    return str(session.session_key)
