"""Who may open a page: each view names the action it serves, and `commitment/roles.yaml` names the roles."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.commitment import roles
from gardien.network import actions as accounts
from gardien.network import queries as network
from gardien.network.rules import PartyKind

from . import carried, errors, proof, reading

if TYPE_CHECKING:
    from gardien.network.models import Membership, Site, SupportAccess, User

View = Callable[..., HttpResponse]
READING, CHOICE, HOME = "account.acknowledge", "membership.choose", "home.view"
OWN = {READING, "account.view", "account.secure"}
"""What everybody does with their own account, without a role or before they have read the version in force, too."""
NO_ROLE = "user"
"""As what somebody who acts in no role stands in the journal."""
UNAUTHORISED = 401


class Request(HttpRequest):
    """A request with the role its user acts in, as `middleware.membership` leaves it."""

    user: "User"  # type: ignore[assignment]
    membership: "Membership | None"
    memberships: "list[Membership]"
    must_read: bool
    support_access: "SupportAccess | None"
    htmx: Any


def page(action: str, *methods: str, sets_up: bool = False, is_sensitive: bool = False) -> Callable[[View], View]:
    """Serve the view to the roles of `action` only; `methods` defaults to GET.

    Anonymous visitors go to the sign-in page, with what they had typed (`carried`); other roles get a 403. Whose role
    needs a second factor gets to pages that set one up (`sets_up`) and to no other before there is one. A sensitive
    page, an export or an identity document, asks who did not prove lately who they are to do so again.

    Whose role has ended chooses another one first, and a form that was filled in as somebody else, or in another role,
    is not carried out. One's own account (`OWN`) opens in any role and in none, and before all that is to be read.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **values: Any) -> HttpResponse:
            first = _first(request, action, sets_up=sets_up)
            if first is not None:
                return first
            if is_sensitive and not proof.is_recent(request):
                return _to(request, "account_reauthenticate")
            if request.support_access is not None:
                _record_read(request, action, values)
            response = view(request, *args, **values)
            carried.settle(request)
            return response

        accepted = methods or ("GET",)
        served = require_http_methods(list(accepted))(guarded)
        served.gardien_action, served.gardien_methods = action, accepted  # type: ignore[attr-defined]
        return served

    return decorate


def users_data(view: View) -> View:
    """Serve a page about users' data in the scope of its controller, the network, whoever asks. Under `page`."""

    @wraps(view)
    def served(request: Request, *args: Any, **values: Any) -> HttpResponse:
        with scope.entered(network.central_party(PartyKind.NETWORK).id):
            return view(request, *args, **values)

    served.gardien_brings_scope = True  # type: ignore[attr-defined]
    return served


def _first(request: Request, action: str, *, sets_up: bool) -> HttpResponse | None:
    """Return what comes before a page of `action`, None if it opens at once; refuse roles that it is not for."""
    if not request.user.is_authenticated or proof.is_stale(request):
        return _to_sign_in(request)
    if proof.is_missing(request) and not sets_up:
        return _to(request, "mfa_index")
    if request.membership is None and action not in OWN and not (request.memberships and action == CHOICE):
        return _without_role(request, action)
    if request.membership is not None and not roles.matrix().allows(request.membership.role, action):
        raise PermissionDenied
    if carried.is_of_another(request) and action not in {*OWN, CHOICE}:
        return HttpResponse(status=UNAUTHORISED) if request.htmx else errors.expired(request)
    if request.must_read and action not in {*OWN, CHOICE}:
        return reading.first(request)
    return None


def _record_read(request: Request, action: str, values: dict[str, Any]) -> None:
    """Put on record what support asks for; on pages in another scope there is nothing of the repairer to read."""
    assert request.support_access is not None  # noqa: S101 -- the caller has seen it
    assert request.resolver_match is not None  # noqa: S101 -- a view is running
    if getattr(request.resolver_match.func, "gardien_brings_scope", False):
        return
    accounts.record_support_read(
        access=request.support_access,
        action=action,
        object_id=next((value for value in values.values() if isinstance(value, UUID)), None),
        user_id=request.user.id,
        by=actor(request),
        at=clock.now(),
    )


def _to_sign_in(request: Request) -> HttpResponse:
    """Ask a visitor to sign in."""
    return _to(request, "account_login")


def _without_role(request: Request, action: str) -> HttpResponse:
    """Ask whose role has ended for the next one; who holds none has their own account for a home, and nothing else."""
    if not request.memberships and action == HOME:
        return redirect("account")
    if not request.memberships:
        raise PermissionDenied
    if request.htmx:
        return HttpResponse(status=UNAUTHORISED)
    carried.keep(request)
    return redirect("choose")


def _to(request: Request, name: str) -> HttpResponse:
    """Lead elsewhere first; a part of a page is refused without a word, for its page says what that means."""
    if request.htmx:
        return HttpResponse(status=UNAUTHORISED)
    if request.method == "GET":
        return redirect_to_login(request.path, reverse(name))
    return redirect_to_login(reverse("resume" if carried.keep(request) else "home"), reverse(name))


def actor(request: Request) -> Actor:
    """Return who acts."""
    return network.actor(request.membership) if request.membership else Actor(request.user.id, NO_ROLE)


def site(request: Request) -> "Site":
    """Return the site where the user works."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    assert request.membership.site is not None  # noqa: S101 -- the action's roles are held at sites
    return request.membership.site
