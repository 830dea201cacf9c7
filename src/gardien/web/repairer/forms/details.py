"""A customer's details, as they are typed at the counter. The form validates and never saves."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base.text import Refused
from gardien.commitment import documents
from gardien.commitment.policy import Version
from gardien.customers import rules
from gardien.customers.rules import postal
from gardien.web.shared.forms import NOT_LISTED, ReadField, TextField

PERSON, COMPANY = "person", "company"
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
_KEYBOARDS = {"mobile": "tel", "phone": "tel", "email": "email", "siren": "numeric"}
_CAPITALS = {"last_name": "words", "first_name": "words", "company": "words", "city": "words", "email": "none"}

CountryField = partial(forms.ChoiceField, choices=COUNTRIES, initial="FR", required=False, error_messages=NOT_LISTED)
LineField = partial(TextField, postal.WIDTH, required=False)
PhoneField = partial(ReadField, rules.parse_phone, empty=None, required=False)


class DetailsForm(forms.Form):
    """Who a customer is and where they are reached: the categories that a version lists, with its asterisks.

    A person's details hold no company, even if one was typed before the choice fell on “person”.
    """

    CATEGORIES = {
        "last_name": "last_name",
        "first_name": "first_name",
        "mobile": "mobile",
        "phone": "phone",
        "email": "email",
        "street": "address",
        "postcode": "address",
        "city": "address",
    }
    """Fields that exist if their category is listed, and bear an asterisk if it is mandatory."""
    FOLDED = ("delivery", "building", "locality", "country")
    """The rest of an address, which few customers have: never mandatory by itself."""

    kind = forms.ChoiceField(
        choices=[(PERSON, gettext_lazy("Person")), (COMPANY, gettext_lazy("Company"))],
        initial=PERSON,
        label=gettext_lazy("The customer is a"),
        required=False,
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
    )
    company = TextField(80, label=gettext_lazy("Company name"), required=False)
    siren = ReadField(rules.parse_siren, empty="", label=gettext_lazy("SIREN"), required=False)
    last_name = LineField(label=gettext_lazy("Last name"))
    first_name = LineField(label=gettext_lazy("First name"))
    mobile = PhoneField(label=gettext_lazy("Mobile phone"))
    phone = PhoneField(label=gettext_lazy("Landline"))
    email = ReadField(rules.parse_email, empty="", label=gettext_lazy("E-mail address"), required=False)
    street = LineField(label=gettext_lazy("Number and street"))
    postcode = TextField(10, label=gettext_lazy("Postcode"), required=False)
    city = LineField(label=gettext_lazy("Town"))
    delivery = LineField(label=gettext_lazy("Flat, floor, staircase"))
    building = LineField(label=gettext_lazy("Residence, building, entrance"))
    locality = LineField(label=gettext_lazy("Hamlet or PO box"))
    country = CountryField(label=gettext_lazy("Country"))

    def __init__(self, version: Version, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        mandatory = documents.mandatory_fields(version, "client")
        for name, category in self.CATEGORIES.items():
            if category in mandatory:
                self.fields[name].required = mandatory[category]
            else:
                del self.fields[name]
        if "address" not in mandatory:
            for name in self.FOLDED:
                del self.fields[name]
        for number in ("mobile", "phone"):
            if number in self.fields:
                self.fields[number].widget.attrs["placeholder"] = " "  # tells the style sheet whether one was typed
        for name, field in self.fields.items():
            field.widget.attrs |= {"autocomplete": "off"}
            field.widget.attrs |= {"inputmode": _KEYBOARDS[name]} if name in _KEYBOARDS else {}
            field.widget.attrs |= {"autocapitalize": _CAPITALS[name]} if name in _CAPITALS else {}
        first = next(name for name in self.fields if name not in ("kind", "company", "siren"))
        self.fields[first].widget.attrs["autofocus"] = True

    def clean_mobile(self) -> rules.Phone | None:
        """Refuse a landline where text messages go."""
        number: rules.Phone | None = self.cleaned_data["mobile"]
        if number and number.kind == "fixed":
            raise ValidationError(_("This is a landline: type it in the field of landlines."))
        return number

    def clean(self) -> dict[str, Any]:
        """See that what belongs together is told together, and that a letter would arrive."""
        data = super().clean() or {}
        if data.get("kind") == PERSON:
            self._take_back("company", "siren")
        elif data.get("kind") == COMPANY and not data.get("company"):
            self._refuse("company", _("Type the name of the company."))
        elif data.get("siren") and not data.get("company"):
            self._refuse("company", _("Type the name of the company that has this SIREN."))
        if not self.errors:
            self._check_address()
        return data

    def so_far(self) -> rules.Details:
        """Return what can be read of the details, whatever else is refused or missing."""
        told = {name: self.cleaned_data.get(name) for name in rules.Details.__dataclass_fields__}
        return rules.Details(**{"last_name": "", **{name: value for name, value in told.items() if value}})

    def details(self) -> rules.Details:
        """Return the customer as told, in the form in which they are kept."""
        return rules.checked(self.so_far())

    def is_unfolded(self) -> bool:
        """Say whether the rarely used lines of the address hold something to be seen."""
        folded = [self[name] for name in self.FOLDED if name in self.fields]
        return any(bound.errors or (bound.value() or "") not in ("", "FR") for bound in folded)

    def _check_address(self) -> None:
        try:
            self.details()
        except Refused as refused:
            named = refused.params.get("field")
            field = str(named) if named in self.fields else "postcode"
            self._refuse(field, _(refused.msgid) % refused.params)

    def _refuse(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)

    def _take_back(self, *names: str) -> None:
        for name in names:
            self.cleaned_data[name] = ""
            self.errors.pop(name, None)
