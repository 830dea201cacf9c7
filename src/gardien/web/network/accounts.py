"""The network's pages of accounts: people, their roles and their end."""

import uuid
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.commitment import roles
from gardien.network import actions, queries
from gardien.network.rules import Origin, UserState
from gardien.standing import actions as standings
from gardien.standing import queries as standing
from gardien.web.shared import holds, letters, reading
from gardien.web.shared.access import Request, actor, page
from gardien.web.shared.account_forms import PersonForm, PlaceForm
from gardien.web.shared.leaving import attempt

UNPROCESSABLE = 422
NOT_THERE: dict[type[Exception], Any] = {
    actions.ServicesEndedError: gettext_lazy(
        "The services of this repairer have ended meanwhile: choose another place."
    ),
    actions.BothSidesError: gettext_lazy(
        "Nobody works at the network or the provider and at a site: they would see its customers. Choose another place."
    ),
}
ACTS = {"suspend": actions.suspend, "resume": actions.resume, "close": actions.close}


class RoleForm(PlaceForm):
    """A role and where it is held, until the end of a day or until it is ended."""

    last_day = forms.DateField(
        required=False,
        label=gettext_lazy("Until (empty: until it is ended)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Type a day, such as 31/12/2026.")},
    )

    def clean_last_day(self) -> datetime | None:
        """Return the instant at which the role ends; refuse a day that is over."""
        day: date | None = self.cleaned_data["last_day"]
        if day and day < clock.legal_day(clock.now()):
            raise forms.ValidationError(_("This day is over: choose today or a day to come."))
        return clock.end_of(day) if day else None


