"""What the counter types. Forms validate and never save."""

import uuid
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren as siren_number

from gardien.base.text import Refused
from gardien.commitment import documents
from gardien.commitment.policy import Version
from gardien.customers import rules
from gardien.customers.actions import Details, VehicleDetails
from gardien.quotes.actions import Offer
from gardien.quotes.rules import money
from gardien.web.shared.forms import AmountField, ReadField, TextField
from gardien.web.shared.templatetags.gardien import plain

COUNTRIES = [
    ("FR", gettext_lazy("France")),
    ("DE", gettext_lazy("Germany")),
    ("BE", gettext_lazy("Belgium")),
    ("ES", gettext_lazy("Spain")),
    ("IT", gettext_lazy("Italy")),
    ("LU", gettext_lazy("Luxembourg")),
    ("MC", gettext_lazy("Monaco")),
    ("NL", gettext_lazy("Netherlands")),
    ("PT", gettext_lazy("Portugal")),
    ("GB", gettext_lazy("United Kingdom")),
    ("CH", gettext_lazy("Switzerland")),
]
NOT_LISTED = {"invalid_choice": gettext_lazy("Choose one of the list.")}


class IntakeForm(forms.Form):
    """A customer's details and vehicle: the categories that the commitment lists, with its asterisks."""

    CATEGORIES = {
        "last_name": "last_name",
        "first_name": "first_name",
        "phone": "phone",
        "mobile": "mobile",
        "email": "email",
        "street": "address",
        "postcode": "address",
        "city": "address",
        "plate": "plate",
        "plate_country": "plate",
    }

    last_name = TextField(38, label=gettext_lazy("Last name"), required=False)
    first_name = TextField(38, label=gettext_lazy("First name"), required=False)
    mobile = ReadField(rules.parse_phone, empty=None, label=gettext_lazy("Mobile phone"), required=False)
    phone = ReadField(rules.parse_phone, empty=None, label=gettext_lazy("Landline"), required=False)
    email = ReadField(rules.parse_email, empty="", label=gettext_lazy("E-mail address"), required=False)
    street = TextField(38, label=gettext_lazy("Number and street"), required=False)
    postcode = TextField(10, label=gettext_lazy("Postcode"), required=False)
    city = TextField(38, label=gettext_lazy("Town"), required=False)
    company = TextField(80, label=gettext_lazy("Company"), required=False)
    siren = TextField(20, label=gettext_lazy("SIREN"), required=False)
    plate = TextField(24, label=gettext_lazy("Number plate"), required=False)
    plate_country = forms.ChoiceField(
        choices=COUNTRIES,
        initial="FR",
        label=gettext_lazy("Country of the plate"),
        required=False,
        error_messages=NOT_LISTED,
    )
    make = TextField(40, label=gettext_lazy("Make"), required=False)
    model = TextField(40, label=gettext_lazy("Model"), required=False)

    def __init__(self, version: Version, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        mandatory = documents.mandatory_fields(version, "client")
        for name, category in self.CATEGORIES.items():
            if category in mandatory:
                self.fields[name].required = mandatory[category]
            else:
                del self.fields[name]
        for name in ("mobile", "phone"):
            if name in self.fields:
                self.fields[name].widget.attrs["inputmode"] = "tel"
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def clean_siren(self) -> str:
        """Refuse a SIREN whose check digit is wrong."""
        typed = self.cleaned_data["siren"]
        try:
            return str(siren_number.validate(typed)) if typed else ""
        except NumberError:
            raise ValidationError(_("A SIREN has nine digits, the last one a check digit: check it.")) from None

    def clean(self) -> dict[str, Any]:
        """Read the plate in its country, and see that what belongs together is told together."""
        data = super().clean() or {}
        self._read("plate", partial(rules.parse_plate, country=data.get("plate_country") or "FR"))
        if (data.get("make") or data.get("model")) and not data.get("plate") and "plate" not in self.errors:
            self.add_error("plate", _("Type the number plate of this vehicle, or empty its make and model."))
        if data.get("siren") and not data.get("company"):
            self.add_error("company", _("Type the name of the company that has this SIREN."))
        return data

    def _read(self, name: str, rule: Any) -> None:
        typed = self.cleaned_data.get(name)
        if not typed:
            return
        try:
            self.cleaned_data[name] = rule(typed)
        except Refused as refused:
            self.add_error(name, ValidationError(_(refused.msgid) % refused.params, code=refused.code))

    def details(self) -> Details:
        """Return the customer as told."""
        names = Details.__dataclass_fields__
        return Details(**{name: value for name, value in self.cleaned_data.items() if name in names})

    def vehicle(self) -> VehicleDetails | None:
        """Return the vehicle as told, None without a plate."""
        data = self.cleaned_data
        if not data.get("plate"):
            return None
        return VehicleDetails(plate=data["plate"], make=data["make"], model=data["model"])


class DraftForm(forms.Form):
    """Opens a quote for a customer and perhaps one of their vehicles."""

    customer = forms.UUIDField()
    vehicle = forms.UUIDField(required=False)
    draft_key = forms.UUIDField()


class LineForm(forms.Form):
    """How many, at which price all taxes included, under which VAT rate."""

    line_key = forms.UUIDField(widget=forms.HiddenInput)
    quantity = AmountField(money.MAX_QUANTITY, Decimal("0.01"), label=gettext_lazy("Quantity"))
    unit_ttc = AmountField(money.MAX_PRICE, Decimal(0), label=gettext_lazy("Unit price, VAT included"))
    vat_rate = forms.TypedChoiceField(coerce=Decimal, label=gettext_lazy("VAT"), error_messages=NOT_LISTED)

    def __init__(self, rates: tuple[Decimal, ...], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vat_rate"].choices = [(str(rate), f"{plain(rate)}\u00a0%") for rate in rates]  # type: ignore[attr-defined]
        self.fields["line_key"].initial = uuid.uuid4

    def offer(self, label: str) -> Offer:
        """Return the offer of this line."""
        data = self.cleaned_data
        return Offer(label=label, quantity=data["quantity"], unit_ttc=data["unit_ttc"], vat_rate=data["vat_rate"])


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
