"""The real commands: they refuse a database role for which the walls are off, and start as the app role.

A normal run tries each command and each such role once, `make soak` each command as each role.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from gardien.portal import _home, _processes, stack
from gardien.portal.embedded import SUPERUSER
from tests.conftest import CLUSTER
from tests.reliability.installation import Installation, children, free_port

pytestmark = pytest.mark.usefixtures("django_db_setup")
REASONS = {
    SUPERUSER: "is, or may become, a superuser",
    "gardien_owner": "the owner of the database",
    "gardien_backup": "bypasses row-level security",
}
PAIRS = dict(zip(("check", "serve", "worker"), REASONS, strict=True))
"""Of each command the role as which a normal run tries it."""


def environ(role: str) -> dict[str, str]:
    """Return the environment of a process that reaches the tests' server as `role` through DATABASE_URL."""
    folder = quote(str(_home.socket_folder(CLUSTER.home)), safe="")
    return {**os.environ, "DATABASE_URL": f"postgresql://{role}@/gardien?host={folder}"}


def gardien(role: str, *arguments: str) -> tuple["subprocess.CompletedProcess[str]", float]:
    """Run one command to its end; return it and its seconds of processor time: other tests share the cores."""
    begun = _processor_seconds()
    command = [sys.executable, "-m", "gardien.portal.cli", *arguments]
    done = subprocess.run(command, env=environ(role), capture_output=True, text=True, timeout=60, check=False)
    return done, _processor_seconds() - begun


def _processor_seconds() -> float:
    """Return what our ended children have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture(scope="module", autouse=True)
def away(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[str]"]:
    """Start a command whose database is away before all tests: it waits for ten seconds, in which they run."""
    told = {"DATABASE_URL": f"postgresql://gardien_app@/gardien?host={tmp_path_factory.mktemp('away')}"}
    command = [sys.executable, "-m", "gardien.portal.cli", "check"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**os.environ, **told}, **pipes) as asked:
        yield asked
        asked.kill()


@pytest.mark.parametrize(
    ("command", "role"),
    [
        pytest.param(command, role, marks=[] if PAIRS[command] == role else pytest.mark.soak)
        for command, role in product(PAIRS, REASONS)
    ],
)
def test_a_role_that_passes_the_walls_is_refused_in_five_seconds(command: str, role: str) -> None:
    port = ["--port", str(free_port())] if command == "serve" else []
    done, seconds = gardien(role, command, *port)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "READY" not in said
    assert "Traceback" not in said
    assert f"the database role {role}" in said
    assert REASONS[role] in said
    assert seconds < 5


def test_the_app_role_is_accepted() -> None:
    done, _ = gardien("gardien_app", "check")
    assert (done.returncode, done.stdout.strip().splitlines()[-1]) == (0, "ok")


def test_it_serves_as_the_app_role_and_ends_with_its_processes(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "gardien.portal.cli", "serve", "--port", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environ("gardien_app"), stdout=output, stderr=output) as served,
    ):
        try:
            stack.wait_until_answering(f"http://127.0.0.1:{port}/compte/connexion/")
            masters = children(served.pid)
            workers = [pid for master in masters for pid in children(master)]
            assert (len(masters), len(workers) >= 2) == (1, True)
            served.send_signal(signal.SIGTERM)
            assert served.wait(60) == 0
            assert _processes.wait_until_gone((*masters, *workers), seconds=1)
        finally:
            with suppress(ProcessLookupError):
                served.kill()


def test_a_database_that_is_away_is_said_in_one_line(away: "subprocess.Popen[str]") -> None:
    _, said = away.communicate(timeout=60)
    assert away.returncode == 1
    assert said.strip().splitlines()[-1].startswith("The database does not answer")
    assert "Traceback" not in said


@pytest.mark.soak
def test_a_killed_portal_leaves_no_process_on_its_port_and_starts_again(installation: Installation) -> None:
    assert installation.process
    left = installation.programs()
    assert len(left) >= 4
    installation.process.kill()
    installation.process.wait()
    assert _processes.wait_until_gone(left, seconds=30)
    installation.start()
    assert installation.ask("SELECT max(rank) FROM quotes_quote") == [(2,)]
    assert installation.end() == 0
