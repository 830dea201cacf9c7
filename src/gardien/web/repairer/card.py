"""The card of a customer: who they are, their vehicles, quotes and notes."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.customers import actions, rules
from gardien.customers import queries as customers
from gardien.quotes import queries as quotes
from gardien.web.shared.access import Request, actor, page

from .forms.card import NoteForm

if TYPE_CHECKING:
    from gardien.customers.models import Customer

MOST_QUOTES = 50


def person(customer_id: uuid.UUID) -> "tuple[Customer, ...]":
    """Return every record of one person, the kept one first; answer 404 for nobody's."""
    try:
        return customers.group(customer_id)
    except customers.NoSuchCustomerError:
        raise Http404 from None


def tell(request: Request, sentence: str) -> None:
    """Say on the next page what was done."""
    messages.success(request, sentence)


@page("customers.view")
def customer(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Show one person's card; an absorbed record leads to the kept one's."""
    group = person(customer_id)
    if group[0].id != customer_id:
        return redirect("customer", group[0].id)
    return _card(request, group)


@page("customers.correct", "POST")
def write_note(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Write a note; a refused one comes back on the card as it was typed."""
    group = person(customer_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _card(request, group, form)
    note = form.cleaned_data
    actions.write_note(
        customer_id=group[0].id, text=note["text"], note_key=note["note_key"], by=actor(request), at=clock.now()
    )
    return redirect("customer", group[0].id)


@page("customers.correct", "POST")
def remove_note(request: Request, customer_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """Remove a note; one that is already gone stays gone."""
    group = person(customer_id)
    actions.remove_note(note_id=note_id, by=actor(request), at=clock.now())
    tell(request, _("The note is removed."))
    return redirect("customer", group[0].id)


def _card(request: Request, group: "tuple[Customer, ...]", note_form: NoteForm | None = None) -> HttpResponse:
    vehicles = customers.vehicles(group)
    context: dict[str, Any] = {
        "customer": group[0],
        "address": rules.place_lines(group[0].details),
        "absorbed": group[1:],
        "vehicles": [vehicle for vehicle in vehicles if vehicle.parted_at is None],
        "parted": [vehicle for vehicle in vehicles if vehicle.parted_at is not None],
        "quotes": quotes.of_customers([record.id for record in group])[:MOST_QUOTES],
        "notes": customers.notes(group),
        "note_form": note_form or NoteForm(initial={"note_key": uuid.uuid4()}),
        "draft_key": uuid.uuid4(),
        "pane": "card",
    }
    return render(request, "repairer/customer.html", context, status=422 if note_form else 200)
