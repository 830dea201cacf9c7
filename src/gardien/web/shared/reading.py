"""That a user reads the commitment in force before anything else opens: once per version, at the next request."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from gardien.base import clock, scope
from gardien.commitment import queries as commitment
from gardien.commitment.policy import Version
from gardien.consent import queries as consent
from gardien.network import queries as network
from gardien.network.rules import PartyKind

from . import carried

KEY = "read"
"""Of the session: the version that its user is known to have acknowledged."""
UNAUTHORISED = 401


def version() -> Version:
    """Return the version in force now."""
    return commitment.in_force(clock.legal_day(clock.now()))


def is_due(request: Any) -> bool:
    """Say whether the signed-in user has not acknowledged the version in force; asked once a session and version.

    Opens the network's scope for itself: call outside any other.
    """
    in_force = version().id
    if request.session.get(KEY) == in_force:
        return False
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        has_read = consent.has_acknowledged(network.references(request.user), in_force)
    if has_read:
        request.session[KEY] = in_force
    return not has_read


def first(request: Any) -> HttpResponse:
    """Lead to the page to read; what was typed waits, and a part of a page is refused without a word."""
    if request.htmx:
        return HttpResponse(status=UNAUTHORISED)
    carried.keep(request)
    return redirect("acknowledge")
