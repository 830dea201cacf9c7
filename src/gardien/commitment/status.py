"""Where each clause stands: kept by code and proved by a figure of this moment, or not yet.

| status | the clause |
| --- | --- |
| kept | has a keeper, and its proofs counted something and found nothing wrong |
| broken | has a keeper, and a proof found something wrong |
| unproved | has a keeper, but no proof, or proofs that had nothing to count |
| not_applicable | is not in this version, though in another: what it promises is switched off |
| not_yet | has no keeper so far |
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from gardien.base import scope

from . import registry
from .policy import Version, Versions

Status = Literal["kept", "broken", "unproved", "not_applicable", "not_yet"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True)
class Figure:
    """What all proofs of a clause counted, and how much of it they found wrong."""

    counted: int = 0
    wrong: int = 0


def keepers(clause: str) -> list[str]:
    """Return the names of the callables that keep a clause, as `module.name`."""
    return [keeper.name for keeper in registry.registry.keepers() if keeper.clause == clause]


def kept(version: Version) -> list[str]:
    """Return the version's clauses that have both a keeper and a proof, whatever the proof finds."""
    proved = {proof.clause for proof in registry.registry.proofs()}
    return [clause for clause in version.clauses if keepers(clause) and clause in proved]


def not_yet(version: Version) -> list[str]:
    """Return the version's clauses that have no keeper so far."""
    return [clause for clause in version.clauses if not keepers(clause)]


def measure(controllers: Iterable[UUID], at: datetime) -> dict[str, Figure]:
    """Take every proof at `at` and return what was found, by clause; of each controller in a transaction of its own.

    A proof of rows that belong to one controller counts nothing where there is no controller.
    """
    proofs = registry.registry.proofs()
    found = [(proof.clause, *proof.taken(at)) for proof in proofs if not proof.is_scoped]
    for controller in controllers:
        with scope.entered(controller):
            found += [(proof.clause, *proof.taken(at)) for proof in proofs if proof.is_scoped]
    figures: dict[str, Figure] = {}
    for clause, counted, wrong in found:
        before = figures.get(clause, Figure())
        figures[clause] = Figure(before.counted + counted, before.wrong + wrong)
    return figures


def of_clauses(version: Version, versions: Versions, figures: Mapping[str, Figure]) -> dict[str, Status]:
    """Return the status of each of the version's clauses in order, then of those that only other versions have."""
    clauses = {clause: None for each in (version, *versions.all) for clause in each.clauses}
    return {clause: _status(clause, version, figures.get(clause, Figure())) for clause in clauses}


def counts(versions: Versions, figures: Mapping[str, Figure]) -> list[dict[str, str | int]]:
    """Return `{version, kept, broken, unproved, not_applicable, not_yet}` per version, by day of effect.

    The five numbers of every version have the same sum: the clauses of all versions together.
    """
    rows: list[dict[str, str | int]] = []
    for version in versions.all:
        found = list(of_clauses(version, versions, figures).values())
        rows.append({"version": version.id, **{status: found.count(status) for status in STATUSES}})
    return rows


def _status(clause: str, version: Version, figure: Figure) -> Status:
    if clause not in version.clauses:
        return "not_applicable"
    if not keepers(clause):
        return "not_yet"
    if figure.wrong:
        return "broken"
    return "kept" if figure.counted else "unproved"
