"""What is typed on a customer's card. Forms validate and never save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base.text import Refused
from gardien.customers import rules
from gardien.web.shared.forms import NOT_LISTED, ReadField, TextField

from ..words import CHANNELS
from .details import COUNTRIES


class NoteForm(forms.Form):
    """A short remark, with the reminder of what must not be written."""

    note_key = forms.UUIDField(widget=forms.HiddenInput)
    text = ReadField(
        rules.parse_note,
        empty="",
        label=gettext_lazy("New note"),
        help_text=gettext_lazy(
            "Only what helps to serve them. Nothing about health, opinions, origin or private life, no judgement, no "
            "bank card: they may ask to read it. At most 300 characters."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the note, or leave the page.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].longest = rules.LONGEST_NOTE  # type: ignore[attr-defined]


class PlateForm(forms.Form):
    """A number plate, read in its country."""

    plate = TextField(24, label=gettext_lazy("Number plate"))
    plate_country = forms.ChoiceField(
        choices=COUNTRIES, initial="FR", label=gettext_lazy("Country of the plate"), error_messages=NOT_LISTED
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["plate"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}

    def clean(self) -> dict[str, Any]:
        """Read the plate in its country."""
        data = super().clean() or {}
        if "plate" in data and "plate_country" in data:
            try:
                data["plate"] = rules.parse_plate(data["plate"], data["plate_country"])
            except Refused as refused:
                self.add_error("plate", ValidationError(_(refused.msgid) % refused.params, code=refused.code))
        return data


class VehicleForm(PlateForm):
    """A vehicle as told."""

    make = TextField(40, label=gettext_lazy("Make"), required=False)
    model = TextField(40, label=gettext_lazy("Model"), required=False)

    def vehicle(self) -> rules.VehicleDetails:
        """Return the vehicle as told."""
        data = self.cleaned_data
        return rules.VehicleDetails(plate=data["plate"], make=data["make"], model=data["model"])


class OwnerForm(forms.Form):
    """Whose vehicle it is now."""

    to = forms.UUIDField()


class KeptForm(forms.Form):
    """Which of two cards goes on."""

    kept = forms.UUIDField()


class DecisionForm(forms.Form):
    """Which answer is taken back."""

    decision = forms.UUIDField()


class AnswerForm(forms.Form):
    """A yes or a no to one question, about one number, named by its digest, or about none."""

    purpose = forms.CharField(max_length=60)
    number = forms.CharField(max_length=64, required=False)
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class ObjectionForm(forms.Form):
    """By which channel a person wants no offers."""

    channel = forms.ChoiceField(choices=[(channel, channel) for channel in CHANNELS])
