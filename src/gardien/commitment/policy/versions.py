"""Versions of the commitment: read from files, and which one is in force on a day."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gardien.commitment.policy.checks import faults
from gardien.commitment.policy.clauses import VersionFile
from gardien.commitment.policy.schema import shapes
from gardien.commitment.policy.source import Source, VersionError
from gardien.commitment.policy.suggestions import Place, for_shape

VERSIONS_FOLDER = Path(__file__).parent.parent / "versions"
"""The versions that Gardien keeps, one file per day of effect."""

_REMEDIES = {
    "wording holds no digit: write the number as a field and name the field here": (
        "write {retention.period}, {delay.period} or the like"
    ),
    "every language must name the same fields": "name the field between braces in each language, or in none",
}


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
    file, errors = _read(path, content)
    if file is None or errors:
        raise errors[0]
    return Version.model_construct(**dict(file), sha256=hashlib.sha256(content).hexdigest())


def validate(path: Path) -> tuple[VersionError, ...]:
    """Return every fault of a version file in the order of its lines, none if `load` takes it.

    A file that is not YAML has one fault; one that is not there is an OSError.
    """
    return tuple(_read(path, path.read_bytes())[1])


def load_folder(folder: Path = VERSIONS_FOLDER) -> Versions:
    """Read all versions of a folder; VersionError if one of them cannot be used."""
    return Versions(tuple(load(path) for path in sorted(folder.glob("*.yaml"))))


def _read(path: Path, content: bytes) -> tuple[VersionFile | None, list[VersionError]]:
    """Return what a file holds, None if its shape is wrong, and what is wrong with it, in the order of its lines."""
    try:
        source = Source(path, content)
    except VersionError as error:
        return None, [error]
    try:
        file: VersionFile | None = VersionFile.model_validate(source.data)
        errors = []
    except ValidationError as refusal:
        file, errors = None, [_misshapen(source, fault) for fault in refusal.errors(include_url=False)]
    sound = file or _sound_part(source.data, [error.place for error in errors])
    if sound:
        gone = [f"“{error.place[1]}”" for error in errors if error.place[:1] == ("clauses",)]
        found = [fault for fault in faults(sound) if not any(id_ in fault.message for id_ in gone)]
        errors += [source.error(fault[0], fault[1], fault[2], at_key=fault.at_key) for fault in found]
    if file and path.stem != file.id:
        message = f"the file's name must be its day of effect, {file.id}.yaml"
        errors.append(source.error(("effective_date",), message, f"rename the file to {file.id}.yaml"))
    return file, sorted(errors, key=lambda error: (error.line, error.column))


def _sound_part(data: object, places: list[Place]) -> VersionFile | None:
    """Return a version without the clauses that are misshapen, so that the rest is judged too; None if that fails."""
    gone = {place[1] for place in places if place[:1] == ("clauses",) and len(place) > 1}
    if not gone or not isinstance(data, dict) or not isinstance(data.get("clauses"), dict):
        return None
    clauses = {id_: clause for id_, clause in data["clauses"].items() if id_ not in gone}
    try:
        return VersionFile.model_validate({**data, "clauses": clauses})
    except ValidationError:
        return None


def _misshapen(source: Source, fault: ErrorDetails) -> VersionError:
    kind, place, message = fault["type"], fault["loc"], fault["msg"].removeprefix("Value error, ")
    suggestion = for_shape(shapes(), place, kind, fault["input"])
    if kind == "extra_forbidden":
        return source.error(place, f"unknown key “{place[-1]}”", suggestion, at_key=True)
    if kind == "missing":
        return source.error(place, f"“{place[-1]}” is missing", suggestion)
    if place and place[-1] == "[key]":
        return source.error(place[:-1], f"“{place[-2]}” cannot be a key here", suggestion, at_key=True)
    if kind == "value_error":
        return source.error(place, message, _REMEDIES.get(message, suggestion))
    return source.error(place, message, suggestion)
