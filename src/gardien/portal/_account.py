"""The operating system's user that the embedded PostgreSQL runs as: never root."""

import logging
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

log = logging.getLogger(__name__)

UNPRIVILEGED = ("postgres", "nobody")
"""Who runs the server for a portal started by root, in order of preference."""

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
"""All that the server's programs inherit: neither the portal's keys nor PG* variables."""


class ProcessOptions(TypedDict, total=False):
    """The options of `subprocess` that change the user of the process."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user of the operating system, who owns the database files and runs the server."""

    name: str
    uid: int
    gid: int

    @property
    def process_options(self) -> ProcessOptions:
        """What makes a process run as this user; empty when we are this user already."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a short command as this user and return its exit status and text."""
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            **self.process_options,
        )

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user may traverse the folder and all its parents."""
        return self.run(["test", "-x", folder]).returncode == 0

    def owned_folder(self, folder: Path) -> Path:
        """Create, if need be, a folder of mode 0700 that belongs to this user."""
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, self.uid, self.gid)
        return folder


def portal_user() -> str:
    """Return the name of the user who runs this process."""
    return pwd.getpwuid(os.geteuid()).pw_name


def server_account(database_files: Path) -> Account:
    """Choose who runs the server: ourselves, or an unprivileged user when we are root.

    Existing database files keep their owner, so that a package which adds the user
    `postgres` later does not lock a cluster created by `nobody`.
    """
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if database_files.exists() and database_files.stat().st_uid != 0:
        return _account(pwd.getpwuid(database_files.stat().st_uid))
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = _account(next(known[name] for name in UNPRIVILEGED if name in known))
    if account.name == "nobody":
        log.warning(
            "The embedded PostgreSQL runs as the user nobody, which other services may share: "
            "outside a demonstration, create a system user named postgres first.",
        )
    return account


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
