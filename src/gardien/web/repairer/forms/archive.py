"""What is held past its time, and why the archive is opened. Forms validate and never save."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import ids
from gardien.standing.rules import Ground
from gardien.web.shared.forms import NOT_LISTED, TextField
from gardien.web.shared.words import GROUNDS

from ..words import MOTIVES

LONGEST_REFERENCE = 120
LONGEST_EXPLANATION = 200

ChoiceField = partial(forms.ChoiceField, widget=forms.RadioSelect)


class HoldForm(forms.Form):
    """A ground, the categories that it needs, on which text it rests, and its last day."""

    ground = ChoiceField(
        label=gettext_lazy("Ground"), error_messages={**NOT_LISTED, "required": gettext_lazy("Choose the ground.")}
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Only this is kept"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={**NOT_LISTED, "required": gettext_lazy("Choose what the ground needs, and nothing more.")},
    )
    legal_reference = TextField(
        LONGEST_REFERENCE,
        label=gettext_lazy("Legal text, contract or case"),
        help_text=gettext_lazy("Such as an article of law or a case number. No name, no telephone number."),
        error_messages={"required": gettext_lazy("Type on which text the ground rests.")},
    )
    until_date = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": gettext_lazy("Type a day, such as 31/12/2026."),
            "required": gettext_lazy("Type the last day: nothing is held for ever."),
        },
    )

    def __init__(self, grounds: Iterable[Ground], categories: Mapping[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["ground"].choices = [(each.value, GROUNDS[each]) for each in grounds]  # type: ignore[attr-defined]
        self.fields["categories"].choices = list(categories.items())  # type: ignore[attr-defined]
        self.fields["legal_reference"].widget.attrs["autocomplete"] = "off"


class ReferenceForm(forms.Form):
    """Of whom something archived is looked for: the reference alone, for nothing else is left in the open."""

    reference = TextField(
        40,
        label=gettext_lazy("Customer reference"),
        error_messages={"required": gettext_lazy("Type the reference on the customer’s quote, such as C-7K3M9QXA.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reference"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}

    def clean_reference(self) -> str:
        """Return the reference in its one written form."""
        reference = ids.parse_reference(self.cleaned_data["reference"])
        if reference is None:
            raise ValidationError(_("Type the reference on the customer’s quote, such as C-7K3M9QXA."))
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
