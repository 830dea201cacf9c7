"""Pages of customers: reading the wording, taking the details, finding and showing a customer."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from gardien.base import clock
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as readings
from gardien.customers import actions as customers
from gardien.customers import queries as customer_reads
from gardien.quotes import queries as quotes
from gardien.quotes.queries import paper
from gardien.web.shared.access import Request, actor, page, site

from .forms import IntakeForm


@page("customers.record", "GET", "POST")
def reading(request: Request) -> HttpResponse:
    """Show the wording to read aloud; the click records who read which version, and opens the form."""
    at = clock.now()
    version = commitment.in_force(clock.legal_day(at))
    wording = documents.reading(version, paper.controller(site(request).repairer), "fr")
    if request.method == "POST":
        recorded = consent.record_reading(wording=wording, by=actor(request), at=at)
        return redirect("intake", recorded.id)
    return render(request, "repairer/reading.html", {"wording": wording, "version": version})


@page("customers.record", "GET", "POST")
def intake(request: Request, reading_id: uuid.UUID) -> HttpResponse:
    """Take the details of the person who heard the wording."""
    at = clock.now()
    try:
        heard = readings.reading(reading_id)
    except readings.NeverReadError:
        raise Http404 from None
    version = commitment.versions().get(heard.version)
    form = IntakeForm(version, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            customer = customers.record(
                details=form.details(), vehicle=form.vehicle(), reading=heard, by=actor(request), at=at
            )
        except customers.NotReadByError:
            raise Http404 from None
        return redirect("customer", customer.id)
    return render(request, "repairer/intake.html", {"form": form, "heard": heard})


@page("customers.view")
def customer(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Show one customer's card."""
    try:
        found = customer_reads.by_id(customer_id)
    except customer_reads.NoSuchCustomerError:
        raise Http404 from None
    context = {
        "customer": found,
        "vehicles": found.vehicles.all(),
        "quotes": quotes.of_customer(found.id)[:50],
        "heard": readings.reading(found.reading_id),
        "draft_key": uuid.uuid4(),
    }
    return render(request, "repairer/customer.html", context)


@page("customers.search", "POST")
def search(request: Request) -> HttpResponse:
    """Find customers by whatever was typed; the terms travel in the body, never in an address."""
    text = request.POST.get("text", "")[:200]
    return render(request, "repairer/search.html", {"text": text, "customers": customer_reads.search(text)})
