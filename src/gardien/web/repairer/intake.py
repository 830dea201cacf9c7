"""Pages of an intake: reading the wording, taking the details, keeping what is typed, and who it may already be."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as readings
from gardien.consent.rules import How
from gardien.customers import actions, queries
from gardien.customers.actions import intakes as intake_actions
from gardien.customers.queries import intakes
from gardien.quotes.queries import paper
from gardien.web.shared.access import Request, actor, page, site

from .forms.intake import IntakeForm
from .words import REASONS

MOST_CANDIDATES = 3


@page("customers.record", "GET", "POST")
def reading(request: Request) -> HttpResponse:
    """Show the wording to read aloud; the click records who read which version, and opens the form."""
    at = clock.now()
    version = commitment.in_force(clock.legal_day(at))
    wording = documents.reading(version, paper.controller(site(request).repairer), "fr")
    if request.method == "POST":
        recorded = consent.record_reading(wording=wording, by=actor(request), at=at)
        return redirect("intake", recorded.id)
    context = {"wording": wording, "version": version, "unfinished": intakes.unfinished(actor(request))}
    return render(request, "repairer/reading.html", context)


@page("customers.record", "GET", "POST")
def intake(request: Request, reading_id: uuid.UUID) -> HttpResponse:
    """Take the details of the person who heard the wording; what was typed before comes back."""
    heard = _heard(request, reading_id)
    if known := intakes.recorded(heard.id):
        return _known(request, known)
    version = commitment.versions().get(heard.version)
    if request.method == "POST":
        form = IntakeForm(version, request.POST)
        if form.is_valid():
            return _save(request, heard, form)
        return _shown(request, heard, form, status=422)
    draft = next((each for each in intakes.unfinished(actor(request)) if each.reading_id == heard.id), None)
    return _shown(request, heard, IntakeForm(version, initial=draft.typed if draft else None), draft=draft)


@page("customers.record", "POST")
def typed(request: Request, reading_id: uuid.UUID) -> HttpResponse:
    """Keep what is typed so far, and propose who it may be; only what differs from what is shown is sent."""
    heard, at = _heard(request, reading_id), clock.now()
    form = IntakeForm(commitment.versions().get(heard.version), request.POST)
    form.is_valid()
    told = {name: request.POST[name] for name in form.fields if request.POST.get(name)}
    try:
        actions.save_intake_draft(reading_id=heard.id, typed=told, by=actor(request), at=at)
    except actions.DraftTooLongError:
        return HttpResponse(status=413)
    found = _candidates(form)
    has_changed = found["shown"] != request.POST.get("shown", "")
    return render(request, "repairer/typed.html", {**found, "draft": {"typed_at": at}, "has_changed": has_changed})


@page("customers.record", "POST")
def drop(request: Request, reading_id: uuid.UUID) -> HttpResponse:
    """Give up an intake that was typed in part."""
    heard = _heard(request, reading_id)
    intake_actions.drop_intake_draft(reading_id=heard.id, by=actor(request), at=clock.now())
    return redirect("reading")


def _heard(request: Request, reading_id: uuid.UUID) -> Any:
    """Return the reading whose form this is; nobody else's form opens."""
    try:
        heard = readings.reading(reading_id)
    except readings.NeverReadError:
        raise Http404 from None
    if heard.read_by_id != request.user.id:
        raise Http404
    return heard


def _save(request: Request, heard: Any, form: IntakeForm) -> HttpResponse:
    """Record the customer with answers and remark, all or nothing; nothing at all of who agrees to no use."""
    by, at = actor(request), clock.now()
    if form.is_refused():
        intake_actions.drop_intake_draft(reading_id=heard.id, by=by, at=at)
        messages.info(request, _("The customer agreed to no use of their data: nothing of it was recorded."))
        return redirect("reading")
    customer = actions.record(details=form.details(), vehicle=form.vehicle(), reading=heard, by=by, at=at)
    if customer.told_at != at:
        return _known(request, customer)
    consent.decide(subject=customer.reference, answers=form.answers(), how=How.ORAL, by=by, at=at)
    if note := form.cleaned_data["note"]:
        actions.write_note(customer_id=customer.id, text=note, note_key=heard.id, by=by, at=at)
    return redirect("customer", customer.id)


def _known(request: Request, customer: Any) -> HttpResponse:
    """Lead a form that comes again to the card that it made; what it says now is changed there, not here."""
    if request.method == "POST":
        messages.info(request, _("This customer is recorded already, once. Change the card if something differs."))
    return redirect("customer", customer.id)


def _shown(request: Request, heard: Any, form: IntakeForm, status: int = 200, **more: Any) -> HttpResponse:
    found = _candidates(form) if form.is_bound else {}
    return render(request, "repairer/intake.html", {"form": form, "heard": heard, **found, **more}, status=status)


def _candidates(form: IntakeForm) -> dict[str, Any]:
    """Return who the person may already be, with the reasons in words."""
    plate = form.cleaned_data.get("plate") or None
    found = queries.candidates(form.so_far(), plate)[:MOST_CANDIDATES]
    return {
        "candidates": [
            {"customer": each.customer, "reasons": [REASONS[reason] for reason in each.reasons]} for each in found
        ],
        "shown": ",".join(str(each.customer.id) for each in found),
    }
