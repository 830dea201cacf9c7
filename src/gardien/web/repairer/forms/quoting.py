"""What is typed on a quote. Forms validate and never save."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gardien.quotes.actions import Offer
from gardien.quotes.rules import money
from gardien.web.shared.forms import NOT_LISTED, AmountField, TextField
from gardien.web.shared.templatetags.gardien import plain


class DraftForm(forms.Form):
    """Opens a quote for a customer and perhaps one of their vehicles."""

    customer = forms.UUIDField()
    vehicle = forms.UUIDField(required=False)
    draft_key = forms.UUIDField()


class LineForm(forms.Form):
    """How many, at which price all taxes included, under which VAT rate."""

    line_key = forms.UUIDField(widget=forms.HiddenInput)
    quantity = AmountField(money.MAX_QUANTITY, Decimal("0.01"), label=gettext_lazy("Quantity"))
    unit_price = AmountField(money.MAX_PRICE, Decimal(0), label=gettext_lazy("Unit price, VAT included"))
    vat_rate = forms.TypedChoiceField(coerce=Decimal, label=gettext_lazy("VAT"), error_messages=NOT_LISTED)

    def __init__(self, rates: tuple[Decimal, ...], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vat_rate"].choices = [(str(rate), f"{plain(rate)}\u00a0%") for rate in rates]  # type: ignore[attr-defined]
        self.fields["line_key"].initial = uuid.uuid4

    def offer(self, label: str) -> Offer:
        """Return the offer of this line."""
        data = self.cleaned_data
        return Offer(label=label, quantity=data["quantity"], unit_price=data["unit_price"], vat_rate=data["vat_rate"])


class TyreForm(LineForm):
    """A tyre of the catalogue."""

    article = forms.UUIDField(widget=forms.HiddenInput)


class ServiceForm(LineForm):
    """Anything else: fitting, balancing, eco-contribution."""

    label = TextField(200, label=gettext_lazy("Service"))


class MileageForm(forms.Form):
    """The vehicle's mileage."""

    mileage = forms.IntegerField(
        min_value=0,
        max_value=3_000_000,
        required=False,
        label=gettext_lazy("Mileage (km)"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 9}),
        error_messages={"invalid": gettext_lazy("Type the mileage in whole kilometres, such as 48200.")},
    )
