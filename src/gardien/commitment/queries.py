"""Which version governs."""

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from . import policy


@cache
def _versions(folder: Path) -> policy.Versions:
    return policy.load_folder(folder)


def versions() -> policy.Versions:
    """Return every version of the installation's folder, coming ones included."""
    return _versions(settings.GARDIEN_VERSIONS_FOLDER)


def in_force(day: date) -> policy.Version:
    """Return the version in force on `day`, by the calendar of Paris."""
    return versions().in_force(day)
