"""What is typed about accounts: who asks for one, and which role is given where. Forms validate and never save."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gardien.commitment import documents, roles
from gardien.commitment.policy import Version
from gardien.customers import rules
from gardien.network.rules import NotABusinessNumberError, SiretRefused, business_number

from .forms import NOT_LISTED, ReadField, TextField

_LONGEST_NAME, _LONGEST_SIRET = 38, 40
_REQUIRED = {"required": gettext_lazy("Fill in this field.")}


def read_siret(typed: str) -> str:
    """Return a SIRET as fourteen digits."""
    if len(typed) > _LONGEST_SIRET:
        raise SiretRefused("invalid")
    try:
        return business_number(typed)
    except NotABusinessNumberError:
        raise SiretRefused("invalid") from None


def _e164(typed: str) -> str:
    return rules.parse_phone(typed).e164


class PersonForm(forms.Form):
    """Who an account is for: the categories that a version lists for users, with its asterisks."""

    CATEGORIES = ("last_name", "first_name", "email", "phone")

    last_name = TextField(_LONGEST_NAME, label=gettext_lazy("Last name"), error_messages=_REQUIRED)
    first_name = TextField(_LONGEST_NAME, label=gettext_lazy("First name"), error_messages=_REQUIRED)
    email = ReadField(rules.parse_email, empty="", label=gettext_lazy("E-mail address"), error_messages=_REQUIRED)
    phone = ReadField(_e164, empty="", label=gettext_lazy("Telephone"), error_messages=_REQUIRED)

    def __init__(self, version: Version, data: Any = None) -> None:
        super().__init__(data)
        mandatory = documents.mandatory_fields(version, "user")
        for name in self.CATEGORIES:
            if name not in mandatory:
                del self.fields[name]
            else:
                self.fields[name].required = mandatory[name]
        for name, hint in {"last_name": "family-name", "first_name": "given-name", "email": "email"}.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = hint


def role_names(place: str) -> list[tuple[str, str]]:
    """Return the roles that are held at a kind of place, with their names."""
    matrix, language = roles.matrix(), (get_language() or "fr")[:2]
    return [(role, matrix.names[role][language]) for role, kind in matrix.places.items() if kind == place]


RoleField = partial(
    forms.ChoiceField,
    label=gettext_lazy("Role"),
    error_messages={**NOT_LISTED, "required": NOT_LISTED["invalid_choice"]},
)


class ColleagueForm(PersonForm):
    """A colleague for whom a site manager asks for an account."""

    role = RoleField()

    def __init__(self, version: Version, data: Any = None) -> None:
        super().__init__(version, data)
        self.fields["role"].choices = [("", _("Choose…")), *role_names("site")]  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """Which role is given where: at one of the sites or at a central party, such as `site:<id>`."""

    place = forms.ChoiceField(label=gettext_lazy("Where"), error_messages=dict(RoleField.keywords["error_messages"]))
    role = RoleField()

    def __init__(self, sites: Iterable[Any], parties: Iterable[Any], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.sites = {f"site:{site.id}": site for site in sites}
        self.parties = {f"{party.kind}:{party.id}": party for party in parties}
        places = [(key, f"{site.repairer.name} – {site.name}") for key, site in self.sites.items()]
        places += [(key, party.name) for key, party in self.parties.items()]
        known = [*role_names("site"), *role_names("network"), *role_names("provider")]
        self.fields["place"].choices = [("", _("Choose…")), *places]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("Choose…")), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a role that is not held at such a place; put the place itself under `where`."""
        told: dict[str, Any] = super().clean() or {}
        key = told.get("place", "")
        told["where"] = self.sites.get(key) or self.parties.get(key)
        if key and told.get("role") and roles.matrix().places[told["role"]] != key.partition(":")[0]:
            raise ValidationError(_("This role is not held there: choose another role or another place."))
        return told
