"""What was promised, as values: pure Python, no Django, no clock.

A version file (`versions/<day of effect>.yaml`) holds parties, clauses with their fields and wording, and
the layout of the notices. `load` reads one, `load_folder` all, `validate` says all that is wrong with one;
`Versions.in_force(day)` says which is in force, `governing` which governs a record. `docs/commitment.md` describes the
language.
"""

from gardien.commitment.policy.clauses import Clause, Delay, Notice, Party, Retention, VersionFile
from gardien.commitment.policy.fields import CONTROLLER_FIELDS, render, version_fields
from gardien.commitment.policy.governing import NoClockError, governing, may_keep_longer, may_outlast, retention
from gardien.commitment.policy.kinds import POPULATIONS, Population, is_purpose
from gardien.commitment.policy.periods import Period
from gardien.commitment.policy.schema import json_schema
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
    validate,
)
from gardien.commitment.policy.wording import LANGUAGES, Wording

__all__ = [
    "CONTROLLER_FIELDS",
    "LANGUAGES",
    "POPULATIONS",
    "VERSIONS_FOLDER",
    "Clause",
    "Delay",
    "NoClockError",
    "NoVersionInForceError",
    "Notice",
    "Party",
    "Period",
    "Population",
    "Retention",
    "UnknownLanguageError",
    "UnknownVersionError",
    "Version",
    "VersionError",
    "VersionFile",
    "Versions",
    "Wording",
    "governing",
    "is_purpose",
    "json_schema",
    "load",
    "load_folder",
    "may_keep_longer",
    "may_outlast",
    "render",
    "retention",
    "validate",
    "version_fields",
]
