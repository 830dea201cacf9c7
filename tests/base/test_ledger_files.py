"""The ledger's files: what a loss of power, two writers, a month and time do to them."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction

from gardien.base import crypto, ids, ledger, scope
from gardien.base.ledger_files import Line
from gardien.base.models import LedgerMark
from tests.base.ledger import (
    CONTROLLER,
    NOW,
    SOMEBODY,
    SOMEBODY_ELSE,
    VALUES,
    Undone,
    folder,
    keys,
    replayed,
    restored,
    segments,
    states,
    write,
)

pytestmark = pytest.mark.usefixtures("committed")

ROOT = Path(__file__).parents[2]


def test_files_say_no_value_and_belong_to_their_owner_alone() -> None:
    write(values=VALUES)
    assert "moreau" not in text().lower()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder(), *folder().rglob("*"))}
    assert {name for name, mode in modes.items() if mode & 0o077} == set()
    assert keys() == [f"{SOMEBODY}.key"]


def test_a_line_of_a_savepoint_that_is_rolled_back_is_void() -> None:
    with scope.entered(CONTROLLER):
        with pytest.raises(Undone), transaction.atomic():
            write()
            raise Undone
        write()
    ledger.reconcile()
    assert states() == ["void", "done"]


def months() -> list[str]:
    return [path.stem for path in segments()]


def text() -> str:
    return "".join(path.read_text() for path in segments())


def settled() -> list[str]:
    ledger.reconcile()
    return states()


def test_a_torn_last_line_is_counted_and_the_next_one_is_whole() -> None:
    write()
    path = segments()[0]
    with path.open("ab") as file:
        file.write(b'{"id":"0192')
    assert (ledger.standing().torn, states()) == (1, ["done"])
    write()
    assert (ledger.standing().torn, states()) == (1, ["done", "done"])
    assert ledger.standing().unreplayed == ()


def test_a_torn_end_is_told_again() -> None:
    write()
    path = segments()[0]
    path.write_bytes(path.read_bytes()[:-9])
    assert states() == ["intended"]
    assert settled() == ["done"]


def test_a_lost_line_or_folder_is_seen() -> None:
    write()
    write()
    path = segments()[0]
    whole = path.read_text().splitlines(keepends=True)
    path.write_text("".join(whole[:2]))
    assert (ledger.standing().lacking, ledger.standing().strays) == (1, 0)
    path.write_text("".join(whole[1:]))
    assert (ledger.standing().lacking, ledger.standing().strays) == (1, 1)
    path.unlink()
    write()
    assert ledger.standing().lacking == 2


def test_two_processes_write_each_line_whole() -> None:
    script = f"""
from gardien.portal import boot; boot.load()
from datetime import UTC, datetime
from gardien.base import ids, ledger, scope
controller = ids.new()
for _ in range(40):
    with scope.entered(controller):
        ledger.write("tests.told", controller=controller, subjects=["{SOMEBODY}"], at=datetime.now(UTC),
                     values={{"text": "x" * 5000}})
"""
    both = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    standing = ledger.standing()
    assert (states(), standing.torn, standing.lacking, standing.unreplayed) == (["done"] * 80, 0, 0, ())
    restored(*[line.id for line in settings.GARDIEN_LEDGER.read().lines])
    assert len(replayed()) == 80


def test_writers_who_are_the_first_about_one_person_at_once_seal_under_one_key() -> None:
    at_once, subjects = Barrier(4, timeout=30), [ids.reference("C") for _ in range(25)]

    def told(turn: int) -> None:
        for subject in subjects:
            at_once.wait()
            line = Line(
                ids.new(), "tests.told", CONTROLLER, "here", 1, NOW, (subject,), is_erasure=False, sealed="", begins=0
            )
            settings.GARDIEN_LEDGER.intend(line, {"turn": turn})

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(told, range(4)))
    lines = settings.GARDIEN_LEDGER.read().lines
    assert sorted(settings.GARDIEN_LEDGER.values(line)["turn"] for line in lines) == sorted([0, 1, 2, 3] * 25)


def test_an_erasure_of_five_thousand_is_one_line_and_takes_milliseconds() -> None:
    subjects = [ids.reference("C") for _ in range(5000)]
    write(values=VALUES)
    spent = []
    for _ in range(5):
        before = time.process_time()
        write(subjects, is_erasure=True)
        spent.append(time.process_time() - before)
    assert len(text().splitlines()) == 2 + 5 * 2
    assert min(spent) < 0.01


def test_a_month_begins_a_segment_and_segments_that_all_backups_have_seen_are_removed() -> None:
    first = _line_of(datetime(2026, 9, 30, tzinfo=UTC), values=VALUES)
    kept = _line_of(datetime(2026, 10, 2, tzinfo=UTC), values=VALUES, subject=SOMEBODY_ELSE)
    position = ledger.position()
    last = write()
    assert months() == ["2026-09", "2026-10", f"{datetime.now(UTC):%Y-%m}"]
    whole = ledger.position()
    ledger.prune(position - 1)
    assert months()[0] == "2026-10"
    assert keys() == [f"{SOMEBODY_ELSE}.key"]
    assert set(LedgerMark.objects.values_list("id", flat=True)) == {first, kept, last}
    ledger.prune(position)
    assert (len(segments()), keys(), ledger.position()) == (1, [], whole)
    assert set(LedgerMark.objects.values_list("id", flat=True)) == {kept, last}
    standing = ledger.standing()
    assert (standing.unreplayed, standing.lacking, standing.is_too_old) == ((), 0, False)
    restored(kept)
    assert ledger.standing().is_too_old


def _line_of(day: datetime, *, values: Any, subject: str = SOMEBODY) -> UUID:
    """Write and commit a line whose id was made on another day."""
    made = UUID(int=int(day.timestamp() * 1000) << 80 | ids.new().int & (1 << 80) - 1)
    with scope.entered(CONTROLLER):
        line = Line(made, "tests.told", CONTROLLER, "here", 1, day, (subject,), is_erasure=False, sealed="", begins=0)
        settings.GARDIEN_LEDGER.intend(line, values)
        LedgerMark.objects.create(id=made)
    settings.GARDIEN_LEDGER.end(made, "done")
    return made


def test_a_line_that_ended_in_a_later_segment_keeps_its_own() -> None:
    day = datetime.now(UTC) - timedelta(days=40)
    made = UUID(int=int(day.timestamp() * 1000) << 80 | ids.new().int & (1 << 80) - 1)
    line = Line(made, "tests.told", CONTROLLER, "here", 1, day, (SOMEBODY,), is_erasure=False, sealed="", begins=0)
    settings.GARDIEN_LEDGER.intend(line, None)
    write()
    settings.GARDIEN_LEDGER.end(made, "done")
    ledger.prune(ledger.position())
    assert len(segments()) == 2


def test_a_value_does_not_open_as_another_lines() -> None:
    write(values=VALUES)
    write(values=VALUES)
    one, two = settings.GARDIEN_LEDGER.read().lines
    with pytest.raises(crypto.Unreadable):
        settings.GARDIEN_LEDGER.values(Line(**{**vars(one), "sealed": two.sealed}))