@page("network.people", "GET", "POST")
def people(request: Request) -> HttpResponse:
    """Show all accounts; by POST, ask for one, whose person confirms the address first."""
    form = PersonForm(reading.version(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, at = actor(request), clock.now()
        told = actions.Told(**form.cleaned_data)
        found = actions.request_account(told=told, origin=Origin.NETWORK, by=by, at=at)
        if letters.to_verify(found, request, by=by, at=at):
            messages.success(
                request, _("The request is recorded. It waits here once the person has confirmed the address.")
            )
        else:
            messages.warning(request, letters.NOT_WRITTEN)
        return redirect("people")
    shown = {"form": form, "people": queries.people(clock.now())}
    return render(request, "network/people.html", shown, status=UNPROCESSABLE if form.errors else 200)


@page("network.people", "GET", "POST")
def person(request: Request, user_id: uuid.UUID) -> HttpResponse:
    """Show an account and its roles; by POST, give it one more, or another end."""
    return give_persons_role(request, user_id) if request.method == "POST" else shown(request, account(user_id))


@page("network.people", "POST", is_sensitive=True)
def give_persons_role(request: Request, user_id: uuid.UUID) -> HttpResponse:
    """Give an account one more role, or another end, and write to the managers of the site."""
    user = account(user_id)
    form = RoleForm(queries.sites(), queries.parties(), request.POST)
    if form.is_valid():
        told, at = form.cleaned_data, clock.now()
        role, place, until_at = told["role"], told["where"], told["last_day"]
        try:
            actions.give_role(user=user, role=role, place=place, until_at=until_at, by=actor(request), at=at)
            letters.to_managers(user, role, place, by=actor(request), at=at)
        except tuple(NOT_THERE) as refused:
            form.add_error("place", str(NOT_THERE[type(refused)]))
        except (actions.LastManagerError, actions.LastAdministratorError):
            form.add_error("last_day", _("Nobody else holds this role without an end: give it to somebody first."))
        else:
            messages.success(request, _("The role is given."))
            return redirect("person", user.id)
    return shown(request, user, form=form)


def account(user_id: uuid.UUID) -> Any:
    """Return an account; answer 404 for nobody's."""
    try:
        return queries.account(user_id)
    except queries.NoSuchUserError:
        raise Http404 from None


def shown(request: Request, user: Any, **typed: Any) -> HttpResponse:
    """Show an account, its roles and what is held of it, with what was typed in one of its forms."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    at = clock.now()
    held = standing.holds([user.reference], clock.legal_day(at))
    context = {
        "person": user,
        "held": queries.memberships(user, at),
        "form": RoleForm(queries.sites(), queries.parties()),
        "hold_form": _hold_form(at),
        "hold_address": reverse("hold_user", args=[user.id]),
        "holds": [(reverse("release_users_hold", args=[user.id, each.id]), holds.sentence(each)) for each in held],
        "can_hold": roles.matrix().allows(request.membership.role, "standing.hold_user"),
        **typed,
    }
    is_refused = any(each.errors for each in typed.values())
    return render(request, "network/person.html", context, status=UNPROCESSABLE if is_refused else 200)


@page("standing.hold_user", "POST")
def hold(request: Request, user_id: uuid.UUID) -> HttpResponse:
    """Hold some categories of a user's data on one ground; a refused form comes back as it was typed."""
    user = account(user_id)
    form = _hold_form(clock.now(), request.POST)
    if not holds.hold(request, form, user.reference):
        return shown(request, user, hold_form=form)
    messages.success(request, _("It is written what is held, on which ground and until when."))
    return redirect("person", user.id)


@page("standing.hold_user", "POST")
def release_hold(request: Request, user_id: uuid.UUID, user_hold_id: uuid.UUID) -> HttpResponse:
    """Release a hold of a user's before its day; one that is released stays so."""
    user = account(user_id)
    if not standing.is_hold_of([user.reference], user_hold_id):
        raise Http404
    standings.release(hold_id=user_hold_id, by=actor(request), at=clock.now())
    messages.success(request, _("The hold is released: what it kept goes when its time is over."))
    return redirect("person", user.id)


@page("network.people", "POST")
def end_persons_role(request: Request, membership_id: uuid.UUID) -> HttpResponse:
    """End a role."""
    try:
        held = queries.membership(membership_id)
    except queries.NoSuchMembershipError:
        raise Http404 from None
    attempt(request, lambda: actions.end_role(membership_id=held.id, by=actor(request), at=clock.now()))
    return redirect("person", held.user_id)


@page("network.people", "POST")
def change_standing(request: Request, user_id: uuid.UUID, act: str) -> HttpResponse:
    """Suspend an account, let it in again, or close it."""
    user = account(user_id)
    attempt(request, lambda: ACTS[act](user_id=user.id, by=actor(request), at=clock.now()))
    return redirect("person", user.id)


@page("network.people", "POST", is_sensitive=True)
def unblock(request: Request, user_id: uuid.UUID) -> HttpResponse:
    """Let an account be tried again after too many failures."""
    user = account(user_id)
    actions.unblock(user=user, by=actor(request), at=clock.now())
    messages.success(request, _("Passwords, codes and letters may be tried again."))
    return redirect("person", user.id)


@page("network.people", "POST", is_sensitive=True)
def reset_second_factor(request: Request, user_id: uuid.UUID) -> HttpResponse:
    """Take away the second factor of who lost it."""
    user = account(user_id)
    actions.reset_second_factor(user=user, by=actor(request), at=clock.now())
    messages.success(request, _("The second factor is taken away: the person sets up another when they sign in."))
    return redirect("person", user.id)


@page("network.people", "POST")
def write_again(request: Request, user_id: uuid.UUID) -> HttpResponse:
    """Send the link to choose a password once more."""
    user = account(user_id)
    if user.state == UserState.APPROVED and letters.to_welcome(user, request, by=actor(request), at=clock.now()):
        messages.success(request, _("The letter is on its way."))
    return redirect("person", user.id)


def _hold_form(at: datetime, typed: QueryDict | None = None) -> holds.HoldForm:
    """Return the form of a hold: the grounds and categories of the version in force."""
    version = commitment.in_force(clock.legal_day(at))
    return holds.HoldForm(standing.grounds(version, "user"), standing.holdable(version, population="user"), typed)
