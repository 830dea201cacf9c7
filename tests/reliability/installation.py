"""A whole installation in real processes, started by the real command in a folder of its own, and killed piece by piece."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from gardien.portal import _processes
from gardien.portal.embedded import Cluster

START_SECONDS = 240


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(parent: int) -> list[int]:
    """Return the processes whose parent is `parent`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def command_line(pid: int) -> str:
    """Return a process's arguments, empty when it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


class Installation:
    """`gardien demo` on a port of its own: embedded database, pages and jobs under its supervision."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="gardien-kills-"))
        self.home.chmod(0o755)
        self.port = free_port()
        self.cluster = Cluster(self.home / "postgres")
        self.log = self.home / "portal.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GARDIEN_")}
        if "GARDIEN_POSTGRES_BIN" in os.environ:
            environ["GARDIEN_POSTGRES_BIN"] = os.environ["GARDIEN_POSTGRES_BIN"]
        command = [sys.executable, "-m", "gardien.portal.cli", "demo", "--port", str(self.port)]
        with self.log.open("ab") as output:
            output.write(b"\n--- start\n")
            begun = output.tell()
            self.process = subprocess.Popen(
                command, env=environ | {"GARDIEN_HOME": str(self.home)}, stdout=output, stderr=output
            )
        until = time.monotonic() + START_SECONDS
        while b"READY " not in self.log.read_bytes()[begun:]:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.2)

    def end(self) -> int:
        """End it as Ctrl-C does, and return its exit status."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(90)

    def remove(self) -> None:
        """Kill what may be left of it, and remove its folder."""
        for pid in self._ours():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
        with suppress(Exception):
            self.cluster.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _ours(self) -> list[int]:
        """Return every process that was told this very folder, orphans included: no other can have its random name."""
        told, found = f"GARDIEN_HOME={self.home}".encode(), []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if told in environ.read_bytes().split(b"\0"):
                    found.append(int(environ.parent.name))
        return found

    def programs(self) -> list[int]:
        """Return web and worker processes, masters first."""
        assert self.process
        masters = [pid for pid in (self.web_master(), self.job_worker()) if pid]
        return masters + [pid for master in masters for pid in children(master)]

    def postmaster(self) -> int | None:
        """Return the pid of the database's first process."""
        return _processes.postmaster(self.cluster.database_files)

    def web_master(self) -> int | None:
        """Return the pid of the web server's first process."""
        assert self.process
        return next((pid for pid in children(self.process.pid) if "granian" in command_line(pid)), None)

    def web_worker(self) -> int | None:
        """Return the pid of one process that serves pages."""
        serving = [pid for pid in children(self.web_master() or -1) if "tracker" not in command_line(pid)]
        return serving[0] if serving else None

    def job_worker(self) -> int | None:
        """Return the pid of the process that runs jobs."""
        assert self.process
        return next((pid for pid in children(self.process.pid) if "cli worker" in command_line(pid)), None)

    def backend(self) -> int | None:
        """Return the pid of a database process that serves the app role."""
        serving = [pid for pid in children(self.postmaster() or -1) if "gardien_app" in command_line(pid)]
        return serving[0] if serving else None

    def kill(self, what: str) -> bool:
        """SIGKILL one of `postmaster`, `web_master`, `web_worker`, `job_worker`, `backend`; False if there was none."""
        pid = getattr(self, what)()
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database as the auditor."""
        with psycopg.connect(**self.cluster.dsn("gardien_audit", "gardien")) as connection:
            return connection.execute(sql.SQL(query), values).fetchall()  # type: ignore[arg-type]

    def password(self) -> str:
        """Return the password of the demonstration's accounts."""
        return str(json.loads((self.home / "demo" / "logins.json").read_text())["password"])
