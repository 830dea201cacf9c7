"""The processes of one installation: database, web, worker. Each is ended by its own id."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from gardien.base.crypto import Keyring
from gardien.portal.config import Config
from gardien.portal.embedded import Cluster

RESTART_SECONDS = 0.5
LONGEST_RESTART_SECONDS = 30
STEADY_SECONDS = 10
"""A program that lived so long was well: it starts again at once. Others wait, twice as long each time."""
STOP_SECONDS = 15
READY_SECONDS = 60


class RefusedError(RuntimeError):
    """A command cannot go on; the text says why and what to do."""


class NotReadyError(RefusedError):
    """A process did not come up in time; its own lines say why."""


class Child:
    """A program that is started again whenever it dies, in a session of its own."""

    def __init__(self, arguments: list[str], environ: Mapping[str, str]) -> None:
        """Start `python ARGUMENTS`."""
        self.arguments, self.environ = arguments, dict(environ)
        self.is_ending = False
        self.quick_deaths = 0
        self.starts_at: float | None = None
        self.process = self._start()

    def keep(self) -> None:
        """Start the program again if it has died, after ending what it left behind, and not faster than it helps."""
        if self.is_ending or self.process.poll() is None:
            return
        if self.starts_at is None:
            self._end_group(signal.SIGKILL)
            self.starts_at = time.monotonic() + self._wait()
        if time.monotonic() >= self.starts_at:
            self.starts_at = None
            self.process = self._start()

    def _wait(self) -> float:
        is_quick = time.monotonic() - self.started_at < STEADY_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if is_quick else 0
        return min(RESTART_SECONDS * 2**self.quick_deaths, LONGEST_RESTART_SECONDS) if is_quick else 0

    def end(self) -> None:
        """End the program and its own children."""
        self.is_ending = True
        self._end_group(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self._end_group(signal.SIGKILL)
        self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        self.started_at = time.monotonic()
        return subprocess.Popen([*tied(), sys.executable, *self.arguments], env=self.environ, start_new_session=True)

    def _end_group(self, number: signal.Signals) -> None:
        """Signal the session that we started; its id is the process's own."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


def tied() -> list[str]:
    """Return what makes Linux end a program with the thread that started it: nobody else could once we are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def cluster(config: Config) -> Cluster:
    """Return the embedded server of this installation."""
    return Cluster(config.home / "postgres", configured=config.postgres_bin)


@contextmanager
def database(config: Config) -> Iterator[None]:
    """Have the database serve: with `DATABASE_URL` it does already, else start and prepare the embedded one."""
    with ExitStack() as held:
        if not config.database_url:
            embedded = cluster(config)
            held.enter_context(embedded.supervised())
            embedded.prepare(config.database_name)
        yield


def migrate(environ: Mapping[str, str] = os.environ) -> None:
    """Bring tables and walls up to date, in a process of its own that connects as the owner."""
    owner = {**environ, "GARDIEN_DATABASE_ROLE": "owner"}
    subprocess.run([sys.executable, "-m", "gardien.portal.cli", "migrate"], env=owner, check=True)


def is_new(config: Config) -> bool:
    """Say whether nothing was ever kept here, so that keys may be made: elsewhere missing keys are a loss to repair."""
    return not config.database_url and not cluster(config).database_files.exists()


def make_keys(config: Config) -> None:
    """Create the keys that the key folder lacks."""
    Keyring.generate(config.keys_folder)


def refuse_taken_port(port: int) -> None:
    """Raise `RefusedError` where nobody could listen on this port: a stranger's page must not pass for ours."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise RefusedError(f"Port {port} is taken or not allowed here: choose another with --port.") from error


def web_arguments(port: int, workers: int = 2) -> list[str]:
    """Return the arguments of the web server on the loopback interface."""
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    options += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--respawn-failed-workers"]
    return ["-m", "granian", *options, "gardien.portal.wsgi:application"]


def worker_arguments() -> list[str]:
    """Return the arguments of one process that runs jobs."""
    return ["-m", "gardien.portal.cli", "worker", "--once"]


def end_signal() -> threading.Event:
    """Return what is set when Ctrl-C or an end signal comes; only the main thread may ask for it."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


@contextmanager
def running(*programs: list[str]) -> Iterator[list[Child]]:
    """Run programs until the block ends, starting again those that die."""
    children: list[Child] = []
    halt = threading.Event()

    def watch() -> None:
        while not halt.wait(RESTART_SECONDS):
            for child in children:
                child.keep()

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        children += [Child(arguments, os.environ) for arguments in programs]
        watcher.start()
        yield children
    finally:
        halt.set()
        if watcher.is_alive():
            watcher.join()
        for child in children:
            child.end()


def wait_until_answering(url: str) -> None:
    """Wait until `url` answers with a page; raise `NotReadyError` after a minute."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 -- a loopback address of ours
        except OSError:  # an answer of 400 and above included
            time.sleep(0.1)
        else:
            return
    raise NotReadyError(url)
