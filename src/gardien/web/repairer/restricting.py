"""Restriction: a person's data rests at their request, and serves again after they were told (GDPR, article 18)."""

import uuid
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock, ids
from gardien.commitment import roles
from gardien.standing import actions
from gardien.standing import queries as standing
from gardien.web.shared.access import Request, actor, page

from .card import person, tell


@page("standing.restrict", "GET", "POST")
def restrict(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Say what a restriction does, and place it on every record of the person."""
    group = person(customer_id)
    if request.method == "POST":
        subjects = [record.reference for record in group]
        actions.restrict(subjects=subjects, by=actor(request), at=clock.now())
        tell(request, _("%(reference)s is restricted: no page shows it any more.") % {"reference": subjects[0]})
        return redirect("restrictions")
    return render(request, "repairer/restrict.html", {"customer": group[0]})


@page("standing.restrict")
def restrictions(request: Request) -> HttpResponse:
    """List the repairer's restricted references, those restricted together on one line, without a name."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    placed = sorted(standing.restrictions(), key=lambda each: (each.placed_at, each.subject), reverse=True)
    together = [list(same) for _placed_at, same in groupby(placed, key=lambda each: each.placed_at)]
    context = {
        "restrictions": [
            {
                "subjects": sorted(each.subject for each in same),
                "placed_at": same[0].placed_at,
                "announced_at": min((each.announced_at for each in same if each.announced_at), default=None),
            }
            for same in together
        ],
        "can_lift": roles.matrix().allows(request.membership.role, "standing.lift"),
    }
    return render(request, "repairer/restrictions.html", context)


@page("standing.lift", "POST")
def announce_lift(request: Request) -> HttpResponse:
    """Write that the person was told that the restriction will be lifted."""
    subjects = _subjects(request)
    actions.announce_lift(subjects=subjects, by=actor(request), at=clock.now())
    tell(request, _("It is written that %(reference)s was told.") % {"reference": ", ".join(subjects)})
    return redirect("restrictions")


@page("standing.lift", "POST")
def lift(request: Request) -> HttpResponse:
    """Lift a restriction that was announced."""
    subjects = _subjects(request)
    try:
        actions.lift(subjects=subjects, by=actor(request), at=clock.now())
    except actions.NotAnnouncedError:
        messages.error(request, _("Tell the customer first, and say here that you did: the law asks for it."))
        return redirect("restrictions")
    tell(request, _("%(reference)s serves again.") % {"reference": ", ".join(subjects)})
    return redirect("restrictions")


def _subjects(request: Request) -> list[str]:
    found = [ids.parse_reference(each) for each in request.POST.getlist("subject")]
    if not found or None in found:
        raise BadRequest
    return [each for each in found if each]
