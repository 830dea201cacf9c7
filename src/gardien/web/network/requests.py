"""The network's pages of requests for accounts: those that wait for its word, what makes one doubtful, the decision."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.network import actions, queries
from gardien.network.rules import Doubt, Refusal, UserState, resemblance
from gardien.web.network.accounts import NOT_THERE
from gardien.web.shared import letters
from gardien.web.shared.access import Request, actor, page
from gardien.web.shared.account_forms import PlaceForm
from gardien.web.shared.forms import NOT_LISTED

UNPROCESSABLE = 422
SHOWN = 50
DOUBTS = {
    Doubt.FREE_MAIL: gettext_lazy("A mailbox that anybody can open: ask the site before you approve."),
    Doubt.OTHER_LETTERS: gettext_lazy(
        "The domain has letters other than a to z, which may look like those: ask the site before you approve."
    ),
    Doubt.LIKE_A_DOMAIN: gettext_lazy("The domain looks like one of a repairer or a colleague, and is another."),
    Doubt.LIKE_AN_ADDRESS: gettext_lazy("The address looks like one of a colleague, and is another."),
    Doubt.UNKNOWN_SIRET: gettext_lazy("No site of the network has this SIRET."),
    Doubt.OTHER_NAME: gettext_lazy("The SIRET is a site's of the network, under another name."),
    Doubt.HAS_ACCOUNT: gettext_lazy("This address has an account already: approving adds the role to it."),
}
NOT_GIVEN: dict[type[Exception], Any] = {
    **NOT_THERE,
    actions.OwnRequestError: gettext_lazy(
        "You asked for this account yourself: another administrator gives it a role at a site, or choose another place."
    ),
}
REFUSALS = [
    (Refusal.NOT_OF_THE_NETWORK.value, gettext_lazy("The company is not of the network")),
    (Refusal.NOT_CONFIRMED.value, gettext_lazy("The site does not confirm the person")),
    (Refusal.TWICE.value, gettext_lazy("The same request was made twice")),
]


class RefuseForm(forms.Form):
    """Why a request is refused."""

    reason = forms.ChoiceField(choices=REFUSALS, label=gettext_lazy("Why"), error_messages=NOT_LISTED)


@page("network.requests")
def requests(request: Request) -> HttpResponse:
    """Show the first of the requests that wait for the network's word; each decision brings the next."""
    waiting = queries.waiting()
    found = [(each, len(queries.doubts(each))) for each in waiting[:SHOWN]]
    return render(request, "network/requests.html", {"requests": found, "more": max(waiting.count() - SHOWN, 0)})


@page("network.requests")
def decide(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """Show one request, what makes it doubtful, and how to decide on it."""
    return _decide(request, _waiting(request_id))


@page("network.requests", "POST", is_sensitive=True)
def approve(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """Approve a request, and write to the person and to the managers of the site."""
    found = _waiting(request_id)
    form = PlaceForm(queries.sites(), queries.parties(), request.POST)
    if not form.is_valid():
        return _decide(request, found, place_form=form)
    by, at = actor(request), clock.now()
    told = {"role": form.cleaned_data["role"], "place": form.cleaned_data["where"]}
    try:
        user = actions.approve(request_id=found.id, **told, by=by, at=at)
    except actions.AccountClosedError:
        form.add_error(None, _("This address has a suspended or closed account: let it in again, or refuse."))
        return _decide(request, found, place_form=form)
    except tuple(NOT_GIVEN) as refused:
        form.add_error("place", str(NOT_GIVEN[type(refused)]))
        return _decide(request, found, place_form=form)
    if user.state == UserState.APPROVED:
        letters.to_welcome(user, request, by=by, at=at)
    else:
        letters.to_tell(queries.request(found.id), by=by, at=at)
    letters.to_managers(user, **told, by=by, at=at)
    messages.success(request, _("The request is approved."))
    return redirect("account_requests")


@page("network.requests", "POST")
def refuse(request: Request, request_id: uuid.UUID) -> HttpResponse:
    """Refuse a request, and write to the person."""
    found, form = _waiting(request_id), RefuseForm(request.POST)
    if not form.is_valid():
        return _decide(request, found, refuse_form=form)
    by, at = actor(request), clock.now()
    refused = actions.refuse(request_id=found.id, reason=Refusal(form.cleaned_data["reason"]), by=by, at=at)
    letters.to_tell(refused, by=by, at=at)
    messages.success(request, _("The request is refused."))
    return redirect("account_requests")


def _waiting(request_id: uuid.UUID) -> Any:
    found = queries.waiting().filter(id=request_id).first()
    if found is None:
        raise Http404
    return found


def _decide(request: Request, found: Any, **forms_: forms.Form) -> HttpResponse:
    shown = {
        "found": found,
        "in_letters": resemblance.in_letters(found.email),
        "doubts": [DOUBTS[doubt] for doubt in queries.doubts(found)],
        "place_form": PlaceForm(queries.sites(), queries.parties(), initial=_asked_place(found)),
        "refuse_form": RefuseForm(),
        **forms_,
    }
    return render(request, "network/request.html", shown, status=UNPROCESSABLE if forms_ else 200)


def _asked_place(found: Any) -> dict[str, str]:
    """Return the place and the role that the request asks for, or that its SIRET points to."""
    site = found.site or queries.site_of_siret(found.siret)
    return {"place": f"site:{site.id}" if site else "", "role": found.role}
