"""Provider support's way into a site that has let it in, and out of it."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from gardien.base import clock
from gardien.network import queries
from gardien.web.shared.access import Request, page
from gardien.web.shared.middleware import VISIT_KEY


@page("support.visit")
def visits(request: Request) -> HttpResponse:
    """Show the sites that let support in at present."""
    return render(request, "account/visits.html", {"accesses": queries.open_accesses(clock.now())})


@page("support.visit", "POST")
def visit(request: Request, access_id: uuid.UUID) -> HttpResponse:
    """Read at a site from the next page on, as long as it lets support in; the session's id changes with it."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    if queries.visiting(request.membership, access_id, clock.now()) is None:
        raise Http404
    request.session.cycle_key()
    request.session[VISIT_KEY] = str(access_id)
    return redirect("home")


@page("support.leave", "POST")
def leave(request: Request) -> HttpResponse:
    """Leave the site."""
    request.session.cycle_key()
    del request.session[VISIT_KEY]
    return redirect("visits")
