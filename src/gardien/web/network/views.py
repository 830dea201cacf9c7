"""The network's pages: organisations and lists, never a customer."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.catalogue import queries as catalogue
from gardien.commitment import roles
from gardien.network import actions
from gardien.network import queries as network
from gardien.web.shared.access import Request, actor, page

END = "network.end_services"
UNPROCESSABLE = 422


class NoticeForm(forms.Form):
    """That a repairer's services are to end."""

    has_notice = forms.BooleanField(
        label=gettext_lazy("The notice of end of services was given: its services end now."),
        error_messages={"required": gettext_lazy("Tick this box: nothing has changed so far.")},
    )


@page("network.repairers")
def repairers(request: Request) -> HttpResponse:
    """Show the repairers of the network."""
    assert request.membership is not None  # noqa: S101 -- `page` has seen it
    can_end = roles.matrix().allows(request.membership.role, END)
    return render(request, "network/repairers.html", {"repairers": network.repairers(), "can_end": can_end})


@page(END, "GET", "POST", is_sensitive=True)
def end_services(request: Request, repairer_id: uuid.UUID) -> HttpResponse:
    """Say what the end of a repairer's services does; by POST, end them."""
    try:
        repairer = network.repairer_of(repairer_id)
    except network.NoSuchRepairerError:
        raise Http404 from None
    form, at = NoticeForm(request.POST if request.method == "POST" else None), clock.now()
    if request.method == "POST" and form.is_valid():
        actions.end_services(repairer_id=repairer.id, by=actor(request), at=at)
        messages.success(request, _("The services of %(name)s have ended.") % {"name": repairer.name})
        return redirect("repairers")
    people, leaving = network.people_at(repairer, at)
    shown = {"repairer": repairer, "form": form, "people": people, "leaving": leaving}
    return render(request, "network/end_services.html", shown, status=UNPROCESSABLE if form.errors else 200)


@page("catalogue.imports")
def imports(request: Request) -> HttpResponse:
    """Show the imports of price lists and what became of their lines."""
    return render(request, "network/imports.html", {"lists": catalogue.price_lists()[:50]})
