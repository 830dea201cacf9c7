"""Who may open a page: each view names the action it serves, and `commitment/roles.yaml` names the roles."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gardien.base.actor import Actor
from gardien.commitment import roles
from gardien.network import queries as network

from . import carried, proof

if TYPE_CHECKING:
    from gardien.network.models import Membership, Site, User

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request with the role its user acts in, as `middleware.membership` leaves it."""

    user: "User"  # type: ignore[assignment]
    membership: "Membership | None"
    memberships: "list[Membership]"
    htmx: Any


def page(action: str, *methods: str, sets_up: bool = False, is_sensitive: bool = False) -> Callable[[View], View]:
    """Serve the view to the roles of `action` only; `methods` defaults to GET.

    Anonymous visitors go to the sign-in page, with what they had typed (`carried`); other roles get a 403. Whose role
    needs a second factor gets to pages that set one up (`sets_up`) and to no other before there is one. A sensitive
    page, an export or an identity document, asks who did not prove lately who they are to do so again.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **values: Any) -> HttpResponse:
            if not request.user.is_authenticated or proof.is_stale(request):
                return _to_sign_in(request)
            if proof.is_missing(request) and not sets_up:
                return _to(request, "mfa_index")
            if request.membership is None or not roles.matrix().allows(request.membership.role, action):
                raise PermissionDenied
            if is_sensitive and not proof.is_recent(request):
                return _to(request, "account_reauthenticate")
            response = view(request, *args, **values)
            carried.settle(request)
            return response

        accepted = methods or ("GET",)
        served = require_http_methods(list(accepted))(guarded)
        served.gardien_action, served.gardien_methods = action, accepted  # type: ignore[attr-defined]
        return served

    return decorate


def _to_sign_in(request: Request) -> HttpResponse:
    """Ask a visitor to sign in."""
    return _to(request, "account_login")


def _to(request: Request, name: str) -> HttpResponse:
    """Lead elsewhere first; a part of a page is refused without a word, for its page says what that means."""
    if request.htmx:
        return HttpResponse(status=401)
    if request.method == "GET":
        return redirect_to_login(request.path, reverse(name))
    return redirect_to_login(reverse("resume" if carried.keep(request) else "home"), reverse(name))


def actor(request: Request) -> Actor:
    """Return who acts."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    return network.actor(request.membership)


def site(request: Request) -> "Site":
    """Return the site where the user works."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    assert request.membership.site is not None  # noqa: S101 -- the action's roles are held at sites
    return request.membership.site
