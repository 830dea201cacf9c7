"""The sweep may be killed at any point: run again to its end, it leaves what an undisturbed run leaves."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.conf import settings

from gardien.base import ledger
from gardien.retention.actions import sweeping
from gardien.standing.rules import Event, Ground
from tests import rows

from . import killed
from .histories import History, Holding, Record, Somebody, Terms, When
from .worlds import Begun, ids_of, judge, seen, swept

AS_OF = datetime(2029, 3, 1, 11, tzinfo=UTC)
KILLS = 10
NEW = ("standing.Closure", "standing.Archived", "retention.Twin", "journal.Entry", "base.LedgerMark")
OF_RUNS = ("retention.Run", "retention.Outlook")


def crowd() -> History:
    """Thirty people of two repairers, of most of whom the time is over: merged, parted, held, restricted, withdrawn."""
    past, joins = When(-1, time(10)), ("apart", "merged", "apart", "parted", "chained")
    people = []
    for rank in range(30):
        states = ("expired", "accepted")[: 1 + rank % 2]
        facts = ((Event.QUOTE_ISSUED, When(2 if rank % 7 == 0 else -1, time(10))),)
        record = Record(past, (), facts, states, rank % 2, ((True, past),), has_note=rank % 3 == 0, warned=())
        hold = Holding(Ground.WARRANTY, "plate", 5 if rank % 2 else -5, is_released=False)
        person = Somebody(
            records=(record,) * (1 + rank % 3),
            join=joins[rank % 5],
            endings=((0, "client.use.quote", past),) if rank % 4 == 0 else (),
            resumptions=(),
            holds=((0, hold),) if rank % 6 in (1, 2) else (),
            restriction="placed" if rank == 11 else "none",
            span=0,
        )
        people.append((rank % 2, person))
    terms = Terms("2020-01-25", {"years": 2}, {"years": 2}), Terms("2026-11-22", {"years": 2}, {"years": 2})
    return History(AS_OF, terms, tuple(people), ((0, past), (1, past)), (past,), (past,))


@pytest.fixture
def copies(begun: Begun, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Write the crowd, have sweeps work in small batches, and return what puts the same rows back."""
    monkeypatch.setattr(sweeping, "BATCH", 6)
    versions = begun(crowd())
    kept = rows.taken_out()

    def again() -> Any:
        rows.empty_tables()
        rows.put_back(kept)
        return versions

    yield again


def left(before: dict[str, Any]) -> dict[str, Any]:
    """Return what a run has left, told without what chance and the number of batches give: new keys, entries, runs."""
    after = seen()
    old = {table: ids_of(after[table]) & ids_of(before[table]) for table in after if table not in OF_RUNS}
    of = {
        "standing.Closure": ("controller_id", "subject", "last_at", "ended_at"),
        "standing.Archived": ("controller_id", "subject", "hold_id", "clause", "due_at", "archived_at"),
        "retention.Twin": ("controller_id", "kind", "level", "period", "department", "size", "amount"),
    }
    new = {table: Counter(tuple(row[name] for name in names) for row in after[table]) for table, names in of.items()}
    changed = {
        table: {row["id"]: row for row in after[table] if row["id"] in old[table]} for table in old if old[table]
    }
    counted: Counter[Any] = Counter()
    for row in after["journal.Entry"]:
        if row["tag"].startswith("retention:"):
            counted[row["controller_id"], row["tag"]] += int(row["references"].get("count", 1))
    return {
        "old": changed,
        "new": new,
        "journal": counted,
        "erased": erased(),
        "quarantined": after["retention.Quarantined"],
    }


def erased() -> list[str]:
    """Return the references in the lines of the ledger that are done."""
    return sorted(
        each for line in settings.GARDIEN_LEDGER.read().lines if line.state == "done" for each in line.subjects
    )


def test_a_sweep_that_was_killed_ten_times_leaves_what_an_undisturbed_one_leaves(copies: Any) -> None:
    versions = copies()
    before = seen()
    expected = judge(versions, AS_OF).left()
    lines = killed.sweep(AS_OF)
    undisturbed = left(before)
    after = judge(versions, AS_OF)
    assert {table: ids_of(after.world.rows[table]) & ids_of(before[table]) for table in expected} == expected
    copies()
    chance, survived = random.Random(7), 0
    for _ in range(KILLS):
        survived += killed.sweep(AS_OF, chance.randrange(1, lines)) >= 0
    swept(AS_OF)
    ledger.reconcile()
    assert left(before) == undisturbed
    assert survived < KILLS
    standing = ledger.standing()
    assert (standing.unreplayed, standing.unknown, standing.lacking, standing.strays) == ((), (), 0, 0)
    assert Counter(erased()).most_common(1)[0][1] == 1


def test_a_deletion_that_was_rolled_back_is_never_replayed(copies: Any) -> None:
    versions = copies()
    before = judge(versions, AS_OF).world.rows["customers.Customer"]
    assert killed.sweep(AS_OF, leaving="write") == -1
    assert states() == {"intended": 1}
    ledger.reconcile()
    assert states() == {"void": 1}
    assert judge(versions, AS_OF).world.rows["customers.Customer"] == before
    assert ledger.replay(lambda *_: pytest.fail("nothing is to be done again")) == 0


def test_a_deletion_that_was_committed_as_its_process_was_killed_is_told_and_not_done_twice(copies: Any) -> None:
    versions = copies()
    before = judge(versions, AS_OF).world.rows["customers.Customer"]
    assert killed.sweep(AS_OF, entering="_done") == -1
    ledger.reconcile()
    after = judge(versions, AS_OF).world.rows["customers.Customer"]
    gone = {row["reference"] for row in before} - {row["reference"] for row in after}
    assert (states(), set(erased())) == ({"done": 1}, gone)
    assert len(gone) > 1
    assert ledger.replay(lambda *_: pytest.fail("nothing is to be done again")) == 0


def states() -> Counter[str]:
    """Return how many lines of the ledger are in each state."""
    return Counter(line.state for line in settings.GARDIEN_LEDGER.read().lines)
