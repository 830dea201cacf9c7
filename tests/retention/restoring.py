"""Installations in processes of their own: backed up, restored elsewhere, and searched for what should be gone."""

import base64
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from gardien.portal import config as configuration
from gardien.portal import stack
from gardien.portal.config import Config
from tests import quick
from tests.environment import HOME

Done = subprocess.CompletedProcess[str]


class Elsewhere:
    """A new installation with the keys and the ledger of the tests' own one."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GARDIEN_", "DJANGO_"))},
            **{name: value for name, value in os.environ.items() if name == "GARDIEN_POSTGRES_BIN"},
            "GARDIEN_HOME": str(home),
            "GARDIEN_KEYS": str(HOME / "keys"),
            "GARDIEN_LEDGER": str(HOME / "ledger"),
        }

    @property
    def config(self) -> Config:
        return configuration.read(self.environ)

    def gardien(self, *arguments: str) -> Done:
        """Run one command to its end."""
        return gardien(*arguments, environ=self.environ)

    def killed(self, stage: str, delay: float, *arguments: str) -> bool:
        """Start one command, and kill it and all its programs so long after it says `stage`; False if it ended first."""
        process = subprocess.Popen(
            [sys.executable, "-m", "gardien.portal.cli", *arguments],
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            assert process.stderr
            said = next((line for line in process.stderr if line.startswith(stage)), "")
            time.sleep(delay)
            is_alive = process.poll() is None
            if is_alive:
                os.killpg(process.pid, signal.SIGKILL)
        assert said, f"it never said {stage}"
        return is_alive

    def empty(self) -> None:
        """Let its server stand, with an empty database and the roles."""
        cluster = stack.cluster(self.config)
        cluster.start()
        quick.forget_the_disk(cluster)
        cluster.prepare("gardien")

    def ask(self, query: str, *values: Any, role: str = "audit") -> list[tuple[Any, ...]]:
        with psycopg.connect(**stack.cluster(self.config).dsn(f"gardien_{role}", "gardien")) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """Yield each table's rows, as text, past the walls."""
        with psycopg.connect(**stack.cluster(self.config).dsn("gardien_backup", "gardien")) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (name,) in names:
                with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
                    yield name, b"".join(copy)


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Make a new installation, whose server runs until the end, and remove it."""
    home = Path(tempfile.mkdtemp(prefix="gardien-restore-"))
    home.chmod(0o755)
    made = Elsewhere(home)
    try:
        made.empty()
        yield made
    finally:
        stack.cluster(made.config).stop()
        shutil.rmtree(home, ignore_errors=True)


def gardien(*arguments: str, environ: Mapping[str, str] | None = None) -> Done:
    """Run one command to its end; of the tests' own installation unless told otherwise."""
    command = [sys.executable, "-m", "gardien.portal.cli", *arguments]
    return subprocess.run(command, env=environ or os.environ, capture_output=True, text=True, check=False, timeout=300)


def as_sweep(script: str, *arguments: str) -> str:
    """Run a script in the tests' own installation as gardien_sweep."""
    command = [sys.executable, "-c", f"from gardien.portal import boot; boot.load()\n{script}", *arguments]
    environ = {**os.environ, "GARDIEN_DATABASE_ROLE": "sweep"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def backup(folder: Path) -> dict[str, Any]:
    """Back up the tests' own installation."""
    done = gardien("backup", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def found(marks: Iterable[str], everything: Iterable[tuple[str, bytes]]) -> set[tuple[str, str, str]]:
    """Return where a mark stands: itself, its form and the table."""
    patterns = [(mark, form, pattern) for mark in marks for form, pattern in _forms(mark).items()]
    return {
        (mark, form, name)
        for name, content in _opened(everything)
        for mark, form, pattern in patterns
        if pattern in content
    }


def _forms(mark: str) -> dict[str, bytes]:
    spelt = {"plain": mark, "upper": mark.upper(), "lower": mark.lower(), "url": quote(mark, safe="")}
    forms = {name: value.encode() for name, value in spelt.items()}
    return {**forms, "base64": base64.b64encode(mark.encode()).rstrip(b"="), "hex": mark.encode().hex().encode()}


def _opened(everything: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield what there is, and what is packed in it."""
    for name, content in everything:
        yield name, content
        for packed in re.findall(rb"1f8b08[0-9a-f]+", content):
            with suppress(OSError, EOFError, zlib.error):
                yield f"{name}, gzip", gzip.decompress(bytes.fromhex(packed[: len(packed) // 2 * 2].decode()))


__all__ = ["Elsewhere", "as_sweep", "backup", "elsewhere", "found", "gardien"]
