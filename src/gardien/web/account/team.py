"""What a site manager does for their site: its people, its parameters, and whether support may read there."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.network import actions, queries
from gardien.network.rules import (
    MOST_DISCOUNT,
    MOST_QUOTE_DAYS,
    MOST_QUOTE_TEXT,
    MOST_SUPPORT_HOURS,
    Origin,
    SupportReason,
)
from gardien.web.shared import letters, reading
from gardien.web.shared.access import Request, actor, page, site, users_data
from gardien.web.shared.account_forms import ColleagueForm, role_names
from gardien.web.shared.forms import NOT_LISTED, TextField
from gardien.web.shared.leaving import attempt

UNPROCESSABLE = 422
SHOWN = 100
REASONS = [
    (SupportReason.INCIDENT.value, gettext_lazy("An incident")),
    (SupportReason.QUESTION.value, gettext_lazy("A question")),
    (SupportReason.SETTING.value, gettext_lazy("A setting")),
]


class SupportForm(forms.Form):
    """For which ticket, why and how long support is let in."""

    ticket = TextField(
        20, label=gettext_lazy("Ticket"), error_messages={"required": gettext_lazy("Fill in this field.")}
    )
    reason = forms.ChoiceField(choices=REASONS, label=gettext_lazy("Why"), error_messages=NOT_LISTED)
    hours = forms.TypedChoiceField(
        choices=[(hours, str(hours)) for hours in (1, 4, 8, MOST_SUPPORT_HOURS)],
        coerce=int,
        label=gettext_lazy("Hours"),
        error_messages=NOT_LISTED,
    )


class ParametersForm(forms.Form):
    """What a site settles for its quotes."""

    quote_days = forms.IntegerField(
        min_value=1,
        max_value=MOST_QUOTE_DAYS,
        label=gettext_lazy("Quotes are valid for (days)"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )
    most_discount = forms.IntegerField(
        min_value=0,
        max_value=MOST_DISCOUNT,
        required=False,
        label=gettext_lazy("Advisers grant discounts up to (%)"),
        help_text=gettext_lazy("Beyond it a manager issues the quote. Empty: advisers grant any discount."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    printed = TextField(
        MOST_QUOTE_TEXT,
        required=False,
        label=gettext_lazy("Text below the lines of each quote"),
        help_text=gettext_lazy("Terms of payment, for instance. The same for all customers: name nobody."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@page("site.manage", "GET", "POST")
@users_data
def team(request: Request) -> HttpResponse:
    """Show who works at the site; by POST, ask the network for a colleague's account."""
    place, at = site(request), clock.now()
    form = ColleagueForm(reading.version(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = actions.Told(**form.cleaned_data, site=place)
        found = actions.request_account(told=told, origin=Origin.MANAGER, by=actor(request), at=at)
        if letters.to_verify(found, request, by=actor(request), at=at):
            messages.success(
                request, _("The request is recorded. The person confirms their address, then the network decides.")
            )
        else:
            messages.warning(request, letters.NOT_WRITTEN)
        return redirect("team")
    shown: dict[str, Any] = {"form": form, "held": queries.people_of(place, at), "requests": queries.asked_of(place)}
    shown["roles"] = role_names("site")
    return render(request, "account/team.html", shown, status=UNPROCESSABLE if form.errors else 200)


@page("site.manage", "POST")
@users_data
def give_role(request: Request) -> HttpResponse:
    """Give somebody who works at the site another of its roles."""
    place, at = site(request), clock.now()
    known = {str(held.user_id): held.user for held in queries.people_of(place, at)}
    user, role = known.get(request.POST.get("user", "")), request.POST.get("role", "")
    if user is None or role not in dict(role_names("site")):
        raise BadRequest
    try:
        if queries.holds(user, role, place, at):
            messages.info(request, _("This role is held already. Until when is for the network to say."))
        else:
            actions.give_role(user=user, role=role, place=place, by=actor(request), at=at)
            messages.success(request, _("The role is given."))
    except (actions.ServicesEndedError, actions.BothSidesError) as error:
        raise BadRequest from error
    return redirect("team")


@page("site.manage", "POST")
@users_data
def end_role(request: Request, membership_id: uuid.UUID) -> HttpResponse:
    """End a role at the manager's own site."""
    try:
        held = queries.membership(membership_id)
    except queries.NoSuchMembershipError:
        raise Http404 from None
    if held.site_id != site(request).id:
        raise Http404
    attempt(request, lambda: actions.end_role(membership_id=held.id, by=actor(request), at=clock.now()))
    return redirect("team")


@page("site.manage", "GET", "POST")
def parameters(request: Request) -> HttpResponse:
    """Show and change what the site settles for its quotes."""
    place = site(request)
    kept = {"quote_days": place.quote_days, "most_discount": place.most_discount, "printed": place.quote_text}
    form = ParametersForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        told, by, at = form.cleaned_data, actor(request), clock.now()
        actions.set_quote_days(site_id=place.id, days=told.pop("quote_days"), by=by, at=at)
        actions.set_quote_terms(site_id=place.id, **told, by=by, at=at)
        messages.success(request, _("Saved: it holds for the quotes issued from now on."))
        return redirect("parameters")
    return render(request, "account/parameters.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@page("support.open", "GET", "POST")
def support(request: Request) -> HttpResponse:
    """Show when support was let in and what it read; by POST, let it in."""
    place, at = site(request), clock.now()
    form = SupportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {**form.cleaned_data, "reason": SupportReason(form.cleaned_data["reason"])}
        try:
            actions.open_support(site=place, **told, opened_by=request.user, by=actor(request), at=at)
        except actions.NotATicketError:
            form.add_error("ticket", _("A ticket is 3 to 20 capitals, digits and hyphens, such as HLV-2041."))
        else:
            messages.success(request, _("Support may read until the hour shown. You can end it any time."))
            return redirect("support")
    accesses, sites = list(queries.accesses_of(place.repairer)[:SHOWN]), queries.sites_of(place.repairer)
    reads, tickets = queries.reads_of(accesses), {each.id: each.ticket for each in accesses}
    names = queries.named([*(each.opened_by_id for each in accesses), *(each["user_id"] for each in reads)])
    shown = {
        "form": form,
        "sites": sites if len(sites) > 1 else [],
        "accesses": [
            (each, each.revoked_at is None and each.until_at > at, names.get(each.opened_by_id)) for each in accesses
        ],
        "reads": [(each, names.get(each["user_id"]), tickets[each["access_id"]]) for each in reads],
        "reasons": dict(REASONS),
    }
    return render(request, "account/support.html", shown, status=UNPROCESSABLE if form.errors else 200)


@page("support.open", "POST")
def revoke_support(request: Request, access_id: uuid.UUID) -> HttpResponse:
    """End an access at once, whichever site of the repairer it was opened at."""
    repairer, by = site(request).repairer, actor(request)
    if not actions.revoke_support(access_id=access_id, repairer=repairer, by=by, at=clock.now()):
        raise Http404
    messages.success(request, _("This access is ended: support reads nothing more by it."))
    return redirect("support")
