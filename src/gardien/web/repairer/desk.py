"""The desk on which a quote is written: what its page shows, and how a refusal is said there."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.catalogue import queries as catalogue
from gardien.catalogue.rules import pricing
from gardien.quotes import actions, queries
from gardien.quotes.rules import money
from gardien.quotes.rules.vocabulary import MOST_OPTIONS
from gardien.web.shared.access import Request
from gardien.web.shared.templatetags.gardien import euros

from .forms.quoting import AnswerForm, MileageForm, PartsForm, ReachForm, ServiceForm, TyreForm
from .forms.size import SizeForm
from .words import CANCELLED, REFUSED

if TYPE_CHECKING:
    from gardien.catalogue.queries import PricedArticle
    from gardien.quotes.models import Quote, QuoteLine

NOT_AGREED = gettext_lazy("This customer does not agree to quotes: ask them again, under “Decisions” on their card.")
TYRES = 4


@dataclass
class Offered:
    """A tyre that was found: at which price, fitted for how much, with the form that adds it."""

    priced: "PricedArticle"
    fitted_ttc: Decimal | None
    form: TyreForm
    letters: set[str]
    """How the offers are called in which it stands already; the empty one where it stands in all."""
    is_next: bool = False
    """Whether the page opens in its form: the first one that does not stand on the quote yet."""


@dataclass(frozen=True)
class _Desk:
    """The quote that tyres are offered for, and what their prices rest on."""

    quote: "Quote"
    rates: tuple[Decimal, ...]
    tariff: list[pricing.ExtraPrice]
    lines: "list[QuoteLine]"


def quote_or_404(quote_id: uuid.UUID) -> "Quote":
    """Return a quote of the present repairer; any other answers 404."""
    try:
        return queries.by_id(quote_id)
    except queries.NoSuchQuoteError:
        raise Http404 from None


def rates(found: "Quote") -> tuple[Decimal, ...]:
    """Return the VAT rates that the quote's lines may bear today."""
    return money.vat_rates(money.Territory(found.site.territory), clock.legal_day(clock.now()))


