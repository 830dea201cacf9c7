"""What is typed to find tyres: a size, and what they must have beside it. Nothing personal: it stands in addresses."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from gardien.catalogue.queries import Filters
from gardien.web.shared.templatetags.gardien import SEASONS

ANY = ("", gettext_lazy("Any"))
GRADES = [ANY, *((grade, grade) for grade in "ABCDE")]


class SizeForm(forms.Form):
    """A search among tyres. What it does not know asks for nothing: an address that was shortened still finds."""

    size = forms.CharField(max_length=40, required=False, label=gettext_lazy("Tyre size"))
    season = forms.ChoiceField(choices=[ANY, *SEASONS.items()], required=False, label=gettext_lazy("Season"))
    fuel_efficiency = forms.ChoiceField(choices=GRADES, required=False, label=gettext_lazy("Fuel, at least"))
    wet_grip = forms.ChoiceField(choices=GRADES, required=False, label=gettext_lazy("Wet grip, at least"))
    oe_mark = forms.CharField(max_length=8, required=False, label=gettext_lazy("Maker’s mark"))
    has_snow_grip = forms.BooleanField(required=False, label=gettext_lazy("Snow (3PMSF)"))
    is_run_flat = forms.BooleanField(required=False, label=gettext_lazy("Run flat"))

    def __init__(self, request: HttpRequest) -> None:
        told = request.POST if request.method == "POST" else request.GET
        super().__init__({**told.dict(), "size": told.get("size", "")[:40]}, auto_id="search_%s")
        self.is_valid()

    @property
    def asked(self) -> dict[str, str]:
        """Return what was asked for, by field, as an address or a hidden field carries it."""
        return {name: "on" if value is True else value for name, value in self.cleaned_data.items() if value}

    @property
    def boxes(self) -> list[forms.BoundField]:
        """Return the questions of yes or no."""
        return [self["has_snow_grip"], self["is_run_flat"]]

    @property
    def filters(self) -> Filters:
        """Return what a tyre must have beside its size."""
        return Filters(**{name: value for name, value in self.cleaned_data.items() if name != "size"})

    @property
    def is_narrowed(self) -> bool:
        """Say whether more than a size was asked for."""
        return bool(self.asked.keys() - {"size"})
