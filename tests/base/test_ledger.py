"""The ledger: what is written when, what is done again after a restore, and what never is."""

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from gardien.base import ledger, scope
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
    rolled_back,
    segments,
    states,
    write,
)

pytestmark = pytest.mark.usefixtures("committed")

ROOT = Path(__file__).parents[2]


def killed(when: str) -> None:
    """Write a line in another process that kills itself at a point: before or after the commit."""
    script = f"""
import os, signal
from gardien.portal import boot; boot.load()
from datetime import UTC, datetime
from django.db import transaction
from gardien.base import ids, ledger, scope
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
controller = ids.new()
with scope.entered(controller):
    {"transaction.on_commit(die)" if when == "after" else "pass"}
    ledger.write("tests.told", controller=controller, subjects=["{SOMEBODY}"], at=datetime.now(UTC))
    {"die()" if when == "before" else "pass"}
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def settled() -> list[str]:
    """Reconcile until no transaction is in progress any more, and return the states."""
    for _ in range(100):
        ledger.reconcile()
        if "intended" not in states():
            break
        time.sleep(0.05)
    return states()


def test_a_line_is_intended_before_the_commit_and_done_after_it() -> None:
    with scope.entered(CONTROLLER):
        write()
        assert states() == ["intended"]
    assert states() == ["done"]
    assert LedgerMark.objects.count() == 1


def test_a_line_outside_a_transaction_is_refused() -> None:
    with pytest.raises(ledger.NoTransactionError):
        ledger.write("tests.told", controller=CONTROLLER, subjects=[SOMEBODY], at=NOW)
    assert not folder().exists()


def test_what_was_rolled_back_is_void_and_never_done_again() -> None:
    line = rolled_back()
    assert states() == ["intended"]
    ledger.reconcile()
    assert states() == ["void"]
    assert replayed() == []
    assert not LedgerMark.objects.filter(id=line).exists()


def test_a_transaction_in_progress_is_left_alone() -> None:
    with scope.entered(CONTROLLER):
        write()
        with ThreadPoolExecutor(1) as other:
            other.submit(_reconcile_and_close).result()
        assert states() == ["intended"]
    assert states() == ["done"]


def _reconcile_and_close() -> None:
    ledger.reconcile()
    connections.close_all()


def test_a_process_killed_before_its_commit_leaves_a_void_line() -> None:
    killed("before")
    assert settled() == ["void"]
    assert replayed() == []


def test_a_process_killed_after_its_commit_has_its_line_done() -> None:
    killed("after")
    assert states() == ["intended"]
    assert settled() == ["done"]
    assert ledger.standing().unreplayed == ()


def test_a_line_whose_database_is_gone_is_unknown_and_not_done_again() -> None:
    write()
    path = segments()[0]
    intended = json.loads(path.read_text().splitlines()[0])
    path.write_text(json.dumps({**intended, "database": "another/1"}) + "\n")
    LedgerMark.objects.all().delete()
    ledger.reconcile()
    assert states() == ["unknown"]
    assert [line.state for line in ledger.standing().unknown] == ["unknown"]
    assert replayed() == []


def test_what_a_restored_database_lacks_is_done_again_once_in_the_order_of_the_file() -> None:
    lines = [write([SOMEBODY], values={"step": step}) for step in range(3)]
    restored(*lines[1:])
    assert [line.id for line in ledger.standing().unreplayed] == lines[1:]
    assert [values for _, _, values in replayed()] == [{"step": 1}, {"step": 2}]
    assert replayed() == []


def test_a_line_that_cannot_be_applied_is_to_be_done_again() -> None:
    restored(write())

    def fails(*_: Any) -> None:
        raise Undone

    with pytest.raises(Undone):
        ledger.replay(fails)
    assert len(replayed()) == 1


def test_an_erasure_destroys_the_keys_of_its_subjects_alone() -> None:
    for subject in (SOMEBODY, SOMEBODY_ELSE):
        write([subject], values=VALUES)
    write([SOMEBODY], is_erasure=True)
    assert keys() == [f"{SOMEBODY_ELSE}.key"]


def test_a_rolled_back_erasure_destroys_no_key() -> None:
    write(values=VALUES)
    rolled_back(is_erasure=True)
    ledger.reconcile()
    assert keys() == [f"{SOMEBODY}.key"]


def test_a_correction_of_somebody_erased_later_is_left_out_and_the_erasure_done() -> None:
    lines = [write(values=VALUES), write(is_erasure=True)]
    restored(*lines)
    assert replayed() == [("tests.told", (SOMEBODY,), None)]
    assert LedgerMark.objects.count() == 2


def test_a_correction_whose_key_is_gone_without_an_erasure_is_refused() -> None:
    restored(write(values=VALUES))
    ledger.forget([SOMEBODY])
    with pytest.raises(ledger.KeyLostError):
        replayed()
    assert not LedgerMark.objects.exists()
