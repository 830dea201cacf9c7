"""Each clause stands where code and figures put it, measured on behalf of each controller in a transaction of its own."""

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from gardien.base import clock, ids, scope
from gardien.commitment import policy, status
from gardien.commitment.registry import Declaration, Keeper, Proof, registry
from gardien.commitment.status import Figure
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.portal.commands import commitment_status
from gardien.portal.config import read
from tests import scene

VERSIONS = policy.load_folder()
FIRST, SECOND = VERSIONS.all
CLAUSE = "user.use.audience"
"""A clause that no code keeps so far."""


@pytest.fixture
def declared() -> Iterator[Any]:
    """Let a test speak for a room of its own."""
    yield lambda **words: registry.register("trial", Declaration(**words))
    registry.rooms.pop("trial", None)


def told(figures: dict[str, Figure], version: policy.Version = FIRST) -> status.Status:
    return status.of_clauses(version, VERSIONS, figures)[CLAUSE]


def test_a_clause_without_keeper_is_not_yet_whatever_a_figure_says() -> None:
    assert told({}) == "not_yet"
    assert told({CLAUSE: Figure(3, 0)}) == "not_yet"
    assert CLAUSE in status.not_yet(FIRST)


def test_a_keeper_without_a_figure_or_whose_figure_counted_nothing_is_unproved(declared: Any) -> None:
    before = status.not_yet(FIRST)
    declared(keepers=(Keeper(CLAUSE, print),))
    assert told({}) == "unproved"
    assert told({CLAUSE: Figure(0, 0)}) == "unproved"
    assert status.not_yet(FIRST) == [clause for clause in before if clause != CLAUSE]


def test_a_keeper_whose_figure_finds_nothing_wrong_keeps_and_else_is_broken(declared: Any) -> None:
    declared(keepers=(Keeper(CLAUSE, print),))
    assert told({CLAUSE: Figure(3, 0)}) == "kept"
    assert told({CLAUSE: Figure(3, 1)}) == "broken"
    assert told({CLAUSE: Figure(0, 1)}) == "broken"


def test_a_clause_that_only_another_version_has_is_not_applicable() -> None:
    found = status.of_clauses(FIRST, VERSIONS, {})
    assert [clause for clause, each in found.items() if each == "not_applicable"] == [
        clause for clause in SECOND.clauses if clause not in FIRST.clauses
    ]
    assert status.of_clauses(SECOND, VERSIONS, {})["user.retention.ads"] == "not_applicable"


def test_the_counts_of_every_version_are_integers_with_the_same_sum() -> None:
    rows = status.counts(VERSIONS, {"client.collection": Figure(2, 1), "client.notice.verso": Figure(1, 0)})
    assert [list(row) for row in rows] == [["version", *status.STATUSES]] * 2
    assert [row.pop("version") for row in rows] == [FIRST.id, SECOND.id]
    every = {*FIRST.clauses, *SECOND.clauses}
    assert [sum(map(int, row.values())) for row in rows] == [len(every)] * 2
    assert [(row["kept"], row["broken"]) for row in rows] == [(1, 1)] * 2
    assert [row["not_yet"] for row in rows] == [len(status.not_yet(FIRST)), len(status.not_yet(SECOND))]


def test_a_proof_is_measured_once_or_on_behalf_of_each_controller_in_its_own_transaction(
    committed: None, declared: Any
) -> None:
    seen: list[Any] = []

    def scoped() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text, current_setting('gardien.controller')")
            seen.append((scope.current(), *cursor.fetchone()))
        return 2, 1

    proofs = (Proof(CLAUSE, lambda: (5, 0)), Proof("user.persons", scoped, is_scoped=True))
    declared(proofs=proofs)
    controllers = [ids.new() for _ in range(3)]
    figures = status.measure(controllers, clock.now())
    assert (figures[CLAUSE], figures["user.persons"]) == (Figure(5, 0), Figure(6, 3))
    assert [controller for controller, _, _ in seen] == controllers
    assert [setting for _, _, setting in seen] == [str(controller) for controller in controllers]
    assert len({transaction for _, transaction, _ in seen}) == 3
    assert "user.persons" not in status.measure((), clock.now())


def test_the_figures_of_all_repairers_are_added_up_and_one_wrong_row_breaks_a_clause(
    cast: SimpleNamespace, at: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    controllers = [each.id for each in (*network.repairers(), *network.parties())]
    clauses = ("client.collection", "client.notice.verso")
    expected = [
        ((Figure(0, 0), Figure(0, 0)), ("unproved", "unproved")),
        ((Figure(2, 0), Figure(2, 0)), ("kept", "kept")),
        ((Figure(2, 1), Figure(2, 0)), ("broken", "kept")),
    ]
    for step, (counted, stand) in enumerate(expected):
        if step == 1:
            for garage in ("tilleul", "canal"):
                scene.issued(cast.membership(f"counter.adviser@{garage}.example"), at)
        if step == 2:
            with scope.entered(cast.site("CANAL").repairer_id):
                Customer.objects.update(reading_id=ids.new())
        figures = status.measure(controllers, clock.now())
        assert tuple(figures[clause] for clause in clauses) == counted
        for version in VERSIONS.all:
            found = status.of_clauses(version, VERSIONS, figures)
            assert tuple(found[clause] for clause in clauses) == stand
        assert rows(capsys) == status.counts(VERSIONS, figures)


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what the command prints."""
    capsys.readouterr()
    assert commitment_status.run(argparse.Namespace(json=True), read()) == 0
    told: dict[str, list[dict[str, Any]]] = json.loads(capsys.readouterr().out)
    assert list(told) == ["versions"]
    return told["versions"]


def test_the_command_prints_a_line_per_version_too(cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    counted = rows(capsys)
    assert commitment_status.run(argparse.Namespace(json=False), read()) == 0
    assert capsys.readouterr().out.splitlines() == [
        ", ".join(f"{name} {number}" for name, number in row.items()) for row in counted
    ]
