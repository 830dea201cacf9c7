"""The sweep against a slow obvious model, over generated histories, clocks and versions."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from gardien.base import clock, scope
from gardien.consent import queries as consent
from gardien.standing import queries as standing

from .histories import HISTORIES, History
from .judged import CLAUSES, Judge, Judged
from .model import MESSAGES, QUOTES, World
from .worlds import FEW, MANY, Begun, counted, ids_of, judge, seen, swept

OF_RUNS = {"retention.Run", "retention.Outlook", "journal.Entry", "base.LedgerMark"}


@FEW
@given(HISTORIES)
def test_a_card_tells_the_instants_of_the_model(begun: Begun, history: History) -> None:
    versions = begun(history)
    world, at = World(seen(), versions), history.as_of
    now = versions.in_force(clock.legal_day(at))
    for person in world.persons():
        with scope.entered(person.controller):
            readings = consent.readings(person.references)
            told_on = clock.legal_day(readings[0].read_at)
            was_told_again = any(each.version == now.id for each in readings)
            kept = standing.explain(person.references, told_on, was_told_again=was_told_again, at=at)
        told = {each.clause: each.until_at for each in kept if each.clause in (QUOTES, MESSAGES)}
        clauses = [clause for clause in (QUOTES, MESSAGES) if world.retention(person, clause, at)]
        assert told == {clause: world.instant(person, clause, at) for clause in clauses}


@FEW
@given(HISTORIES)
def test_a_sweep_counts_and_leaves_what_the_model_says(begun: Begun, history: History) -> None:
    agrees(begun, history)


@pytest.mark.soak
@MANY
@given(HISTORIES)
def test_many_sweeps_count_and_leave_what_the_model_says(begun: Begun, history: History) -> None:
    agrees(begun, history)


def agrees(begun: Begun, history: History) -> None:
    """Try dry, sweep, and sweep again: each tells and leaves what the model says, and the last does nothing."""
    versions, at = begun(history), history.as_of
    before, held = judge(versions, at), everything()
    assert of_customers(counted(at)) == before.figures()
    assert everything() == held
    run = swept(at)
    after = judge(versions, at)
    assert ids(after, before) == before.left()
    assert warned(after, before) == before.to_warn()
    assert of_customers(run) == after.figures() | {
        clause: {**after.figures()[clause], "due": figure["due"]} for clause, figure in before.figures().items()
    }
    assert [figure["id"] for figure in run.values() if figure["due"] != figure["done"] or figure["quarantined"]] == []
    again = everything()
    assert {figure["done"] for figure in swept(at).values()} == {0}
    assert everything() == again


def warned(after: Judge, before: Judge) -> list[Any]:
    """Return who was warned meanwhile."""
    were = ids_of(before.world.rows["standing.RemovalWarning"])
    return sorted(row["subject"] for row in after.world.rows["standing.RemovalWarning"] if row["id"] not in were)


def everything() -> dict[str, Any]:
    """Return the rows of all tables but those in which runs tell of themselves."""
    return {table: rows for table, rows in seen().items() if table not in OF_RUNS}


def of_customers(figures: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what figures say of the clauses that the model knows."""
    named = ("due", "held", "deferred", "overdue", "oldest_overdue", "next_due")
    nothing = Judged().figure
    return {clause: {name: figures.get(clause, nothing)[name] for name in named} for clause in CLAUSES}


def ids(after: Judge, before: Judge) -> dict[str, set[UUID]]:
    """Return which of the rows that were there before are there still, by table."""
    were = {table: {row["id"] for row in rows} for table, rows in before.world.rows.items() if table in before.left()}
    return {table: {row["id"] for row in after.world.rows[table]} & rows for table, rows in were.items()}
