"""The network's pages of the catalogue: what imports left in quarantine, and where brands are placed."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gardien.base import clock
from gardien.catalogue import actions, queries
from gardien.catalogue.rules.rejections import LineRefused
from gardien.commitment import roles
from gardien.web.shared.access import Request, actor, page

from .forms import MendForm, ReplayForm, TiersForm

SHOWN = 200


@page("catalogue.imports")
def quarantine(request: Request, price_list_id: uuid.UUID) -> HttpResponse:
    """Show the lines of an import that wait or were given up, and why."""
    return _quarantine(request, price_list_id, ReplayForm())


@page("catalogue.mend", "POST")
def replay(request: Request, price_list_id: uuid.UUID) -> HttpResponse:
    """Try the waiting lines of an import again."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _quarantine(request, price_list_id, form, status=422)
    currency = form.cleaned_data["currency"] or None
    try:
        taken = actions.replay(price_list_id=price_list_id, currency=currency, by=actor(request), at=clock.now())
    except queries.NoSuchListError:
        raise Http404 from None
    said = ngettext("%(count)d line was taken.", "%(count)d lines were taken.", taken)
    messages.info(request, said % {"count": taken})
    return redirect("quarantine", price_list_id)


@page("catalogue.mend", "GET", "POST")
def mend(request: Request, waiting_id: uuid.UUID) -> HttpResponse:
    """Correct the cells of a waiting line until it can be taken."""
    line = _line(waiting_id)
    form = MendForm(line.values, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        values = {**line.values, **form.cleaned_data}
        try:
            actions.mend(line_id=line.id, values=values, by=actor(request), at=clock.now())
        except queries.NoSuchLineError:
            raise Http404 from None
        except LineRefused as refused:
            form.add_error(None, _(refused.msgid) % refused.params)
        else:
            messages.success(request, _("Line %(line)d is in the catalogue.") % {"line": line.line})
            return redirect("quarantine", line.price_list_id)
    if form.errors:
        status = 422
    shown = {"line": line, "form": form, "reason": queries.reason(line)}
    return render(request, "network/mend.html", shown, status=status)


@page("catalogue.mend", "POST")
def drop_line(request: Request, waiting_id: uuid.UUID) -> HttpResponse:
    """Give a waiting line up."""
    line = _line(waiting_id)
    actions.drop(line_id=line.id, by=actor(request), at=clock.now())
    messages.info(request, _("Line %(line)d is given up.") % {"line": line.line})
    return redirect("quarantine", line.price_list_id)


@page("catalogue.tiers", "GET", "POST")
def brand_tiers(request: Request) -> HttpResponse:
    """Place the catalogue's brands."""
    form = TiersForm(queries.brands(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, at = actor(request), clock.now()
        for brand, tier in form.changes().items():
            actions.place_brand(brand=brand, tier=tier, by=by, at=at)
        messages.success(request, _("The brands are placed."))
        return redirect("brand_tiers")
    return render(request, "network/brand_tiers.html", {"form": form}, status=422 if form.errors else 200)


def _line(waiting_id: uuid.UUID) -> Any:
    try:
        return queries.waiting_line(waiting_id)
    except queries.NoSuchLineError:
        raise Http404 from None


def _quarantine(request: Request, price_list_id: uuid.UUID, form: ReplayForm, status: int = 200) -> HttpResponse:
    try:
        found = queries.price_list(price_list_id)
    except queries.NoSuchListError:
        raise Http404 from None
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    lines = [(line, queries.reason(line)) for line in queries.quarantine(found)[:SHOWN]]
    shown = {
        "list": found,
        "lines": lines,
        "hidden": max(found.quarantined - len(lines), 0),
        "form": form,
        "can_mend": roles.matrix().allows(request.membership.role, "catalogue.mend"),
    }
    return render(request, "network/quarantine.html", shown, status=status)
