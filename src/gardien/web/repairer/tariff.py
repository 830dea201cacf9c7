"""The garage's own prices: its services, the extras of a fitted price, its mark-ups."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gardien.base import clock, text
from gardien.catalogue import actions, queries
from gardien.quotes.rules import money
from gardien.web.shared.access import Request, actor, page, site

from .forms.tariff import EndForm, RuleForm, SoldForm

REFUSED = 422


@page("catalogue.tariff")
def tariff(request: Request) -> HttpResponse:
    """Show the garage's services and mark-ups, with what adds one."""
    return _page(request, {})


@page("catalogue.tariff", "POST")
def set_service(request: Request) -> HttpResponse:
    """Write a service."""
    form = SoldForm(_rates(request), request.POST, prefix="sold")
    if not form.is_valid():
        return _page(request, {"sold_form": form}, REFUSED)
    told, by, at = form.cleaned_data["service"], actor(request), clock.now()
    return _attempt(
        request,
        "sold_form",
        form,
        lambda: actions.set_service(service_id=told, sold=form.sold(), by=by, at=at),
    )


@page("catalogue.tariff", "POST")
def set_rule(request: Request) -> HttpResponse:
    """Write a mark-up."""
    form = RuleForm(request.POST, prefix="rule")
    if not form.is_valid():
        return _page(request, {"rule_form": form}, REFUSED)
    told, by, at = form.cleaned_data, actor(request), clock.now()

    def act() -> None:
        actions.set_price_rule(
            rule_id=told["rule"], priority=told["priority"], percent=told["percent"], terms=form.terms(), by=by, at=at
        )

    return _attempt(request, "rule_form", form, act)


@page("catalogue.tariff", "POST")
def end_service(request: Request) -> HttpResponse:
    """Take a service off the tariff."""
    gone, by, at = _which(request), actor(request), clock.now()
    return _ended(lambda: actions.end_service(service_id=gone, by=by, at=at))


@page("catalogue.tariff", "POST")
def end_rule(request: Request) -> HttpResponse:
    """Take a mark-up away."""
    gone, by, at = _which(request), actor(request), clock.now()
    return _ended(lambda: actions.end_price_rule(rule_id=gone, by=by, at=at))


def _which(request: Request) -> Any:
    form = EndForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    return form.cleaned_data["id"]


def _ended(act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except actions.NoSuchPriceError:
        raise Http404 from None
    return redirect("tariff")


def _attempt(request: Request, name: str, form: Any, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except actions.NoSuchPriceError:
        raise Http404 from None
    except actions.StepTakenError:
        form.add_error(None, _("Another line of the tariff stands there already: change that one."))
    except (actions.PriceRefusedError, actions.ExtraRefusedError):
        form.add_error(None, _("This is not possible: check the price, and rims in half inches, the lower one first."))
    except text.Refused as refused:
        form.add_error(None, _(refused.msgid) % refused.params)
    return _page(request, {name: form}, REFUSED) if form.errors else redirect("tariff")


def _rates(request: Request) -> tuple[Any, ...]:
    return money.vat_rates(money.Territory(site(request).territory), clock.legal_day(clock.now()))


def _page(request: Request, forms: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {
        "services": queries.services(),
        "rules": queries.price_rules(),
        "sold_form": SoldForm(_rates(request), prefix="sold"),
        "rule_form": RuleForm(prefix="rule"),
        **forms,
    }
    return render(request, "repairer/tariff.html", context, status=status)
