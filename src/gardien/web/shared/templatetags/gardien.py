"""How figures are written for people."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.template import RequestContext
from django.template.defaulttags import CsrfTokenNode
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gardien.catalogue.rules.price_list import Season
from gardien.catalogue.rules.pricing import Extra, Tier
from gardien.commitment import roles
from gardien.customers import rules
from gardien.network.rules import RequestState, UserState
from gardien.web.shared import carried

register = template.Library()

NO_BREAK = "\u00a0"
SEASONS = {
    Season.SUMMER: gettext_lazy("summer"),
    Season.WINTER: gettext_lazy("winter"),
    Season.ALL_SEASON: gettext_lazy("all seasons"),
}


EXTRAS = {
    Extra.FITTING: gettext_lazy("fitting"),
    Extra.BALANCING: gettext_lazy("balancing"),
    Extra.VALVE: gettext_lazy("valve"),
    Extra.ECO: gettext_lazy("eco-contribution"),
}
TIERS = {
    Tier.PREMIUM: gettext_lazy("premium"),
    Tier.QUALITY: gettext_lazy("quality"),
    Tier.BUDGET: gettext_lazy("budget"),
}
USER_STATES = {
    UserState.APPROVED: gettext_lazy("waits for its password"),
    UserState.ACTIVE: gettext_lazy("active"),
    UserState.SUSPENDED: gettext_lazy("suspended"),
    UserState.CLOSED: gettext_lazy("closed"),
}
REQUEST_STATES = {
    RequestState.REQUESTED: gettext_lazy("has not confirmed the address yet"),
    RequestState.VERIFIED: gettext_lazy("waits for the network"),
    RequestState.APPROVED: gettext_lazy("approved"),
    RequestState.REFUSED: gettext_lazy("refused"),
}


@register.filter
def euros(amount: Decimal) -> str:
    """Write an amount in euros to the cent: `1 234,56 €`."""
    return money(amount, "EUR")


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """Write an amount with its currency's sign, to the cent, in the language's form."""
    sign = {"EUR": "€", "GBP": "£", "CHF": "CHF"}.get(currency, currency)
    return f"{number_format(amount, 2, use_l10n=True, force_grouping=True)}{NO_BREAK}{sign}".replace(" ", NO_BREAK)


@register.filter
def plain(number: Decimal) -> str:
    """Write a number without needless decimals: `4`, `1,5`, `5,5`."""
    digits = format(number.normalize(), "f")
    return number_format(digits, use_l10n=True)


@register.simple_tag(takes_context=True, name="csrf_token")
def form_guard(context: RequestContext) -> str:
    """Put into a form its token and, if somebody is signed in, the proof of who fills it (`carried`)."""
    fields = CsrfTokenNode().render(context)
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return fields
    return format_html('{}<input type="hidden" name="{}" value="{}">', fields, carried.PROOF, carried.proof(request))


@register.inclusion_tag("shared/field.html")
def field(bound: BoundField, width: str = "", is_first: object = False) -> dict[str, object]:  # noqa: FBT002 -- a tag
    """Draw one form field with label, asterisk, help and error, tied together for screen readers.

    The page opens in the field that `is_first`.
    """
    about = [f"{bound.auto_id}_help"] if bound.help_text else []
    about += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"class": "form-select" if hasattr(bound.field, "choices") else "form-control"}
    if about:
        attributes["aria-describedby"] = " ".join(about)
    if is_first:
        attributes["autofocus"] = True
    if bound.errors:
        attributes["class"] = f"{attributes['class']} is-invalid"
        attributes["aria-invalid"] = "true"
    return {"bound": bound, "widget": bound.as_widget(attrs=attributes), "width": width}


@register.inclusion_tag("shared/radios.html")
def radios(bound: BoundField, paragraphs: Sequence[str] = ()) -> dict[str, object]:
    """Draw a choice between a few words, or of some of them; none is chosen unless one was.

    `paragraphs` say what it is about.
    """
    about = [f"{bound.auto_id}_words"] if paragraphs else []
    about += [f"{bound.auto_id}_error"] if bound.errors else []
    is_one_of = not bound.field.widget.allow_multiple_selected
    return {"bound": bound, "paragraphs": paragraphs, "about": " ".join(about), "is_one_of": is_one_of}


@register.filter
def kilometres(number: int) -> str:
    """Write a mileage: `48 200 km`."""
    return f"{number_format(number, use_l10n=True, force_grouping=True)}{NO_BREAK}km".replace(" ", NO_BREAK)


@register.filter
def dialled(e164: str) -> str:
    """Write a telephone number as it is dialled from France."""
    return rules.Phone(e164, "other").display


@register.filter
def season(code: str) -> str:
    """Name a tyre's season, told by a supplier as one of `Season`."""
    return str(SEASONS[Season(code)])


@register.filter
def extra_name(code: str) -> str:
    """Name an extra of a fitted price."""
    return str(EXTRAS[Extra(code)])


@register.filter
def of_option(lines: Sequence[Any], option: int) -> list[Any]:
    """Return a quote's lines that are one offer's own, those that all offers have for 0."""
    return [line for line in lines if line.option == option]


@register.filter
def tier(code: Tier) -> str:
    """Name the tier in which the network places a brand."""
    return str(TIERS[code])


@register.filter
def tyre_facts(article: Any) -> str:
    """Return in words what completes a tyre's name: season, maker's marks, EU label."""
    facts = [season(article.season)] if article.season else []
    facts += list(article.oe_marks)
    if article.fuel_efficiency and article.wet_grip:
        label = f"{article.fuel_efficiency} / {article.wet_grip}"
        noise = f" / {article.noise_db} dB" if article.noise_db else ""
        facts.append(_("EU label %(grades)s") % {"grades": f"{label}{noise}"})
    if article.has_snow_grip:
        facts.append("3PMSF")
    return " · ".join(facts)


@register.filter
def role_name(role: str) -> str:
    """Name a role of `commitment/roles.yaml`."""
    return roles.matrix().names[role][(get_language() or "fr")[:2]]


@register.filter
def user_state(state: str) -> str:
    """Name the state of an account."""
    return str(USER_STATES[UserState(state)])


@register.filter
def request_state(state: str) -> str:
    """Name what became of a request for an account."""
    return str(REQUEST_STATES[RequestState(state)])


@register.filter
def at_break(address: str) -> SafeString:
    """Let an e-mail address go on with its domain on the next line, and break nowhere else if it can."""
    local, _, domain = address.rpartition("@")
    return format_html("{}<wbr>@{}", local, domain)
