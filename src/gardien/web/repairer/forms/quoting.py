"""What is typed on a quote. Forms validate and never save."""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.catalogue.rules.pricing import Extra
from gardien.quotes.actions import Offer
from gardien.quotes.rules import money
from gardien.quotes.rules.vocabulary import (
    MOST_OPTIONS,
    Family,
    RefusalReason,
    ReusedParts,
    option_letter,
)
from gardien.web.shared.forms import NOT_LISTED, AmountField, TextField
from gardien.web.shared.templatetags.gardien import EXTRAS, plain

OPTIONS = [(0, gettext_lazy("Every offer")), *((each, option_letter(each)) for each in range(1, MOST_OPTIONS + 1))]
FAMILIES = [
    ("", gettext_lazy("none of these")),
    (Family.BODY.value, gettext_lazy("body part")),
    (Family.TRIM.value, gettext_lazy("interior trim")),
    (Family.GLAZING.value, gettext_lazy("glazing")),
    (Family.OPTICS.value, gettext_lazy("lights and mirrors")),
    (Family.MECHANICAL.value, gettext_lazy("mechanical or electronic part")),
]
REASONS = [
    ("", gettext_lazy("not told")),
    (RefusalReason.PRICE.value, gettext_lazy("the price")),
    (RefusalReason.ELSEWHERE.value, gettext_lazy("went elsewhere")),
    (RefusalReason.DELAY.value, gettext_lazy("too long to wait")),
    (RefusalReason.POSTPONED.value, gettext_lazy("later")),
    (RefusalReason.OTHER.value, gettext_lazy("another reason")),
]
MOST_OFF = money.MAX_QUANTITY * money.MAX_PRICE


class DraftForm(forms.Form):
    """Opens a quote for a customer and perhaps one of their vehicles."""

    customer = forms.UUIDField()
    vehicle = forms.UUIDField(required=False)
    draft_key = forms.UUIDField()


class KeyForm(forms.Form):
    """The key of a draft that a button opens: pressed twice, it opens one."""

    draft_key = forms.UUIDField()


