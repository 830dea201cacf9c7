"""What is settled on a quote: discounts and totals told, what must be asked, copies, how it is given, the answer."""

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from gardien.base import clock
from gardien.quotes import actions, queries
from gardien.quotes.rules import money
from gardien.quotes.rules.vocabulary import CancelReason, RefusalReason, State
from gardien.web.shared.access import Request, actor, page

from .desk import attempt, quote_or_404, show, tell_changes
from .forms.quoting import AnswerForm, DiscountForm, ExcuseForm, KeyForm, PartsForm, ReachForm

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED = 422


@page("quotes.draft", "POST")
def take_off(request: Request, quote_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Take a discount off a line, told in euros or in per cent."""
    found, form = quote_or_404(quote_id), DiscountForm(line_id, request.POST)
    line = next((each for each in queries.lines(found) if each.id == line_id), None)
    price = money.line_total(money.Line(line.quantity, line.unit_price, line.vat_rate)) if line else Decimal(0)
    try:
        discount = form.amount(price) if form.is_valid() else None
    except ValidationError as refusal:
        form.add_error("off", refusal)
        discount = None
    if discount is None:
        return show(request, found, {"discount_form": form}, REFUSED)
    told, by, at = discount, actor(request), clock.now()

    def act() -> None:
        actions.take_off(quote_id=found.id, line_id=line_id, discount=told, by=by, at=at)

    return attempt(request, found, act, form if line else None, "discount_form")


@page("quotes.draft", "POST")
def reach(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Bring an offer to the total that was told to the customer, to the cent."""
    found, form = quote_or_404(quote_id), ReachForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return show(request, found, {"reach_form": form}, REFUSED)
    told, by, at = form.cleaned_data, actor(request), clock.now()

    def act() -> None:
        actions.reach(quote_id=found.id, option=told["option"], told=told["told"], by=by, at=at)

    return attempt(request, found, act, form, "reach_form")


@page("quotes.draft", "POST")
def excuse_label(request: Request, quote_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """Say why a tyre is quoted without its EU label."""
    found, form = quote_or_404(quote_id), ExcuseForm(request.POST, auto_id=f"%s-{line_id}")
    if not form.is_valid():
        return show(request, found, {"excuse_form": form, "excuse_line": line_id}, REFUSED)
    reason, by, at = form.cleaned_data["reason"], actor(request), clock.now()
    return attempt(
        request, found, lambda: actions.excuse_label(quote_id=found.id, line_id=line_id, reason=reason, by=by, at=at)
    )


@page("quotes.draft", "POST")
def choose_parts(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Write whether the customer wants reused parts."""
    found, form = quote_or_404(quote_id), PartsForm(request.POST)
    if not form.is_valid():
        return show(request, found, {"parts_form": form}, REFUSED)
    choice, by, at = form.cleaned_data["choice"], actor(request), clock.now()
    return attempt(request, found, lambda: actions.choose_parts(quote_id=found.id, choice=choice, by=by, at=at))


@page("quotes.draft", "POST")
def discard(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Delete a draft."""
    found, by, at = quote_or_404(quote_id), actor(request), clock.now()
    answer = attempt(request, found, lambda: actions.discard(quote_id=found.id, by=by, at=at))
    return answer if answer.status_code == REFUSED else redirect("customer", found.customer_id)


@page("quotes.draft", "POST")
def duplicate(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Open a draft with a quote's lines for the same person."""
    return _copied(request, quote_id, actions.duplicate, tell_changes)


@page("quotes.draft", "POST")
def revise(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Open the draft that takes a quote's place once it is issued."""
    return _copied(request, quote_id, actions.revise)


def _copied(
    request: Request,
    quote_id: uuid.UUID,
    copy: "Callable[..., Any]",
    tell: "Callable[[Request, Any, Any], None] | None" = None,
) -> HttpResponse:
    found, form = quote_or_404(quote_id), KeyForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    opened: list[Any] = []

    def act() -> None:
        key = form.cleaned_data["draft_key"]
        opened.append(copy(quote_id=found.id, draft_key=key, by=actor(request), at=clock.now()))

    answer = attempt(request, found, act)
    if not opened:
        return answer
    if tell:
        tell(request, found, opened[0])
    return redirect("quote", opened[0].id)


@page("quotes.issue", "POST")
def send(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Send a quote to its customer's e-mail address: a job hands it over."""
    found = quote_or_404(quote_id)

    def act() -> None:
        message = actions.send(
            quote_id=found.id,
            address_of=lambda token: request.build_absolute_uri(reverse("offered", args=[token])),
            by=actor(request),
            at=clock.now(),
        )
        if message.refused_cause:
            messages.error(request, _("The commitment does not allow this message: hand the quote over on paper."))
        else:
            messages.success(request, _("The quote leaves by e-mail."))

    return attempt(request, found, act)


@page("quotes.issue", "POST")
def hand_over(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Write that the quote was handed over on paper."""
    found, by, at = quote_or_404(quote_id), actor(request), clock.now()
    return attempt(request, found, lambda: actions.give(quote_id=found.id, state=State.HANDED_OVER, by=by, at=at))


@page("quotes.answer", "POST")
def answer(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Write what the person answered to an open quote: accepted, with the offer they chose, or refused."""
    found, form = quote_or_404(quote_id), AnswerForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return show(request, found, {"answer_form": form}, REFUSED)
    told, by, at = form.cleaned_data, actor(request), clock.now()

    def act() -> None:
        if told["answer"] == "accepted":
            actions.accept(quote_id=found.id, option=told["option"], by=by, at=at)
        else:
            reason = RefusalReason(told["reason"]) if told["reason"] else None
            actions.refuse(quote_id=found.id, reason=reason, by=by, at=at)

    return attempt(request, found, act)


@page("quotes.accept_late", "POST")
def accept_late(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Accept a quote after its last day, with the manager's reason."""
    found, form = quote_or_404(quote_id), AnswerForm({**request.POST.dict(), "answer": "late"}, auto_id="%s")
    if not form.is_valid():
        return show(request, found, {"answer_form": form}, REFUSED)
    told, by, at = form.cleaned_data, actor(request), clock.now()
    return attempt(
        request,
        found,
        lambda: actions.accept_late(quote_id=found.id, reason=told["late_reason"], option=told["option"], by=by, at=at),
    )


@page("quotes.cancel", "POST")
def cancel(request: Request, quote_id: uuid.UUID) -> HttpResponse:
    """Cancel an open quote that was issued by mistake; the end of a consent cancels by itself."""
    found, by, at = quote_or_404(quote_id), actor(request), clock.now()
    mistake = CancelReason.MISTAKE
    return attempt(request, found, lambda: actions.cancel(quote_id=found.id, reason=mistake, by=by, at=at))
