"""Of whom something archived is looked for, and why it is opened. Forms validate and never save."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from gardien.base import ids
from gardien.web.shared.forms import NOT_LISTED, TextField
from gardien.web.shared.holds import ChoiceField

from ..words import MOTIVES

LONGEST_EXPLANATION = 200
UNKNOWN = gettext_lazy("Type the reference, such as C-7K3M9QXA, or U-7K3M9QXA for a user.")


class ReferenceForm(forms.Form):
    """Of whom something archived is looked for: the reference alone, for nothing else is left in the open."""

    reference = TextField(40, label=gettext_lazy("Reference"), error_messages={"required": UNKNOWN})

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reference"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}

    def clean_reference(self) -> str:
        """Return the reference in its one written form."""
        reference = ids.parse_reference(self.cleaned_data["reference"])
        if reference is None:
            raise ValidationError(UNKNOWN)
        return reference


class ConsultForm(forms.Form):
    """What for, and why now."""

    motive = ChoiceField(
        choices=list(MOTIVES.items()),
        label=gettext_lazy("What for"),
        error_messages={**NOT_LISTED, "required": gettext_lazy("Choose what it is opened for.")},
    )
    explanation = TextField(
        LONGEST_EXPLANATION,
        label=gettext_lazy("Why now"),
        help_text=gettext_lazy("In a few words, such as the number of the claim. It stays on record with your name."),
        error_messages={"required": gettext_lazy("Say why the archive is opened.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["explanation"].widget.attrs["autocomplete"] = "off"
