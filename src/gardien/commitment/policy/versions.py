"""Versions of the commitment: read from files, and which one is in force on a day."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from gardien.commitment.policy.clauses import VersionFile
from gardien.commitment.policy.fields import faults
from gardien.commitment.policy.source import Source, VersionError

VERSIONS_FOLDER = Path(__file__).parent.parent / "versions"
"""The versions that Gardien keeps, one file per day of effect."""


class UnknownLanguageError(ValueError):
    """The version does not speak this language."""


class UnknownVersionError(LookupError):
    """No version bears this id."""


class NoVersionInForceError(LookupError):
    """The day is before the first version's."""


class Version(VersionFile):
    """One version of the commitment, as promised from `effective_date` on; read it with `load`.

    `sha256` is the hexadecimal digest of the file's bytes.
    """

    sha256: str

    def require_language(self, language: str) -> None:
        """Refuse a language this version does not speak with UnknownLanguageError."""
        if language not in self.languages:
            message = f"Version {self.id} speaks {' and '.join(self.languages)}, not “{language}”."
            raise UnknownLanguageError(message)


@dataclass(frozen=True)
class Versions:
    """All versions of a folder, by day of effect."""

    all: tuple[Version, ...]

    def in_force(self, day: date) -> Version:
        """Return the version that governs on a day (Europe/Paris): the latest whose day has come.

        Before the first one: NoVersionInForceError.
        """
        awake = [version for version in self.all if version.effective_date <= day]
        if not awake:
            message = f"No version of the commitment is in force on {day}."
            raise NoVersionInForceError(message)
        return awake[-1]

    def get(self, id_: str) -> Version:
        """Return the version whose id is a day of effect, asleep or not; else UnknownVersionError."""
        for version in self.all:
            if version.id == id_:
                return version
        message = f"There is no version “{id_}” of the commitment."
        raise UnknownVersionError(message)


def load(path: Path) -> Version:
    """Read one version file; VersionError points at the first fault by line and column.

    It costs about a quarter of a second: keep the result. A file that is not there is an OSError.
    """
    content = path.read_bytes()
    source = Source(path, content)
    try:
        file = VersionFile.model_validate(source.data)
    except ValidationError as error:
        raise _first(source, error) from None
    if path.stem != file.id:
        raise source.error(("effective_date",), f"the file's name must be its day of effect, {file.id}.yaml")
    for place, message in faults(file):
        raise source.error(place, message)
    return Version.model_construct(**dict(file), sha256=hashlib.sha256(content).hexdigest())


def load_folder(folder: Path = VERSIONS_FOLDER) -> Versions:
    """Read all versions of a folder; VersionError if one of them cannot be used."""
    return Versions(tuple(load(path) for path in sorted(folder.glob("*.yaml"))))


def _first(source: Source, error: ValidationError) -> VersionError:
    """Return the fault that stands highest in the file."""
    found = [_fault(source, fault["type"], fault["loc"], fault["msg"]) for fault in error.errors(include_url=False)]
    return min(found, key=lambda fault: (fault.line, fault.column))


def _fault(source: Source, kind: str, place: tuple[str | int, ...], message: str) -> VersionError:
    if kind == "extra_forbidden":
        return source.error(place, f"unknown key “{place[-1]}”", at_key=True)
    if kind == "missing":
        return source.error(place, f"“{place[-1]}” is missing")
    if place and place[-1] == "[key]":
        return source.error(place[:-1], f"“{place[-2]}” cannot be a key here", at_key=True)
    return source.error(place, message.removeprefix("Value error, "))
