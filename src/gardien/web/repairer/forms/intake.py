"""What is told at the counter: a customer's details, vehicle, remark and answers. The form validates and never saves."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base.text import Refused
from gardien.commitment.policy import Version
from gardien.consent import queries as consent
from gardien.consent.actions import Answer
from gardien.customers import rules
from gardien.customers.rules import VehicleDetails
from gardien.web.shared.forms import ReadField, TextField

from .details import CountryField, DetailsForm

YES, NO = "yes", "no"
NUMBERS = ("mobile", "phone")


@dataclass(frozen=True)
class Asked:
    """A question of the form: `name` is its field's, `about` that of the number that it is about, empty if of none."""

    name: str
    about: str
    question: consent.Question

    def paragraphs(self) -> tuple[str, ...]:
        """Return the very words that are asked."""
        return tuple(each for section in self.question.document.sections for each in section.paragraphs)


Question = tuple[forms.BoundField, tuple[str, ...]]
"""The choice between yes and no, and the words that are asked."""


class NoteField(ReadField):
    """A remark, with the reminder of what must not be written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            rules.parse_note,
            empty="",
            help_text=gettext_lazy(
                "Only what helps to serve them, such as “wants to be called after six”. Nothing about health, "
                "opinions, origin or private life, no money troubles, no judgement, no bank card: the customer may "
                "ask to read it."
            ),
            widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
            **options,
        )
        self.longest = rules.LONGEST_NOTE


class IntakeForm(DetailsForm):
    """Details, vehicle and remark, and a yes and a no of its own for each question that the version asks.

    A question about one number must be answered where that number was told, and counts for nothing where it was not.
    """

    CATEGORIES = {**DetailsForm.CATEGORIES, "plate": "plate", "plate_country": "plate"}

    plate = TextField(24, label=gettext_lazy("Number plate"), required=False)
    plate_country = CountryField(label=gettext_lazy("Country of the plate"))
    make = TextField(40, label=gettext_lazy("Make"), required=False)
    model = TextField(40, label=gettext_lazy("Model"), required=False)
    note = NoteField(label=gettext_lazy("Remark"), required=False)

    def __init__(self, version: Version, *args: Any, **options: Any) -> None:
        super().__init__(version, *args, **options)
        if "plate" in self.fields:
            self.fields["plate"].widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}
        self.asked = [asked for question in consent.asked(version) for asked in self._asking(question)]
        for asked in self.asked:
            self.fields[asked.name] = forms.ChoiceField(
                choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))],
                label=" · ".join((asked.question.document.title, *self._about(asked))),
                required=not asked.about,
                widget=forms.RadioSelect,
                error_messages={"required": gettext_lazy("Ask the customer, and choose yes or no.")},
            )

    def clean(self) -> dict[str, Any]:
        """Read the plate in its country, and see that what belongs together is told together."""
        data = super().clean()
        self._read("plate", partial(rules.parse_plate, country=data.get("plate_country") or "FR"))
        if (data.get("make") or data.get("model")) and not data.get("plate") and "plate" not in self.errors:
            self.add_error("plate", _("Type the number plate of this vehicle, or empty its make and model."))
        for asked in self.asked:
            if asked.about and data.get(asked.about) and not data.get(asked.name):
                self.add_error(asked.name, _("Ask the customer, and choose yes or no."))
        return data

    def vehicle(self) -> VehicleDetails | None:
        """Return the vehicle as told, None without a plate."""
        data = self.cleaned_data
        if not data.get("plate"):
            return None
        return VehicleDetails(plate=data["plate"], make=data["make"], model=data["model"])

    def answers(self) -> list[Answer]:
        """Return each yes and no with the words that were shown, those about a number with that number."""
        told = {about: self.cleaned_data.get(about) for about in {asked.about for asked in self.asked}}
        return [
            Answer(
                purpose=asked.question.purpose,
                channel=asked.question.channel,
                address=_address(told[asked.about]),
                is_given=self.cleaned_data[asked.name] == YES,
                wording=asked.question.document,
            )
            for asked in self.asked
            if self.cleaned_data.get(asked.name) and (told[asked.about] or not asked.about)
        ]

    def numbers(self) -> list[tuple[forms.BoundField, list[Question]]]:
        """Return the field of each number with the questions about it."""
        return [(self[number], self._shown(number)) for number in NUMBERS if number in self.fields]

    def uses(self) -> list[Question]:
        """Return the questions that are about no number."""
        return self._shown("")

    def is_refused(self) -> bool:
        """Say whether the customer agreed to no use of their data: then nothing of it may be kept."""
        uses = [self.cleaned_data[asked.name] for asked in self.asked if ".use." in asked.question.purpose]
        return bool(uses) and YES not in uses

    def _asking(self, question: consent.Question) -> list[Asked]:
        name = "answer_" + re.sub(r"\W", "_", f"{question.purpose} {question.channel}".strip())
        if not question.per_address:
            return [Asked(name, "", question)]
        return [Asked(f"{name}_{number}", number, question) for number in NUMBERS if number in self.fields]

    def _about(self, asked: Asked) -> list[str]:
        return [str(self.fields[asked.about].label)] if asked.about else []

    def _shown(self, about: str) -> list[Question]:
        found = (asked for asked in self.asked if asked.about == about)
        return [(self[asked.name], asked.paragraphs()) for asked in found]

    def _read(self, name: str, rule: Any) -> None:
        typed = self.cleaned_data.get(name)
        if not typed:
            return
        try:
            self.cleaned_data[name] = rule(typed)
        except Refused as refused:
            self.add_error(name, ValidationError(_(refused.msgid) % refused.params, code=refused.code))


def _address(told: Any) -> str:
    return told.e164 if isinstance(told, rules.Phone) else told or ""
