"""The intermediate archive: what holds keep of people whose records are gone, opened for a reason each time."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock, crypto
from gardien.commitment import queries as commitment
from gardien.commitment import roles
from gardien.network import queries as network
from gardien.standing import actions
from gardien.standing import queries as standing
from gardien.standing.rules import Motive
from gardien.web.shared.access import Request, actor, page
from gardien.web.shared.holds import category_words
from gardien.web.shared.words import GROUNDS

from .card import tell
from .forms.archive import ConsultForm, ReferenceForm
from .words import COLUMNS, MOTIVES, PLACES, by_whom

if TYPE_CHECKING:
    from gardien.standing.models import Archived

MOST = 50
REFUSED = 422


@page("archive.consult", "GET", "POST", is_sensitive=True)
def archive(request: Request) -> HttpResponse:
    """List what is archived, without its fields; of one person by their reference, which travels in the body."""
    form = ReferenceForm(request.POST or None)
    found, status = standing.archived(), 200
    if form.is_bound:
        is_told = form.is_valid()
        found = standing.archived_of(form.cleaned_data["reference"]) if is_told else found.none()
        status = status if is_told else REFUSED
    rows = [_row(each) for each in found[: MOST + 1]]
    context = {"form": form, "rows": rows[:MOST], "has_more": len(rows) > MOST, "is_searched": form.is_bound}
    return render(request, "repairer/archive.html", context, status=status)


@page("archive.consult", "GET", "POST", is_sensitive=True)
def archived(request: Request, archived_id: uuid.UUID) -> HttpResponse:
    """Ask what something archived is opened for; once that is told and written, show it."""
    found = _found(archived_id)
    form = ConsultForm(request.POST or None)
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    can_release = roles.matrix().allows(request.membership.role, "archive.release")
    context: dict[str, Any] = {"row": _row(found), "form": form, "can_release": can_release}
    if not form.is_bound:
        return render(request, "repairer/archived.html", context)
    if not form.is_valid():
        return render(request, "repairer/archived.html", context, status=REFUSED)
    told = form.cleaned_data
    try:
        fields = actions.consult(
            archived_id=found.id,
            motive=Motive(told["motive"]),
            explanation=told["explanation"],
            by=actor(request),
            at=clock.now(),
        )
    except crypto.Unreadable:
        form.add_error(None, _("What is stored cannot be read any more. Tell the support desk: nothing was opened."))
        return render(request, "repairer/archived.html", context, status=REFUSED)
    return render(request, "repairer/archived.html", {**context, "places": list(_told(fields))})


@page("archive.release", "POST", is_sensitive=True)
def release_archived(request: Request, archived_id: uuid.UUID) -> HttpResponse:
    """Release the hold by which something is archived: the next sweep deletes it."""
    actions.release(hold_id=_found(archived_id).hold_id, by=actor(request), at=clock.now())
    tell(request, _("The hold is released: the next night deletes what it kept."))
    return redirect("archive")


@page("archive.consult", is_sensitive=True)
def consultations(request: Request) -> HttpResponse:
    """List who opened the archive, of whom and why, the latest first."""
    found = list(standing.consultations()[: MOST + 1])
    staff = network.staff([each.consulted_by_id for each in found])
    rows = [
        {
            "consultation": each,
            "motive": MOTIVES.get(each.motive, each.motive),
            "who": by_whom(staff, each.consulted_by_id),
        }
        for each in found[:MOST]
    ]
    return render(request, "repairer/consultations.html", {"rows": rows, "has_more": len(found) > MOST})


def _found(archived_id: uuid.UUID) -> "Archived":
    found = standing.archived().filter(id=archived_id).first()
    if found is None:
        raise Http404
    return found


def _row(archived: "Archived") -> dict[str, Any]:
    """Say of whom something is archived, on which ground, until when and under which clause: never what it is."""
    hold = archived.hold
    return {
        "archived": archived,
        "subjects": sorted({archived.subject, hold.subject}, key=lambda each: each != archived.subject),
        "what": category_words(hold.category),
        "ground": GROUNDS.get(hold.ground, hold.ground),
        "hold": hold,
        "clause": archived.clause,
        "version": _version(archived.clause),
    }


def _version(clause: str) -> str:
    """Return the latest version that has a clause, empty if none has."""
    return next((each.id for each in reversed(commitment.versions().all) if clause in each.clauses), "")


def _told(fields: actions.Fields) -> Iterator[tuple[str, list[list[tuple[str, str]]]]]:
    """Yield each place in words with its rows: what was empty is left out, a column without words keeps its name."""
    for place, rows in fields.items():
        told = [
            [(str(COLUMNS.get(name, name)), str(value)) for name, value in row.items() if value not in ("", None)]
            for row in rows
        ]
        yield str(PLACES.get(place, place)), [row for row in told if row]
