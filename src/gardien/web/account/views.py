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


@page("membership.choose", "GET", "POST")
def choose(request: Request) -> HttpResponse:
    """Show the user's roles; by POST, act in one of them from now on; the session's id changes with it."""
    if request.method == "GET":
        return render(request, "account/choose.html")
    wanted = request.POST.get("membership", "")
    chosen = next((held for held in request.memberships if str(held.id) == wanted), None)
    if chosen is None:
        raise PermissionDenied
    request.session.cycle_key()
    request.session[SESSION_KEY] = wanted
    return redirect("resume" if carried.waiting(request, chosen) else "home")


@page("home.view", "GET", "POST")
def resume(request: Request) -> HttpResponse:
    """Show the forms that were kept, each with a button to send it, and the roles for others; by POST, drop one."""
    if request.method == "POST":
        return redirect("home")
    forms = carried.waiting(request, request.membership)
    elsewhere = [held for held in request.memberships if carried.waiting(request, held) not in ([], forms)]
    return render(request, "account/resume.html", {"forms": forms, "elsewhere": elsewhere, "key": carried.KEY})
