"""Pages of quotes: draft, lines, issue, PDF."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.catalogue import queries as catalogue
from gardien.customers import queries as customers
from gardien.quotes import actions, queries
from gardien.quotes.rules import money
from gardien.web.shared.access import Request, actor, page, site

from .card import person
from .forms.quoting import DraftForm, MileageForm, ServiceForm, TyreForm
from .words import CANCELLED

if TYPE_CHECKING:
    from gardien.quotes.models import Quote

NOT_AGREED = gettext_lazy("This customer does not agree to quotes: ask them again, under “Agreements” on their card.")
ANSWERS = {"accepted": actions.accept, "refused": actions.refuse}


@page("quotes.view")
def listed(request: Request) -> HttpResponse:
    """Show the site's latest quotes."""
    return render(request, "repairer/quotes.html", {"quotes": queries.latest(site(request).id, 50)})


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
        return redirect("agreements", group[0].id)
    return redirect("quote", quote.id)


@page("quotes.view")
def quote(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Show a quote: a draft with what can be added to it, an issued one as it was frozen."""
    return _page(request, _quote(quote_id), {})


@page("quotes.draft", "POST")
def add_tyre(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Add a tyre of the catalogue at the price told."""
    found = _quote(quote_id)
    form = TyreForm(_rates(found), request.POST)
    if not form.is_valid():
        return _page(request, found, {"refused": form}, status=422)
    try:
        article = catalogue.article(form.cleaned_data["article"])
    except catalogue.NoSuchArticleError:
        raise Http404 from None

    def add() -> None:
        actions.add_tyre(
            quote_id=found.id,
            article=article,
            offer=form.offer(catalogue.label(article)),
            line_key=form.cleaned_data["line_key"],
            by=actor(request),
            at=clock.now(),
        )

    return _attempt(request, found, add, form)


@page("quotes.draft", "POST")
def add_service(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Add a service."""
    found = _quote(quote_id)
    form = ServiceForm(_rates(found), request.POST, prefix="service")
    if not form.is_valid():
        return _page(request, found, {"service_form": form}, status=422)

    def add() -> None:
        offer = form.offer(form.cleaned_data["label"])
        key = form.cleaned_data["line_key"]
        actions.add_service(quote_id=found.id, offer=offer, line_key=key, by=actor(request), at=clock.now())

    return _attempt(request, found, add, form, "service_form")


@page("quotes.draft", "POST")
def remove_line(request: Request, quote_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Take a line off a draft."""
    found = _quote(quote_id)
    return _attempt(
        request,
        found,
        lambda: actions.remove_line(quote_id=found.id, line_id=line_id, by=actor(request), at=clock.now()),
    )


@page("quotes.draft", "POST")
def tell_mileage(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Write the mileage on a draft."""
    found = _quote(quote_id)
    form = MileageForm(request.POST)
    if not form.is_valid():
        return _page(request, found, {"mileage_form": form}, status=422)
    told = form.cleaned_data["mileage"]
    return _attempt(
        request, found, lambda: actions.tell_mileage(quote_id=found.id, mileage=told, by=actor(request), at=clock.now())
    )


@page("quotes.issue", "POST")
def issue(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Issue a draft: number, totals and PDF at once."""
    found = _quote(quote_id)
    return _attempt(request, found, lambda: actions.issue(quote_id=found.id, by=actor(request), at=clock.now()))


@page("quotes.answer", "POST")
def answer(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Write what the person answered to an issued quote: accepted or refused."""
    found, act = _quote(quote_id), ANSWERS.get(request.POST.get("answer", ""))
    if act is None:
        raise BadRequest
    return _attempt(request, found, lambda: act(quote_id=found.id, by=actor(request), at=clock.now()))


@page("quotes.view")
def pdf(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Hand over the very PDF that was frozen at issue."""
    del request
    found = _quote(quote_id)
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
    size = request.GET.get("size", "")[:40]
    return render(request, "repairer/tyres.html", {"size": size, "articles": catalogue.search(size) if size else []})


def _quote(quote_id: uuid.UUID) -> "Quote":
    try:
        return queries.by_id(quote_id)
    except queries.NoSuchQuoteError:
        raise Http404 from None


def _rates(found: "Quote") -> tuple[Any, ...]:
    return money.vat_rates(money.Territory(found.site.territory), clock.legal_day(clock.now()))


def _attempt(
    request: Request, found: "Quote", act: Callable[[], object], form: Any = None, name: str = "refused"
) -> HttpResponse:
    """Run an action on a quote and show the quote; a refusal is said in a sentence, the form keeps what was typed."""
    sentences = {
        actions.NotADraftError: _("This quote is issued and can no longer be changed: open a new one."),
        actions.NothingOfferedError: _("Add at least one line before you issue the quote."),
        actions.NotInEurosError: _(
            "This tyre's price is not in euros, so it cannot stand on a quote: choose one of a list in euros."
        ),
        actions.NotAgreedError: NOT_AGREED,
        actions.NotOpenError: _("This quote was answered or cancelled already: open a new one."),
        actions.ExpiredError: _("The last day of this quote has passed: open a new one."),
        money.RateRefusedError: _("This VAT rate does not apply here: choose another."),
        money.TooManyLinesError: _("This quote is full: issue it and open a second one."),
        money.AmountRefusedError: _("This amount is not possible: check quantity and price."),
    }
    try:
        act()
    except tuple(sentences) as refusal:
        sentence = sentences[type(refusal)]
        if form is None:
            messages.error(request, sentence)
            return _page(request, found, {}, status=422)
        form.add_error(None, sentence)
        return _page(request, found, {name: form}, status=422)
    return redirect("quote", found.id)


def _page(request: Request, found: "Quote", forms: dict[str, Any], status: int = 200) -> HttpResponse:
    lines = queries.lines(found)
    context: dict[str, Any] = {"quote": found, "lines": lines, "totals": queries.totals(lines) if lines else None}
    if not found.is_draft:
        context |= {"document": queries.document(found.id), "cancel_reason": CANCELLED.get(found.cancel_reason, "")}
        return render(request, "repairer/quote.html", context, status=status)
    rates, size = _rates(found), (request.GET.get("size") or request.POST.get("size") or "")[:40]
    articles = catalogue.search(size) if size else []
    context |= {
        "size": size,
        "opens_in": {},
        "offers": [
            (
                article,
                TyreForm(
                    rates,
                    initial={"article": article.id, "quantity": 4, "unit_price": article.price},
                    auto_id=f"{article.id}_%s",
                ),
            )
            for article in articles
        ],
        "service_form": ServiceForm(rates, prefix="service", initial={"quantity": 1}),
        "mileage_form": MileageForm(initial={"mileage": found.mileage}),
    }
    if lines and not size and not forms:
        is_mileage_missing = found.vehicle is not None and found.mileage is None
        context["opens_in"] = {"service" if is_mileage_missing else "issue": True}
    return render(request, "repairer/draft.html", {**context, **forms}, status=status)
