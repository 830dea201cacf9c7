"""The home of each role, the choice between roles, and what was typed when a session ended."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from gardien.web.shared import carried
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


@page("home.view", "GET", "POST")
def resume(request: Request) -> HttpResponse:
    """Show the forms that were kept when a session ended, each with a button to send it; by POST, drop one."""
    if request.method == "POST":
        return redirect("home")
    return render(request, "account/resume.html", {"forms": carried.waiting(request), "key": carried.KEY})
