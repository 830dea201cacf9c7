"""How long what is kept of a person stays, under which clause and because of what."""

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.consent import queries as consent
from gardien.standing import queries as standing
from gardien.standing.rules import Event
from gardien.web.shared.access import Request, page

from .card import person
from .words import ENDINGS, EVENTS, GROUNDS


@page("customers.view")
def keeping(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Show the last activity of a person, and until when each thing is kept, by the clause that says so."""
    group, at = person(customer_id), clock.now()
    subjects = [record.reference for record in group]
    readings, version = consent.readings(subjects), commitment.in_force(clock.legal_day(at))
    kept = standing.explain(
        subjects,
        clock.legal_day(readings[0].read_at),
        was_told_again=any(each.version == version.id for each in readings),
        at=at,
    )
    last = next((each.because for each in kept if each.because), None)
    context = {
        "customer": group[0],
        "pane": "keeping",
        "last": _sentence(last) if last else "",
        "rows": [
            {
                "kept": each,
                "because": _because(each),
                "holds": [_held(hold) for hold in each.holds],
            }
            for each in kept
        ],
    }
    return render(request, "repairer/keeping.html", context)


def _because(kept: standing.KeptUnder) -> str:
    """Say why a date stands: what ended, or the activity from which the period runs."""
    if kept.ended:
        return str(ENDINGS[kept.ended])
    return _sentence(kept.because) if kept.because else _("nothing has started this period")


def _sentence(because: tuple[Event, datetime]) -> str:
    event, happened_at = because
    day = date_format(timezone.localtime(happened_at, clock.PARIS), "j F Y")
    return _("%(event)s on %(day)s") % {"event": EVENTS[event], "day": day}


def _held(hold: "Hold") -> str:
    """Say what is held past its time, on which ground and until when."""
    told = {
        "what": standing.words(hold.category, "fr"),
        "ground": GROUNDS[hold.ground],
        "day": date_format(hold.until_date, "j F Y"),
        "reference": hold.legal_reference,
    }
    return _("Held until %(day)s for %(ground)s: %(what)s (%(reference)s)") % told
