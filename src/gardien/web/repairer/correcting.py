"""Correcting what a customer told: only what was changed is written, and never over somebody else's change."""

import uuid
from typing import TYPE_CHECKING

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.commitment.policy import Version
from gardien.customers import actions, rules
from gardien.web.shared.access import Request, actor, page

from .card import person, tell
from .forms.details import DetailsForm

if TYPE_CHECKING:
    from gardien.customers.models import Customer

_SALT = "gardien.web.correcting"


@page("customers.correct", "GET", "POST")
def correct(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Correct the details of a customer; where somebody else changed the same meanwhile, show both."""
    kept, at = person(customer_id)[0], clock.now()
    version = commitment.in_force(clock.legal_day(at))
    if request.method != "POST":
        return _page(request, kept, DetailsForm(version, initial=_typed(kept.details)), kept.details)
    form, seen = DetailsForm(version, request.POST), _opened(request.POST.get("seen", ""))
    if not form.is_valid():
        return _page(request, kept, form, seen)
    try:
        actions.correct(customer_id=kept.id, details=form.details(), seen=seen, by=actor(request), at=at)
    except actions.StaleError as stale:
        return _page(request, kept, _both(version, form, seen, stale), stale.present)
    tell(request, _("The details are corrected."))
    return redirect("customer", kept.id)


def _opened(signed: str) -> rules.Details:
    """Return what the form showed when it was opened, as the page itself said."""
    try:
        told = signing.loads(signed, salt=_SALT)
    except signing.BadSignature:
        raise BadRequest from None
    numbers = {name: rules.kept_phone(told[name]) for name in ("phone", "mobile")}
    return rules.Details(**{**told, **numbers})


def _both(version: Version, form: DetailsForm, seen: rules.Details, stale: actions.StaleError) -> DetailsForm:
    """Return the form as it was typed, each conflict with the other's words; what was left alone shows the present."""
    typed, before, now = form.data.dict(), _typed(seen), _typed(stale.present)
    told = _typed(form.details())
    fresh = DetailsForm(version, {**typed, **{name: now[name] for name in now if told[name] == before[name]}})
    fresh.is_valid()
    for name in stale.fields:
        other = now[name] or _("nothing")
        sentence = _("A colleague has just written: %(other)s. Save again to keep yours, or type theirs.")
        fresh.add_error(name, sentence % {"other": other})
    return fresh


def _typed(details: rules.Details) -> dict[str, str]:
    """Return details as they are typed into the form."""
    told = {name: getattr(details, name) for name in rules.Details.__dataclass_fields__}
    typed = {name: value.display if isinstance(value, rules.Phone) else value or "" for name, value in told.items()}
    return {**typed, "kind": "company" if details.company else "person"}


def _page(request: Request, kept: "Customer", form: DetailsForm, seen: rules.Details) -> HttpResponse:
    context = {"customer": kept, "form": form, "seen": signing.dumps(rules.columns(seen), salt=_SALT)}
    return render(request, "repairer/correct.html", context, status=422 if form.is_bound else 200)
