"""The one field on every page: customers and quotes by whatever was typed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from gardien.customers import queries
from gardien.customers.queries.search import Found
from gardien.customers.rules.tokens import Why
from gardien.quotes import queries as quotes
from gardien.web.shared.access import Request, page

IDENTIFYING = {Why.EMAIL, Why.PHONE, Why.PLATE, Why.REFERENCE}
NO_LONGER = {
    Why.FORMER_PLATE: gettext_lazy("had this plate before"),
    Why.FORMER_OWNER: gettext_lazy("had this vehicle before"),
}


@page("customers.search", "POST")
def search(request: Request) -> HttpResponse:
    """Find a customer or a quote; the terms travel in the body, never in an address.

    The number of a quote leads to it, and a plate, telephone number, e-mail address or reference that one customer
    alone bears leads to their card; a name shows who bears it, even if it is one person only.
    """
    text = request.POST.get("text", "")[:200]
    if quote := quotes.by_number(text):
        return redirect("quote", quote.id)
    found = queries.search(text)
    if _is_one(found):
        return redirect("customer", found.matches[0].customer.id)
    context = {
        "text": text,
        "found": found,
        "matches": [
            {
                "customer": match.customer,
                "vehicles": match.vehicles,
                "reasons": [NO_LONGER[why] for why in match.why if why in NO_LONGER],
            }
            for match in found.matches
        ],
    }
    return render(request, "repairer/search.html", context)


def _is_one(found: Found) -> bool:
    return len(found) == 1 and not found.has_more and set(found.matches[0].why) <= IDENTIFYING
