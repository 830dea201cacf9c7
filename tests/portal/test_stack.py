"""Programs that die are started again, at once if they were well, else later and later."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gardien.portal import stack


def starts(folder: Path) -> int:
    """Return how often the program was started."""
    return len((folder / "starts").read_text()) if (folder / "starts").exists() else 0


def program(folder: Path, then: str) -> list[str]:
    return ["-c", f"open({str(folder / 'starts')!r}, 'a').write('x'); {then}"]


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    assert is_so()


def test_a_program_that_dies_at_once_is_started_later_and_later(tmp_path: Path) -> None:
    with stack.running(program(tmp_path, "raise SystemExit(1)")) as (child,):
        wait_until(lambda: child.quick_deaths == 3)
        assert starts(tmp_path) == 3
        assert child.starts_at is not None
        assert 3 < child.starts_at - time.monotonic() <= 4


def test_a_program_that_was_well_is_started_again_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "STEADY_SECONDS", 0.2)
    with stack.running(program(tmp_path, "import time; time.sleep(60)")) as (child,):
        for turn in (1, 2, 3):
            wait_until(lambda: starts(tmp_path) == turn)  # noqa: B023 -- asked within the turn
            time.sleep(0.3)
            killed = time.monotonic()
            with suppress(ProcessLookupError):
                os.kill(child.process.pid, 9)
            wait_until(lambda: starts(tmp_path) == turn + 1)  # noqa: B023
            assert time.monotonic() - killed < 5
        assert child.quick_deaths == 0


def test_a_program_that_is_ended_is_not_started_again(tmp_path: Path) -> None:
    with stack.running(program(tmp_path, "import time; time.sleep(60)")) as (child,):
        wait_until(lambda: starts(tmp_path) == 1)
    assert child.process.poll() is not None
    child.keep()
    assert (starts(tmp_path), child.process.poll() is not None) == (1, True)
