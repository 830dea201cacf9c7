"""The home of each role, and the choice between roles."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from gardien.web.shared.access import Request, page
from gardien.web.shared.middleware import SESSION_KEY


@page("home.view")
def home(request: Request) -> HttpResponse:
    """Show the pages of the role."""
    return render(request, "account/home.html")


@page("membership.choose", "POST")
def choose(request: Request) -> HttpResponse:
    """Act in another of the user's roles from now on; the session's id changes with it."""
    wanted = request.POST.get("membership", "")
    if wanted not in {str(held.id) for held in request.memberships}:
        raise PermissionDenied
    request.session.cycle_key()
    request.session[SESSION_KEY] = wanted
    return redirect("home")
