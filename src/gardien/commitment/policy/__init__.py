"""What was promised, as values: pure Python, no Django, no clock.

A version file (`versions/<day of effect>.yaml`) holds parties, clauses with their fields and wording, and
the layout of the notices. `load` reads one, `load_folder` all; `Versions.in_force(day)` says which governs.
"""

from gardien.commitment.policy.clauses import Clause, Notice, Party, VersionFile
from gardien.commitment.policy.fields import CONTROLLER_FIELDS, render, version_fields
from gardien.commitment.policy.periods import Period
from gardien.commitment.policy.source import VersionError
from gardien.commitment.policy.versions import (
    VERSIONS_FOLDER,
    NoVersionInForceError,
    UnknownLanguageError,
    UnknownVersionError,
    Version,
    Versions,
    load,
    load_folder,
)
from gardien.commitment.policy.wording import LANGUAGES, Wording

__all__ = [
    "CONTROLLER_FIELDS",
    "LANGUAGES",
    "VERSIONS_FOLDER",
    "Clause",
    "NoVersionInForceError",
    "Notice",
    "Party",
    "Period",
    "UnknownLanguageError",
    "UnknownVersionError",
    "Version",
    "VersionError",
    "VersionFile",
    "Versions",
    "Wording",
    "load",
    "load_folder",
    "render",
    "version_fields",
]
