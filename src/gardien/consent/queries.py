"""Named reads of what people were told."""

from uuid import UUID

from .models import Reading


class NeverReadError(LookupError):
    """No such reading exists for this controller."""


def reading(identifier: UUID) -> Reading:
    """Return a reading of the present controller; raise `NeverReadError`."""
    found = Reading.objects.filter(id=identifier).first()
    if found is None:
        raise NeverReadError
    return found
