"""How long what is kept of a person stays, under which clause and because of what."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.commitment import roles
from gardien.consent import queries as consent
from gardien.standing import queries as standing
from gardien.standing.rules import Event
from gardien.web.shared.access import Request, page
from gardien.web.shared.holds import HoldForm, sentence

from .card import person
from .words import ENDINGS, EVENTS

if TYPE_CHECKING:
    from gardien.customers.models import Customer

QUOTES = "client.retention.quotes"
"""The clause under which the categories lie that a hold can keep."""
Kept = list[standing.KeptUnder]


@page("customers.view")
def keeping(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Show the last activity of a person, and until when each thing is kept, by the clause that says so."""
    group, at = person(customer_id), clock.now()
    kept = explained(group, at)
    return shown(request, group, kept, hold_form(kept, at))


def explained(group: "tuple[Customer, ...]", at: datetime) -> Kept:
    """Return what is kept of a person under which clause, until when and why."""
    subjects = [record.reference for record in group]
    readings, version = consent.readings(subjects), commitment.in_force(clock.legal_day(at))
    return standing.explain(
        subjects,
        clock.legal_day(readings[0].read_at),
        was_told_again=any(each.version == version.id for each in readings),
        at=at,
    )


def hold_form(kept: Kept, at: datetime, typed: QueryDict | None = None) -> HoldForm:
    """Return the form of a hold: the grounds and categories of the version that governs the person's data."""
    told = {each.version for each in kept if each.clause == QUOTES}
    governing = (each for each in commitment.versions().all if each.id in told)
    version = next(governing, commitment.in_force(clock.legal_day(at)))
    return HoldForm(standing.grounds(version), standing.holdable(version), typed)


def shown(
    request: Request, group: "tuple[Customer, ...]", kept: Kept, form: HoldForm, status: int = 200
) -> HttpResponse:
    """Show the page of one person, with what was typed of a hold."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    last = next((each.because for each in kept if each.because), None)
    held = {hold.id: hold for each in kept for hold in each.holds}
    context = {
        "customer": group[0],
        "pane": "keeping",
        "last": _sentence(last) if last else "",
        "rows": [
            {
                "clause": each.clause,
                "title": each.title,
                "version": each.version,
                "categories": each.categories,
                "until": _until(each),
                "because": _because(each),
                "holds": [sentence(hold) for hold in each.holds],
            }
            for each in kept
        ],
        "holds": [(reverse("release_hold", args=[group[0].id, hold.id]), sentence(hold)) for hold in held.values()],
        "hold_form": form,
        "hold_address": reverse("hold", args=[group[0].id]),
        "can_hold": roles.matrix().allows(request.membership.role, "standing.hold"),
    }
    return render(request, "repairer/keeping.html", context, status=status)


def _until(kept: standing.KeptUnder) -> str:
    """Say until when something is kept; what ended is due now, what nothing has started has no date."""
    if kept.ended:
        return _("due now")
    return _day(kept.until_at) if kept.until_at else _("no date runs")


def _because(kept: standing.KeptUnder) -> str:
    """Say why a date stands: what ended, or the activity from which the period runs, and the warning of its end."""
    if kept.ended:
        return str(ENDINGS[kept.ended])
    if kept.because is None:
        return _("nothing has started this period")
    told = _sentence(kept.because)
    return _("%(told)s, warned on %(day)s") % {"told": told, "day": _day(kept.warned_at)} if kept.warned_at else told


def _sentence(because: tuple[Event, datetime]) -> str:
    event, happened_at = because
    return _("%(event)s on %(day)s") % {"event": EVENTS[event], "day": _day(happened_at)}


def _day(at: datetime) -> str:
    return date_format(clock.legal_day(at), "j F Y")
