"""A sweep in a process of its own that is killed at a line of the code of retention or of the ledger."""

import os
import signal
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from django.db import connection, connections

import gardien
from tests.conftest import as_role

from .worlds import swept

ROOMS = ("retention/actions/", "base/ledger", "base/_ledger", "standing/actions")
WATCHED = tuple(str(Path(gardien.__file__).parent / room) for room in ROOMS)


def sweep(as_of: datetime, line: int | None = None, *, entering: str = "", leaving: str = "") -> int:
    """Sweep in a child process, killed as it comes to its `line`-th line; return how many lines it ran, -1 if killed.

    Or it is killed as it first enters or leaves a function of the ledger. The child begins without a connection, and the parent goes on once the server has forgotten the child.
    """
    connection.close_pool()
    connections.close_all()
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _run(as_of, line, {("call", entering), ("return", leaving)}, tell)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    with os.fdopen(told) as lines:
        count = lines.read()
    _forgotten()
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, status
    return int(count) if count else -1


def _run(as_of: datetime, line: int | None, ends: set[tuple[str, str]], tell: int) -> None:
    """Sweep as the child: it leaves by no other way than `os._exit` or the kill."""
    count, status = 0, 1

    def watch(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(WATCHED):
            return None
        count += event == "line"
        is_end = frame.f_code.co_filename.endswith("base/ledger.py") and (event, frame.f_code.co_name) in ends
        if count == line or is_end:
            os.kill(os.getpid(), signal.SIGKILL)
        return watch

    with suppress(BaseException):
        sys.settrace(watch)
        swept(as_of)
        sys.settrace(None)
        os.write(tell, str(count).encode())
        status = 0
    os._exit(status)


def _forgotten() -> None:
    """Wait until no session of the sweep is left: until then its locks and its transaction are."""
    until = time.monotonic() + 60
    with as_role("audit") as session:
        while session.execute("SELECT FROM pg_stat_activity WHERE usename = 'gardien_sweep'").rowcount:
            assert time.monotonic() < until
            session.rollback()
            time.sleep(0.02)
