"""The vehicles of a customer: one more, another plate, another owner, gone."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.customers import actions
from gardien.customers import queries as customers
from gardien.web.shared.access import Request, actor, page

from .card import person, tell
from .forms.card import PlateForm, OwnerForm, VehicleForm

if TYPE_CHECKING:
    from gardien.customers.models import Vehicle

REFUSALS = {
    actions.PartedError: gettext_lazy("This vehicle is no longer theirs: open the card of whoever has it now."),
    actions.AlreadyTheirsError: gettext_lazy("Another vehicle of this customer has this plate: check it."),
    actions.SameOwnerError: gettext_lazy("It is theirs already: choose somebody else."),
}


@page("customers.correct", "GET", "POST")
def add_vehicle(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Add a vehicle to a customer."""
    kept = person(customer_id)[0]
    form = VehicleForm(request.POST or None)
    if form.is_valid():
        added = actions.add_vehicle(customer_id=kept.id, vehicle=form.vehicle(), by=actor(request), at=clock.now())
        tell(request, _("%(plate)s is on the card.") % {"plate": added.plate_display})
        return redirect("customer", kept.id)
    return _typed(request, {"customer": kept, "form": form})


@page("customers.correct", "GET", "POST")
def change_plate(request: Request, vehicle_id: uuid.UUID) -> HttpResponse:
    """Give a vehicle its new plate; the old one stays in its history."""
    vehicle = _vehicle(vehicle_id)
    form = PlateForm(request.POST or None)
    if form.is_valid():
        plate = form.cleaned_data["plate"]
        try:
            actions.change_plate(vehicle_id=vehicle.id, plate=plate, by=actor(request), at=clock.now())
        except (actions.PartedError, actions.AlreadyTheirsError) as refused:
            form.add_error("plate", REFUSALS[type(refused)])
        else:
            tell(request, _("The new plate is %(plate)s.") % {"plate": plate.display})
            return redirect("customer", vehicle.customer_id)
    return _typed(request, {"customer": vehicle.customer, "vehicle": vehicle, "form": form})


@page("customers.correct", "GET", "POST")
def hand_over(request: Request, vehicle_id: uuid.UUID) -> HttpResponse:
    """Find who owns a vehicle now; the terms travel in the body, as those of every search."""
    vehicle = _vehicle(vehicle_id)
    text = request.POST.get("text", "")[:200]
    owners = {vehicle.customer_id, vehicle.customer.merged_into_id}
    found = [each for each in customers.search(text) if each.id not in owners] if text else []
    return render(request, "repairer/hand_over.html", {"vehicle": vehicle, "text": text, "found": found})


@page("customers.correct", "POST")
def give_vehicle(request: Request, vehicle_id: uuid.UUID) -> HttpResponse:
    """Write that a vehicle is another customer's now; both keep a row of it, each on their own clock."""
    vehicle, form = _vehicle(vehicle_id), OwnerForm(request.POST)
    if not form.is_valid():
        raise Http404
    owner = person(form.cleaned_data["to"])[0]
    try:
        actions.hand_over(vehicle_id=vehicle.id, to=owner.id, by=actor(request), at=clock.now())
    except (actions.PartedError, actions.SameOwnerError) as refused:
        messages.error(request, REFUSALS[type(refused)])
        return redirect("customer", vehicle.customer_id)
    names = {"plate": vehicle.plate_display, "owner": owner.display_name}
    tell(request, _("%(plate)s is now %(owner)s’s.") % names)
    return redirect("customer", owner.id)


@page("customers.correct", "POST")
def part_with(request: Request, vehicle_id: uuid.UUID) -> HttpResponse:
    """Write that the customer has a vehicle no longer."""
    vehicle = _vehicle(vehicle_id)
    actions.part_with(vehicle_id=vehicle.id, by=actor(request), at=clock.now())
    tell(request, _("%(plate)s stays in the history of this card.") % {"plate": vehicle.plate_display})
    return redirect("customer", vehicle.customer_id)


def _vehicle(vehicle_id: uuid.UUID) -> "Vehicle":
    try:
        return customers.vehicle(vehicle_id)
    except customers.NoSuchVehicleError:
        raise Http404 from None


def _typed(request: Request, context: dict[str, object]) -> HttpResponse:
    """Show a form, with the status of a refusal if it was sent."""
    status = 422 if request.method == "POST" else 200
    return render(request, "repairer/vehicle_form.html", context, status=status)
