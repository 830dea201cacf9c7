"""What is held about a user, found by what the rooms declare."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP

from gardien.commitment.registry import Holding, registry

from ..models import User
from .people import references

IDS = ("user_id", "opened_by_id")
"""Plain ids of users, in rows that outlive accounts."""


def held(user: User) -> dict[str, list[dict[str, Any]]]:
    """Return what each declared table holds about a user and is exported to them; call in the network's scope.

    Sealed columns and JSON keys apart from their column are left out.
    """
    named, found = references(user), dict[str, list[dict[str, Any]]]()
    for place, columns in _exported().items():
        model, path = apps.get_model(place), columns.pop("")
        wanted = [user.id] if path in IDS else named
        rows = model._default_manager.filter(**{f"{path}{LOOKUP_SEP}in": wanted}).order_by("pk")
        if values := list(rows.values(*columns)):
            found[place] = values
    return found


def _exported() -> dict[str, dict[str, str]]:
    """Return the columns of users' data by table, and under the empty name how their person is found."""
    places = dict[str, dict[str, str]]()
    for holding in registry.holdings():
        path = holding.found_by.replace(".", LOOKUP_SEP)
        model = _model(holding)
        if model is None or not _leads(model, path):
            continue
        kept = (name for name in holding.columns if "." not in name and not _is_sealed(model, name))
        places.setdefault(holding.place, {"": path}).update(dict.fromkeys(kept, ""))
    return places


def _model(holding: Holding) -> type[Model] | None:
    is_users = any(purpose.startswith("user.") for purpose in holding.purposes)
    if ":" in holding.place or not is_users or not holding.is_exported:
        return None
    return apps.get_model(holding.place)


def _leads(model: type[Model], path: str) -> bool:
    """Say whether a path of fields ends at a reference, or at a user's id."""
    *relations, last = path.split(LOOKUP_SEP)
    try:
        for name in relations:
            related = model._meta.get_field(name).related_model
            model = related if isinstance(related, type) else model
        return last in ("reference", "subject", *IDS) and bool(model._meta.get_field(last))
    except FieldDoesNotExist:
        return False


def _is_sealed(model: type[Model], column: str) -> bool:
    field = next(field for field in model._meta.local_fields if field.column == column)
    return field.get_internal_type() == "BinaryField"
