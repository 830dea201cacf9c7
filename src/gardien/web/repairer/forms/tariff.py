"""What a site manager types of the garage's own prices. Forms validate and never save."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gardien.catalogue.actions import Sold, Terms
from gardien.catalogue.rules.price_list import Season
from gardien.catalogue.rules.pricing import HIGHEST_PERCENT, LOWEST_PERCENT, Extra
from gardien.quotes.rules import money
from gardien.web.shared.forms import NOT_LISTED, AmountField, TextField
from gardien.web.shared.templatetags.gardien import EXTRAS, SEASONS, plain

HIGHEST_RIM = Decimal("99.5")
MOST_PRIORITY = 9_999
SOLD_ALONE = [("", gettext_lazy("sold by itself"))]


class SoldForm(forms.Form):
    """A service: what it is, its price, and whether it belongs to the fitted price of tyres."""

    service = forms.UUIDField(required=False, widget=forms.HiddenInput)
    label = TextField(200, label=gettext_lazy("Service"))
    unit_ttc = AmountField(money.MAX_PRICE, Decimal(0), label=gettext_lazy("Unit price, VAT included"))
    vat_rate = forms.TypedChoiceField(coerce=Decimal, label=gettext_lazy("VAT"), error_messages=NOT_LISTED)
    extra = forms.ChoiceField(
        choices=SOLD_ALONE + [(extra.value, label) for extra, label in EXTRAS.items() if extra is not Extra.ECO],
        required=False,
        label=gettext_lazy("In the fitted price"),
        error_messages=NOT_LISTED,
    )
    rim_from_inch = AmountField(HIGHEST_RIM, Decimal(0), required=False, label=gettext_lazy("From a rim of (inches)"))

    def __init__(self, rates: tuple[Decimal, ...], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vat_rate"].choices = [(str(rate), f"{plain(rate)}\u00a0%") for rate in rates]  # type: ignore[attr-defined]

    def sold(self) -> Sold:
        """Return the service as told."""
        data = self.cleaned_data
        extra = Extra(data["extra"]) if data["extra"] else None
        return Sold(data["label"], data["unit_ttc"], data["vat_rate"], extra, data["rim_from_inch"] or Decimal(0))


class RuleForm(forms.Form):
    """A mark-up, and the tyres it is meant for; what is empty is meant for all."""

    rule = forms.UUIDField(required=False, widget=forms.HiddenInput)
    priority = forms.IntegerField(
        min_value=0,
        max_value=MOST_PRIORITY,
        label=gettext_lazy("Rank"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Type a whole number: the lowest one that fits counts.")},
    )
    percent = forms.DecimalField(
        min_value=LOWEST_PERCENT,
        max_value=HIGHEST_PERCENT,
        decimal_places=2,
        localize=True,
        label=gettext_lazy("Mark-up (%)"),
        error_messages={"invalid": gettext_lazy("Type a number, such as 12,5 or -3.")},
    )
    brand = TextField(200, required=False, label=gettext_lazy("Brand"))
    rim_from_inch = AmountField(HIGHEST_RIM, Decimal(0), required=False, label=gettext_lazy("Rim from (inches)"))
    rim_to_inch = AmountField(HIGHEST_RIM, Decimal(0), required=False, label=gettext_lazy("Rim to (inches)"))
    season = forms.ChoiceField(
        choices=[("", gettext_lazy("every season")), *((each.value, SEASONS[each]) for each in Season)],
        required=False,
        label=gettext_lazy("Season"),
        error_messages=NOT_LISTED,
    )
    oe_mark = TextField(6, required=False, label=gettext_lazy("Car maker's mark"))

    def terms(self) -> Terms:
        """Return which tyres the mark-up is meant for."""
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})


class EndForm(forms.Form):
    """Which service or rule is taken away."""

    id = forms.UUIDField()
