"""What every process of the portal makes sure of before it serves, or refuses to start."""

from django.apps import apps
from django.db import connection

from gardien.base import walls
from gardien.commitment import registry
from gardien.portal import role_guard, stack


class StartupRefusedError(stack.RefusedError):
    """The portal must not serve as it is; the text says why, one reason a line."""


def places() -> list[tuple[str, str]]:
    """Return each column of each installed model, third-party ones included, as (model label, column)."""
    models = apps.get_models(include_auto_created=True)
    return [(model._meta.label, field.column) for model in models for field in model._meta.local_fields]


def refuse() -> None:
    """Raise `StartupRefusedError` for an unsafe role, an unclassified column, or walls that are not the registry's."""
    reasons = [f"Not classified in declares.py: {place}" for place in registry.unclassified(places())]
    try:
        with connection.cursor() as cursor:
            role_guard.refuse_unsafe_role(cursor)
    except role_guard.UnsafeRole as unsafe:
        raise StartupRefusedError(str(unsafe)) from unsafe
    reasons += [f"{difference}. Run: gardien migrate" for difference in walls.differences()]
    if reasons:
        raise StartupRefusedError("\n".join(["The portal refuses to start:", *reasons]))