class LineForm(forms.Form):
    """How many, at which price, under which VAT rate, in which of the offers."""

    line_key = forms.UUIDField(widget=forms.HiddenInput)
    quantity = AmountField(money.MAX_QUANTITY, Decimal("0.01"), label=gettext_lazy("Quantity"))
    unit_price = AmountField(money.MAX_PRICE, Decimal(0), label=gettext_lazy("Unit price, VAT included"))
    vat_rate = forms.TypedChoiceField(coerce=Decimal, label=gettext_lazy("VAT"), error_messages=NOT_LISTED)
    option = forms.TypedChoiceField(
        coerce=int,
        choices=OPTIONS,
        required=False,
        initial=0,
        empty_value=0,  # type: ignore[arg-type]
        widget=forms.RadioSelect,
        label=gettext_lazy("Offer"),
        error_messages=NOT_LISTED,
    )

    def __init__(self, rates: tuple[Decimal, ...], policy: money.Policy, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vat_rate"].choices = [(str(rate), f"{plain(rate)}\u00a0%") for rate in rates]  # type: ignore[attr-defined]
        self.fields["line_key"].initial = uuid.uuid4
        if policy is money.Policy.HT_FIRST:
            self.fields["unit_price"].label = _("Unit price, VAT excluded")

    def offer(self, label: str, **more: Any) -> Offer:
        """Return the offer of this line."""
        figures = {name: self.cleaned_data[name] for name in ("quantity", "unit_price", "vat_rate", "option")}
        return Offer(label=label, **figures, **more)


class TyreForm(LineForm):
    """A tyre of the catalogue, with the extras of its fitted price."""

    article = forms.UUIDField(widget=forms.HiddenInput)
    extras = forms.MultipleChoiceField(
        choices=[(extra.value, label) for extra, label in EXTRAS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("With"),
        error_messages=NOT_LISTED,
    )

    def keep_extras(self, extras: Iterable[Extra]) -> None:
        """Offer these extras only."""
        self.fields["extras"].choices = [(extra.value, EXTRAS[extra]) for extra in extras]  # type: ignore[attr-defined]

    def taken(self) -> set[Extra]:
        """Return the extras that were ticked."""
        return {Extra(each) for each in self.cleaned_data["extras"]}

    def clean(self) -> dict[str, Any]:
        """Refuse a part of a tyre where something is done to each."""
        data = super().clean() or {}
        quantity = data.get("quantity")
        if data.get("extras") and quantity is not None and quantity != int(quantity):
            self.add_error("quantity", _("Type a whole number of tyres, or leave the fitting out."))
        return data


class ServiceForm(LineForm):
    """Anything else: fitting, balancing, eco-contribution, a part."""

    label = TextField(200, label=gettext_lazy("Service"))
    family = forms.ChoiceField(
        choices=FAMILIES, required=False, label=gettext_lazy("Part that can be reused"), error_messages=NOT_LISTED
    )


class DiscountForm(forms.Form):
    """A discount on a line, in euros or in per cent."""

    off = forms.CharField(max_length=40, required=False, label=gettext_lazy("Discount"))

    def __init__(self, line_id: UUID, data: Any) -> None:
        super().__init__(data, auto_id=f"%s-{line_id}")
        self.line_id = line_id

    def amount(self, price: Decimal) -> Decimal:
        """Return the discount on a line of this price; raise `ValidationError` for what cannot be read."""
        typed = self.cleaned_data["off"].strip()
        is_percent = typed.endswith("%")
        most = Decimal(100) if is_percent else MOST_OFF
        value: Decimal = AmountField(most, Decimal(0), required=False).clean(typed.removesuffix("%")) or Decimal(0)
        return money.discount(price, value) if is_percent else value


class ReachForm(forms.Form):
    """The total that was told to the customer."""

    told = AmountField(MOST_OFF, Decimal(0), label=gettext_lazy("Total told"))
    option = forms.TypedChoiceField(
        coerce=int,
        choices=OPTIONS,
        required=False,
        empty_value=0,  # type: ignore[arg-type]
        error_messages=NOT_LISTED,
    )


class ExcuseForm(forms.Form):
    """Why a tyre is quoted without its EU label."""

    reason = TextField(120, label=gettext_lazy("Why without its label"), required=False)


class PartsForm(forms.Form):
    """Whether the customer wants reused parts."""

    choice = forms.TypedChoiceField(
        coerce=ReusedParts,
        choices=[(ReusedParts.YES.value, gettext_lazy("Yes")), (ReusedParts.NO.value, gettext_lazy("No"))],
        widget=forms.RadioSelect,
        label=gettext_lazy("Parts from the circular economy?"),
        error_messages={**NOT_LISTED, "required": gettext_lazy("Ask the customer, and choose yes or no.")},
    )


class AnswerForm(forms.Form):
    """What the person answered, with the offer they chose, why they said no, or why it is accepted late."""

    answer = forms.ChoiceField(
        choices=[(each, each) for each in ("accepted", "refused", "late")], error_messages=NOT_LISTED
    )
    option = forms.TypedChoiceField(
        coerce=int, choices=OPTIONS[1:], required=False, empty_value=None, error_messages=NOT_LISTED
    )
    reason = forms.ChoiceField(choices=REASONS, required=False, error_messages=NOT_LISTED)
    late_reason = TextField(200, label=gettext_lazy("Why accept it now"), required=False)

    def clean(self) -> dict[str, Any]:
        """See that a late acceptance says why."""
        data = super().clean() or {}
        if data.get("answer") == "late" and not data.get("late_reason") and "late_reason" not in self.errors:
            self.add_error("late_reason", ValidationError(_("Type why this quote is accepted after its last day.")))
        return data


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
