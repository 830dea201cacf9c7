"""The sweep may be killed at any point: run again to its end, it leaves what an undisturbed run leaves."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from gardien.base import ledger, scope
from gardien.customers.models import Customer
from gardien.messaging.rules import Folder
from gardien.network.models import Repairer
from gardien.retention.actions import sweeping
from gardien.retention.actions._erasing import ERASED
from gardien.standing.rules import Event, Ground
from tests import rows
from tests.messaging import post

from . import killed
from .histories import LATE, History, Holding, Record, Somebody, Terms, When
from .worlds import Begun, ids_of, judge, seen, swept

AS_OF = datetime(2029, 3, 1, 11, tzinfo=UTC)
KILLS = 10
OF_RUNS = ("retention.Run", "retention.Outlook")


def crowd() -> History:
    """Thirty people of two repairers, of most of whom the time is over: merged, parted, held, restricted, withdrawn.

    Of these some were warned in time, and the others are only now.
    """
    past, joins = When(-1, time(10)), ("apart", "merged", "apart", "parted", "chained")
    people = []
    for rank in range(30):
        states = ("expired", "accepted")[: 1 + rank % 2]
        facts = ((Event.QUOTE_ISSUED, When(2 if rank % 7 == 0 else -1, time(10))),)
        record = Record(
            past, (), facts, states, rank % 2, ((True, past),), has_note=rank % 3 == 0, warned=(LATE,) * (rank % 4 > 0)
        )
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
    span = {"years": 2}
    terms = Terms("2020-01-25", span, span), Terms("2026-11-22", span, span, warning={"days": 10})
    return History(AS_OF, terms, tuple(people), ((0, past), (1, past)), (past,), (past,))


@pytest.fixture
def copies(begun: Begun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Write the crowd, have sweeps work in small batches and write letters, and return what puts the same rows back."""
    monkeypatch.setattr(sweeping, "BATCH", 6)
    monkeypatch.setattr(settings, "GARDIEN_MAIL", Folder(tmp_path))
    monkeypatch.setattr(settings, "GARDIEN_MAIL_FROM", post.FROM)
    versions = begun(crowd())
    for repairer in Repairer.objects.all():
        with scope.entered(repairer.id):
            Customer.objects.update(email="personne@exemple.example")
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
        "standing.RemovalWarning": ("controller_id", "subject", "clause", "due_at", "warned_at"),
        "messaging.Message": ("controller_id", "subject", "document_kind", "state"),
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
        "ledger": told(),
        "quarantined": after["retention.Quarantined"],
    }


def told() -> Counter[tuple[str, str]]:
    """Return the kinds and subjects of the ledger's lines that are done."""
    lines = (line for line in settings.GARDIEN_LEDGER.read().lines if line.state == "done")
    return Counter((line.kind, subject) for line in lines for subject in line.subjects)


def erased() -> list[str]:
    """Return whom the ledger tells to be erased."""
    return sorted(subject for kind, subject in told() if kind == ERASED)


def ended(before: dict[str, Any], undisturbed: dict[str, Any]) -> None:
    """Sweep to the end, and see that it left what an undisturbed sweep leaves, in the ledger too."""
    swept(AS_OF)
    ledger.reconcile()
    assert left(before) == undisturbed
    assert set(told().values()) == {1}
    standing = ledger.standing()
    assert (standing.unreplayed, standing.unknown, standing.lacking, standing.strays) == ((), (), 0, 0)


def test_a_sweep_that_was_killed_anywhere_leaves_what_an_undisturbed_one_leaves(copies: Any) -> None:
    versions = copies()
    before = seen()
    expected = judge(versions, AS_OF).left()
    lines = killed.sweep(AS_OF)
    undisturbed, least = left(before), killed.sweep(AS_OF)
    assert "removal_warning" in {kind for _, _, kind, _ in undisturbed["new"]["messaging.Message"]}
    after = judge(versions, AS_OF)
    assert {table: ids_of(after.world.rows[table]) & ids_of(before[table]) for table in expected} == expected
    chance, only_warned = random.Random(7), 0
    for tenth in range(KILLS):
        copies()
        assert killed.sweep(AS_OF, 1 + chance.randrange(tenth * lines // KILLS, (tenth + 1) * lines // KILLS)) == -1
        only_warned += len(seen()["standing.RemovalWarning"]) > len(before["standing.RemovalWarning"]) and not erased()
        ended(before, undisturbed)
    assert only_warned > 0
    copies()
    for _ in range(KILLS):  # before the end of a sweep that finds nothing left to do: whatever is left, it takes longer
        assert killed.sweep(AS_OF, chance.randrange(1, least)) == -1
    ended(before, undisturbed)


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