def attempt(
    request: Request, found: "Quote", act: Callable[[], object], form: Any = None, name: str = "refused"
) -> HttpResponse:
    """Run an action on a quote and show the quote; a refusal is said in a sentence, the form keeps what was typed."""
    sentences = _sentences()
    try:
        act()
    except tuple(sentences) as refusal:
        sentence = sentences[type(refusal)]
        if form is None:
            messages.error(request, sentence)
            return show(request, found, {}, HTTPStatus.UNPROCESSABLE_ENTITY)
        form.add_error(None, sentence)
        return show(request, found, {name: form}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("quote", found.id)


def show(request: Request, found: "Quote", forms: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    """Show a quote: a draft with what can be added to it, an issued one as it was frozen."""
    lines = queries.lines(found)
    context: dict[str, Any] = {"quote": found, "lines": lines, "sums": queries.sums(found, lines) if lines else []}
    if not found.is_draft:
        context |= _answerable(found)
        return render(request, "repairer/quote.html", {**context, **forms}, status=status)
    context |= _addable(request, found, lines)
    context["needs_a_manager"] = queries.needs_a_manager(found, lines)
    context["has_parts"] = any(line.family for line in lines)
    context["opens_in"] = {} if forms or context["search"].asked.get("size") else _next_field(found, lines)
    return render(request, "repairer/draft.html", {**context, **forms}, status=status)


def tell_changes(request: Request, source: "Quote", copy: "Quote") -> None:
    """Say on the next page which prices of a duplicate have changed since."""
    for change in queries.changes(source, copy):
        if change.now is None:
            sentence = _("%(label)s can no longer be quoted: it is left out.") % {"label": change.label}
        else:
            told = {"label": change.label, "was": euros(change.was), "now": euros(change.now)}
            sentence = _("%(label)s now costs %(now)s; it was %(was)s.") % told
        messages.warning(request, sentence)


def _answerable(found: "Quote") -> dict[str, Any]:
    day = clock.legal_day(clock.now())
    return {
        "document": queries.document(found.id),
        "options": queries.options(found),
        "is_over": bool(found.valid_until_date and found.valid_until_date < day),
        "answer_form": AnswerForm(),
        "cancel_reason": CANCELLED.get(found.cancel_reason, ""),
        "refusal_reason": REFUSED.get(found.refusal_reason, ""),
        "draft_key": uuid.uuid4(),
    }


def _addable(request: Request, found: "Quote", lines: "list[QuoteLine]") -> dict[str, Any]:
    search = SizeForm(request)
    told = {"quantity": 1}
    return {
        "search": search,
        "offers": _offered(found, search, lines) if search.asked.get("size") else [],
        "service_form": ServiceForm(rates(found), found.policy, prefix="service", initial=told),
        "mileage_form": MileageForm(initial={"mileage": found.mileage}),
        "parts_form": PartsForm(initial={"choice": found.reused_parts}),
        "reach_form": ReachForm(),
        "is_ht_first": found.policy is money.Policy.HT_FIRST,
    }


def next_option(lines: "list[QuoteLine]") -> int:
    """Return the offer that is begun next: 0 where the lines belong to none, or where all three are begun."""
    begun = {line.option for line in lines} - {0}
    return next((each for each in range(1, MOST_OPTIONS + 1) if begun and each not in begun), 0)


def _offered(found: "Quote", search: SizeForm, lines: "list[QuoteLine]") -> list[Offered]:
    """Return the tyres asked for, the cheapest of each tier first, each with its form and its fitted price."""
    desk = _Desk(found, rates(found), catalogue.tariff(), lines)
    priced = catalogue.offers(search.asked["size"], search.filters, on=clock.legal_day(clock.now()))
    offered = [_offer(desk, offer) for offer in _leading(priced)]
    for each in offered:
        if each.fitted_ttc is not None and not each.letters:
            each.is_next = True
            break
    return offered


def _leading(found: "list[PricedArticle]") -> "list[PricedArticle]":
    """Return the offers with the cheapest of each tier before the others; without tiers they stay as they are."""
    leaders = {offer.tier: offer for offer in reversed(found) if offer.tier and not offer.refusal}
    first = [leaders[tier] for tier in pricing.Tier if tier in leaders]
    return first + [offer for offer in found if offer not in first]


def _offer(desk: _Desk, offer: "PricedArticle") -> Offered:
    found, known, tariff = desk.quote, desk.rates, desk.tariff
    article, rate = offer.article, known[0]
    told = offer.unit_ttc or Decimal(0)
    extras = catalogue.with_eco(tariff, offer, rate)
    has = [extra for extra in pricing.Extra if pricing.extra_price(extras, extra, article.rim_inch)]
    initial = {
        "article": article.id,
        "quantity": TYRES,
        "extras": [extra.value for extra in has],
        "unit_price": money.unit_price(told, rate, found.policy),
        "option": next_option(desk.lines),
    }
    form = TyreForm(known, found.policy, initial=initial, auto_id=f"{article.id}_%s")
    form.keep_extras(has)
    on_quote = {line.letter for line in desk.lines if line.article_id == article.id}
    if offer.unit_ttc is None:
        return Offered(offer, None, form, on_quote)
    tyre = pricing.FittedLine(None, "", TYRES, offer.unit_ttc, rate)
    return Offered(offer, pricing.fitted(tyre, article.rim_inch, extras, has).total_ttc, form, on_quote)


def _next_field(found: "Quote", lines: "list[QuoteLine]") -> dict[str, bool]:
    """Return where the hand goes next: to what is missing, then to the button that issues."""
    if not lines:
        return {"size": True}
    if any(line.family for line in lines) and not found.reused_parts:
        return {"parts": True}
    is_mileage_missing = found.vehicle is not None and found.mileage is None
    return {"mileage" if is_mileage_missing else "issue": True}


def _sentences() -> dict[type[Exception], str]:
    return {
        actions.NotADraftError: _("This quote is issued and can no longer be changed: open a new one."),
        actions.NothingOfferedError: _("Add at least one line, and to one offer a second one to compare it with."),
        actions.NotInEurosError: _(
            "This tyre's price is not in euros, so it cannot stand on a quote: choose one of a list in euros."
        ),
        actions.LabelMissingError: _("A tyre has no EU label: say on its line why it is quoted all the same."),
        actions.ManagerNeededError: _("This discount is your manager's to grant: they issue the quote."),
        actions.PartsUnansweredError: _("Ask the customer whether they want reused parts, then issue the quote."),
        actions.NothingToReachError: _("This offer has no line yet: add one before you tell its total."),
        actions.NoSuchLineError: _("This line is gone: look at the quote as it is now."),
        actions.NotAgreedError: str(NOT_AGREED),
        actions.NotOpenError: _("This quote was answered or has ended: open a new one."),
        actions.ExpiredError: _("The last day of this quote has passed: a manager can accept it with a reason."),
        actions.NotExpiredError: _("This quote still holds: accept it like any other."),
        actions.NoReasonError: _("Type why this quote is accepted after its last day."),
        actions.NoOptionError: _("Choose which of the offers the customer accepts."),
        actions.NoAddressError: _("The customer told no e-mail address: add it to the card, or hand the quote over."),
        actions.NoRouteError: _("This portal cannot send mail yet: hand the quote over on paper."),
        money.RateRefusedError: _("This VAT rate does not apply here: choose another."),
        money.TooManyLinesError: _("This quote is full: issue it and open a second one."),
        money.AmountRefusedError: _("This amount is not possible: check quantity and price."),
    }
