"""Two cards that are one person's: found, compared, merged, and parted again."""

import uuid
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.customers import actions, rules
from gardien.customers import queries as customers
from gardien.network import queries as network
from gardien.web.shared.access import Request, actor, page

from .card import person, tell
from .forms.card import KeptForm
from .words import REASONS, by_whom

if TYPE_CHECKING:
    from gardien.customers.models import Customer


@page("customers.merge", "GET", "POST")
def merging(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Find cards that may be the same person's: by likeness, or by whatever is typed."""
    group = person(customer_id)
    text = request.POST.get("text", "")[:200]
    own = {record.id for record in group}
    found: list[tuple[Customer, list[str]]]
    if text:
        found = [(each, []) for each in customers.search(text) if each.id not in own]
    else:
        likely = customers.candidates_for(group)
        found = [(each.customer, [str(REASONS[reason]) for reason in each.reasons]) for each in likely]
    return render(request, "repairer/merging.html", {"customer": group[0], "text": text, "found": found})


@page("customers.merge")
def merges(request: Request, customer_id: uuid.UUID) -> HttpResponse:
    """Show which cards were merged into one, by whom and when, and offer to undo it."""
    kept = person(customer_id)[0]
    found = customers.merges(kept.id)
    staff = network.staff([each.merged_by_id for each in found])
    history = [(each, by_whom(staff, each.merged_by_id)) for each in found]
    return render(request, "repairer/merges.html", {"customer": kept, "history": history})


@page("customers.merge", "GET", "POST")
def merge(request: Request, customer_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """Compare two cards side by side, and merge them into the one that is chosen."""
    pair = person(customer_id)[0], person(other_id)[0]
    if pair[0].id == pair[1].id:
        return redirect("customer", pair[0].id)
    if request.method == "POST":
        form = KeptForm(request.POST)
        if not form.is_valid() or form.cleaned_data["kept"] not in {record.id for record in pair}:
            raise BadRequest
        kept, absorbed = pair if form.cleaned_data["kept"] == pair[0].id else pair[::-1]
        actions.merge(kept_id=kept.id, absorbed_id=absorbed.id, by=actor(request), at=clock.now())
        tell(request, _("The two cards are one. This can be undone under “Merged cards”."))
        return redirect("customer", kept.id)
    context = {"customer": pair[0], "other": pair[1], "pair": pair, "rows": _rows(pair)}
    return render(request, "repairer/comparison.html", context)


@page("customers.merge", "POST")
def undo_merge(request: Request, merge_id: uuid.UUID) -> HttpResponse:
    """Part two cards again; each keeps what is its own."""
    try:
        undone = actions.undo_merge(merge_id=merge_id, by=actor(request), at=clock.now())
    except customers.NoSuchMergeError:
        raise Http404 from None
    tell(request, _("The two cards are apart again."))
    return redirect("merges", undone.kept_id)


def _rows(pair: "tuple[Customer, Customer]") -> list[dict[str, object]]:
    """Return what the two cards say, line by line, and where both say something else."""
    left, right = (_facts(record) for record in pair)
    told = {label: (left[label], right[label]) for label in left}
    rows = [
        {"label": label, "sides": sides, "differs": all(sides) and sides[0] != sides[1]}
        for label, sides in told.items()
        if any(sides)
    ]
    return [*rows, {"label": _("Vehicles"), "sides": [_plates(record) for record in pair], "differs": False}]


def _facts(record: "Customer") -> dict[str, str]:
    details = record.details
    return {
        _("Last name"): details.last_name,
        _("First name"): details.first_name,
        _("Company"): details.company,
        _("SIREN"): details.siren,
        _("Mobile phone"): details.mobile.display if details.mobile else "",
        _("Landline"): details.phone.display if details.phone else "",
        _("E-mail address"): details.email,
        _("Address"): "\n".join(rules.place_lines(details)),
    }


def _plates(record: "Customer") -> str:
    return "\n".join(each.plate_display for each in customers.vehicles([record]) if each.parted_at is None)
