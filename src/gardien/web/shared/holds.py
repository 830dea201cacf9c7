"""What is held of a person past its time: the form, its sentences, and the writing of it. Doors say of whom."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.commitment.policy import fields
from gardien.standing import actions
from gardien.standing.rules import Ground

from .access import Request, actor
from .forms import NOT_LISTED, TextField
from .words import GROUNDS

if TYPE_CHECKING:
    from gardien.standing.models import Hold

LONGEST_REFERENCE = 120

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


def hold(request: Request, form: HoldForm, subject: str) -> bool:
    """Hold what a form tells of a person; say whether it was, and what is wrong beside the field if not."""
    if not form.is_valid():
        return False
    told, by, at = form.cleaned_data, actor(request), clock.now()
    terms = {"legal_reference": told["legal_reference"], "until_date": told["until_date"]}
    try:
        for category in told["categories"]:
            actions.hold(subject=subject, ground=Ground(told["ground"]), category=category, **terms, by=by, at=at)
    except actions.AlreadyOverError:
        form.add_error("until_date", _("This day is over: choose today or a day to come."))
    except actions.TooLongError:
        form.add_error("until_date", _("This day lies too far ahead: a ground ends, and so does what it holds."))
    return not form.errors


def sentence(hold: "Hold") -> str:
    """Say what is held past its time, on which ground and until when."""
    told = {
        "what": category_words(hold.category),
        "ground": GROUNDS[hold.ground],
        "day": date_format(hold.until_date, "j F Y"),
        "reference": hold.legal_reference,
    }
    return _("Held until %(day)s for %(ground)s: %(what)s (%(reference)s)") % told


def category_words(category: str) -> str:
    """Return the words of a category, of the latest version that has them."""
    id_ = category.removeprefix("derived:")
    speaking = (each for each in reversed(commitment.versions().all) if id_ in each.labels)
    return next((fields.label(each, id_, "fr") for each in speaking), id_)
