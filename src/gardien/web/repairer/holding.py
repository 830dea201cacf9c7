"""What is held of a person past its time: placed and released from their card, category by category."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.standing import actions
from gardien.standing import queries as standing
from gardien.web.shared import holds
from gardien.web.shared.access import Request, actor, page

from . import keeping
from .card import person, tell

REFUSED = 422


@page("standing.hold", "POST")
def hold(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Hold some categories of a person's data on one ground; a refused form comes back as it was typed."""
    group, at = person(customer_id), clock.now()
    kept = keeping.explained(group, at)
    form = keeping.hold_form(kept, at, request.POST)
    if not holds.hold(request, form, group[0].reference):
        return keeping.shown(request, group, kept, form, REFUSED)
    tell(request, _("It is written what is held, on which ground and until when."))
    return redirect("keeping", group[0].id)


@page("standing.hold", "POST")
def release_hold(request: Request, customer_id: uuid.UUID, hold_id: uuid.UUID) -> HttpResponse:
    """Release a hold of a person's before its day; one that is released stays so."""
    group = person(customer_id)
    if not standing.is_hold_of([each.reference for each in group], hold_id):
        raise Http404
    actions.release(hold_id=hold_id, by=actor(request), at=clock.now())
    tell(request, _("The hold is released: what it kept goes when its time is over."))
    return redirect("keeping", group[0].id)
