"""One request is one transaction on behalf of one controller."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from gardien.base import clock, scope
from gardien.network import queries as network

if TYPE_CHECKING:
    from gardien.network.models import Membership

from . import errors, reading

SESSION_KEY = "membership"
VISIT_KEY = "visit"
"""Of the session: the role chosen, and the access through which support reads at a site."""


class membership:  # noqa: N801 -- named as Django names middleware in settings
    """Find the role the user acts in, and run the page in its controller's transaction.

    Any exception of a page, refusals included, rolls the transaction back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Serve the request."""
        request.memberships, request.membership = [], None
        request.must_read, request.support_access = False, None
        if request.user.is_authenticated:
            request.memberships = list(network.memberships(request.user, clock.now()))
            request.membership = _chosen(request)
            _enter_visit(request)
            request.must_read = request.membership is not None and reading.is_due(request)
        if request.membership is None or _brings_scope(request):
            return self.get_response(request)
        with scope.entered(network.controller(request.membership)):
            return self.get_response(request)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """Roll back what the page did before it failed, and say so where the database refused it."""
        if request.membership is not None and not _brings_scope(request):
            transaction.set_rollback(True)
        return errors.restricted(request) if isinstance(exception, scope.RestrictedError) else None


def _brings_scope(request: HttpRequest) -> bool:
    """Say whether the page brings its controller, whoever happens to be signed in: by a signed link, or the network."""
    return getattr(_view(request), "gardien_brings_scope", False)


def _view(request: HttpRequest) -> Callable[..., HttpResponse] | None:
    """Return what serves the address of a request, None where nothing does."""
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None


def _enter_visit(request: Any) -> None:
    """Let support act at the site that it chose in this session, as long as that site lets it in."""
    chosen = request.session.get(VISIT_KEY)
    if chosen and request.membership is not None:
        found = network.visiting(request.membership, UUID(chosen), clock.now())
        if found:
            request.membership, request.support_access = found


def _chosen(request: Any) -> "Membership | None":
    """Return the role chosen in this session, the oldest one held at its beginning, while it is held.

    No other takes its place once it has ended: what was filled in for one garage would go to another.
    """
    held: list[Membership] = request.memberships
    if held and SESSION_KEY not in request.session:
        request.session[SESSION_KEY] = str(held[0].id)
    return next((each for each in held if str(each.id) == request.session[SESSION_KEY]), None)


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keep pages out of every cache and sensors out of every page; refuse a body that says it is not UTF-8.

    A method that an address does not take is refused with a page of ours, not with an empty one, and where the page
    says its methods (`access.page`), before anything is asked of the database.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        taken = getattr(_view(request), "gardien_methods", None)
        if taken and request.method not in taken:
            response = errors.not_allowed(", ".join(taken))
        elif (request.encoding or "utf-8").lower() != "utf-8":
            response = errors.bad_request(request)
        else:
            response = get_response(request)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                response = errors.not_allowed(response.headers["Allow"])
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response

    return handle
