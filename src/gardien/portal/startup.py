"""What every process of the portal makes sure of before it serves, or refuses to start."""

from django.apps import apps
from django.conf import settings
from django.db import connection

from gardien.base import jobs, ledger, walls
from gardien.base.crypto import KeyMissing
from gardien.commitment import registry
from gardien.portal import role_guard, stack

SHOWN = 10


class StartupRefusedError(stack.RefusedError):
    """The portal must not serve as it is; the text says why, one reason a line."""


def places() -> list[tuple[str, str]]:
    """Return each place where personal data may lie, as `commitment.registry` names them.

    They are (model label, column) of each installed model, third-party ones included, and (`job:<name>`, argument).
    """
    models = apps.get_models(include_auto_created=True)
    columns = [(model._meta.label, field.column) for model in models for field in model._meta.local_fields]
    return columns + [(f"job:{name}", argument) for name, taken in jobs.arguments().items() for argument in taken]


def reasons_of_ledger() -> list[str]:
    """Return why the ledger forbids to serve: it lacks what the database knows, or knows what the database lacks."""
    folder = settings.GARDIEN_LEDGER.folder
    try:
        ledger.reconcile()
        standing = ledger.standing()
    except OSError as error:
        return [f"The ledger in {folder}, the folder that GARDIEN_LEDGER names, cannot be read or written: {error}"]
    reasons = []
    if lost := standing.lacking + standing.strays:
        reasons.append(
            f"The ledger in {folder}, the folder that GARDIEN_LEDGER names, lacks {lost} lines. Restore that folder "
            f"from its own copy; what to do if there is none stands in docs/operations.md, under Erasure ledger"
        )
    if standing.is_too_old:
        reasons.append("The database was restored from before all that the ledger still knows. Restore a later backup")
    if standing.unreplayed:
        reasons.append(
            f"The database was restored from before {len(standing.unreplayed)} lines of the ledger: erasures, "
            f"corrections, objections that must be done again. Run: gardien restore"
        )
    return reasons


def refuse() -> None:
    """Raise `StartupRefusedError` where the portal must not serve.

    Reasons are an unsafe role, an unclassified place, a missing key, walls that differ, and a ledger that was not done
    again since the database was restored.
    """
    reasons = [f"Not classified in declares.py: {place}" for place in registry.unclassified(places())]
    try:
        settings.GARDIEN_KEYRING.require()
    except KeyMissing as missing:
        reasons.append(str(missing))
    try:
        with connection.cursor() as cursor:
            role_guard.refuse_unsafe_role(cursor)
    except role_guard.UnsafeRole as unsafe:
        raise StartupRefusedError(str(unsafe)) from unsafe
    differences = walls.differences()
    reasons += differences[:SHOWN]
    if differences:
        reasons.append(f"The database departs from its plan at {len(differences)} points. Run: gardien migrate")
    else:
        reasons += reasons_of_ledger()
    if reasons:
        raise StartupRefusedError("\n".join(["The portal refuses to start:", *reasons]))
