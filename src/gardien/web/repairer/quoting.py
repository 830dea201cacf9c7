"""Pages of quotes: the list, a draft and its lines, issue, PDF."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.catalogue import queries as catalogue
from gardien.catalogue.rules import pricing
from gardien.customers import queries as customers
from gardien.quotes import actions, queries
from gardien.quotes.rules import money
from gardien.web.shared.access import Request, actor, page, site
from gardien.web.shared.templatetags.gardien import EXTRAS, tyre_facts

from .card import person
from .desk import NOT_AGREED, attempt, next_option, quote_or_404, rates, show
from .forms.quoting import DraftForm, MileageForm, ServiceForm, TyreForm
from .forms.size import SizeForm

if TYPE_CHECKING:
    from gardien.catalogue.models import Article

LATEST = 50
FOUND, REFUSED = 302, 422


@page("quotes.view")
def listed(request: Request) -> HttpResponse:
    """Show the site's quotes that end soon, and its latest ones."""
    here, at = site(request).id, clock.now()
    context = {"near": queries.follow_up(here, at)[:LATEST], "quotes": queries.latest(here, LATEST)}
    return render(request, "repairer/quotes.html", context)


@page("quotes.draft", "POST")
def draft(request: Request) -> HttpResponse:
    """Open a draft for a customer."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    group = person(form.cleaned_data["customer"])
    vehicles = {vehicle.id: vehicle for vehicle in customers.vehicles(group) if vehicle.parted_at is None}
    wanted = form.cleaned_data["vehicle"]
    if wanted and wanted not in vehicles:
        raise Http404
    try:
        quote = actions.draft(
            customer=group[0],
            vehicle=vehicles.get(wanted),
            site=site(request),
            draft_key=form.cleaned_data["draft_key"],
            by=actor(request),
            at=clock.now(),
        )
    except actions.NotAgreedError:
        messages.error(request, NOT_AGREED)
        return redirect("decisions", group[0].id)
    return redirect("quote", quote.id)


@page("quotes.view")
def quote(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Show a quote: a draft with what can be added to it, an issued one as it was frozen."""
    return show(request, quote_or_404(quote_id), {})


@page("quotes.draft", "POST")
def add_tyre(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Add a tyre of the catalogue at the price told, with the extras of its fitted price.

    While offers are put side by side the tyres that were found stay on the page, for the next one.
    """
    found = quote_or_404(quote_id)
    form = TyreForm(rates(found), found.policy, request.POST)
    if not form.is_valid():
        return show(request, found, {"refused": form}, REFUSED)
    try:
        article = catalogue.article(form.cleaned_data["article"])
    except catalogue.NoSuchArticleError:
        raise Http404 from None
    tyre = form.offer(catalogue.label(article), detail=tyre_facts(article)[:200])
    extras = _extras(form, article, found.policy)

    def add() -> None:
        key = form.cleaned_data["line_key"]
        actions.add_fitted(
            quote_id=found.id, article=article, offers=[tyre, *extras], line_key=key, by=actor(request), at=clock.now()
        )

    answer = attempt(request, found, add, form)
    asked = SizeForm(request).asked
    is_comparing = answer.status_code == FOUND and "size" in asked and form.cleaned_data["option"]
    if is_comparing and next_option(queries.lines(found)):
        return redirect(f"{reverse('quote', args=[found.id])}?{urlencode(asked)}")
    return answer


def _extras(form: TyreForm, article: "Article", policy: money.Policy) -> list[actions.Offer]:
    """Return the lines of the extras that were ticked, in the order of the fitted price."""
    data, at = form.cleaned_data, clock.legal_day(clock.now())
    if not form.taken():
        return []
    priced = catalogue.priced(article, at)
    tariff = catalogue.with_eco(catalogue.tariff(), priced, data["vat_rate"])
    steps = [pricing.extra_price(tariff, extra, article.rim_inch) for extra in pricing.Extra if extra in form.taken()]
    return [
        actions.Offer(
            label=step.label or _(str(EXTRAS[step.extra])).capitalize(),
            quantity=data["quantity"],
            unit_price=money.unit_price(step.unit_ttc, step.vat_rate, policy),
            vat_rate=step.vat_rate,
            option=data["option"],
        )
        for step in steps
        if step and step.unit_ttc
    ]


@page("quotes.draft", "POST")
def add_service(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Add a service."""
    found = quote_or_404(quote_id)
    form = ServiceForm(rates(found), found.policy, request.POST, prefix="service")
    if not form.is_valid():
        return show(request, found, {"service_form": form}, REFUSED)

    def add() -> None:
        offer = form.offer(form.cleaned_data["label"], family=form.cleaned_data["family"])
        key = form.cleaned_data["line_key"]
        actions.add_service(quote_id=found.id, offer=offer, line_key=key, by=actor(request), at=clock.now())

    return attempt(request, found, add, form, "service_form")


@page("quotes.draft", "POST")
def remove_line(request: Request, quote_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Take a line off a draft."""
    found = quote_or_404(quote_id)
    by, at = actor(request), clock.now()
    return attempt(request, found, lambda: actions.remove_line(quote_id=found.id, line_id=line_id, by=by, at=at))


@page("quotes.draft", "POST")
def tell_mileage(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Write the mileage on a draft."""
    found = quote_or_404(quote_id)
    form = MileageForm(request.POST)
    if not form.is_valid():
        return show(request, found, {"mileage_form": form}, REFUSED)
    told, by, at = form.cleaned_data["mileage"], actor(request), clock.now()
    return attempt(request, found, lambda: actions.tell_mileage(quote_id=found.id, mileage=told, by=by, at=at))


@page("quotes.issue", "POST")
def issue(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Issue a draft: number, totals and PDF at once."""
    found = quote_or_404(quote_id)
    return attempt(request, found, lambda: actions.issue(quote_id=found.id, by=actor(request), at=clock.now()))


@page("quotes.approve", "POST")
def approve(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Issue a draft whatever it takes off, as a manager."""
    found, by, at = quote_or_404(quote_id), actor(request), clock.now()
    return attempt(request, found, lambda: actions.issue(quote_id=found.id, by=by, at=at, is_approved=True))


@page("quotes.view")
def pdf(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Hand over the very PDF that was frozen at issue."""
    del request
    found = quote_or_404(quote_id)
    try:
        content = queries.pdf(queries.document(found.id))
    except queries.NotIssuedError:
        raise Http404 from None
    word = _("quote")
    name = f"{word}-{found.number}.pdf"
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@page("catalogue.search")
def tyres(request: Request) -> HttpResponse:
    """Find tyres by size in any spelling."""
    search = SizeForm(request)
    articles = catalogue.search(search.asked["size"], search.filters) if "size" in search.asked else []
    return render(request, "repairer/tyres.html", {"search": search, "articles": articles})
