"""Where versions and clauses stand today, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy

from gardien.commitment import documents, status
from gardien.commitment import queries as commitment
from gardien.commitment.policy import Version
from gardien.commitment.status import Figure, Status

STATUSES: Mapping[Status, tuple[object, object]] = {
    "kept": (gettext_lazy("kept"), gettext_lazy("Code keeps it, and its figure finds nothing wrong.")),
    "broken": (gettext_lazy("broken"), gettext_lazy("Code keeps it, but its figure finds something wrong.")),
    "unproved": (
        gettext_lazy("unproved"),
        gettext_lazy("Code keeps it; it has no figure yet, or one measured only behind each repairer's wall."),
    ),
    "not_applicable": (gettext_lazy("not applicable"), gettext_lazy("Another version has it; this one does not.")),
    "not_yet": (gettext_lazy("not yet"), gettext_lazy("No code keeps it so far.")),
}


@dataclass(frozen=True)
class Standing:
    """A version on a day: `state` is "former", "in_force" or "coming"; `before` the id of the one before it, or ""."""

    id: str
    effective_date: date
    state: str
    before: str


@dataclass(frozen=True)
class Row:
    """A clause on the page of clauses; `figure` is None where nothing was counted."""

    id: str
    title: str
    status: Status
    status_name: str
    keepers: tuple[str, ...]
    figure: Figure | None


@dataclass(frozen=True)
class Count:
    """How many clauses of each version are in a status."""

    status: Status
    name: str
    meaning: str
    numbers: tuple[int, ...]


def of_versions(today: date) -> list[Standing]:
    """Return every version, the latest first."""
    versions = commitment.versions()
    in_force = versions.in_force(today)
    found, before = list[Standing](), ""
    for version in versions.all:
        state = "former" if version.effective_date < in_force.effective_date else "coming"
        state = "in_force" if version is in_force else state
        found.append(Standing(version.id, version.effective_date, state, before))
        before = version.id
    return found[::-1]


def of_clauses(version: Version, figures: Mapping[str, Figure], language: str) -> list[Row]:
    """Return the clauses of a version in order."""
    statuses = status.of_clauses(version, commitment.versions(), figures)
    return [
        Row(
            clause["id"],
            clause["title"],
            statuses[clause["id"]],
            str(STATUSES[statuses[clause["id"]]][0]),
            tuple(status.keepers(clause["id"])),
            figures.get(clause["id"]),
        )
        for clause in documents.outline(version, language)
    ]


def of_statuses(figures: Mapping[str, Figure]) -> list[Count]:
    """Return how many clauses are in each status, in the versions by day of effect."""
    rows = status.counts(commitment.versions(), figures)
    return [
        Count(id_, str(name), str(meaning), tuple(int(row[id_]) for row in rows))
        for id_, (name, meaning) in STATUSES.items()
    ]
