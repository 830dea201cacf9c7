"""What the network types about the catalogue. Forms validate and never save."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gardien.catalogue.rules.amounts import CURRENCIES
from gardien.catalogue.rules.pricing import Tier
from gardien.web.shared.forms import TextField

_LONGEST = 400
ALWAYS = ("source_id", "ean", "brand", "pattern", "designation", "season", "price", "currency")
LABELS = {
    "source_id": _("Reference"),
    "ean": _("EAN"),
    "brand": _("Brand"),
    "pattern": _("Pattern"),
    "designation": _("Designation"),
    "season": _("Season"),
    "price": _("Price"),
    "currency": _("Currency"),
    "load_index": _("Load index"),
    "speed_symbol": _("Speed index"),
    "is_run_flat": _("Run flat"),
    "oe_marks": _("Car makers' marks"),
    "fuel_efficiency": _("Fuel efficiency class"),
    "wet_grip": _("Wet grip class"),
    "noise_class": _("Noise class"),
    "noise_db": _("Noise in dB"),
    "has_snow_grip": _("Snow grip"),
    "has_ice_grip": _("Ice grip"),
    "tyre_class": _("Tyre class"),
    "regulation": _("Regulation"),
    "exemption": _("Exempt from the label"),
    "eprel_id": _("EPREL number"),
    "lifecycle": _("Life cycle"),
    "valid_from_date": _("Valid from"),
    "eco_fee": _("Eco-contribution"),
}
TIERS = {
    Tier.PREMIUM: _("premium"),
    Tier.QUALITY: _("quality"),
    Tier.BUDGET: _("budget"),
}


class MendForm(forms.Form):
    """The cells of a quarantined line: those that every list has, and the others that this line fills."""

    def __init__(self, told: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data, initial=dict(told))
        for name, label in LABELS.items():
            if name in ALWAYS or name in told:
                self.fields[name] = TextField(_LONGEST, label=label, required=False)
                self.fields[name].widget.attrs["autocomplete"] = "off"


class ReplayForm(forms.Form):
    """Which currency the amounts without one are in, if the list did not say."""

    currency = forms.ChoiceField(
        choices=[("", _("as the list was imported")), *((code, code) for code in CURRENCIES)],
        required=False,
        label=_("Currency of amounts without one"),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )


class TiersForm(forms.Form):
    """The tier of each brand, or none."""

    def __init__(self, brands: Iterable[Mapping[str, Any]], data: Any = None) -> None:
        super().__init__(data)
        self.brands = {f"tier_{rank}": brand for rank, brand in enumerate(brands)}
        for name, brand in self.brands.items():
            self.fields[name] = forms.ChoiceField(
                choices=[("", _("no tier")), *TIERS.items()],
                required=False,
                initial=brand["tier"],
                label=brand["brand"],
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )

    def changes(self) -> dict[str, Tier | None]:
        """Return the brands whose tier is another than before."""
        told = {name: value for name, value in self.cleaned_data.items() if value != self.brands[name]["tier"]}
        return {self.brands[name]["brand"]: Tier(value) if value else None for name, value in told.items()}
