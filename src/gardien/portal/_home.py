"""The one folder of the embedded server, and the places outside it where it cannot do without."""

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from gardien.portal._account import Account
from gardien.portal._server_files import PORT

REFUGE = Path("/var/lib/gardien")
"""Where the folder goes when root's portal lies below a private folder such as /root."""

SHORT = Path("/tmp")  # noqa: S108 - fixed, so that all processes agree; mode and owner are checked
LONGEST_SOCKET_PATH = 107
"""In bytes: `sun_path` of unix(7) has 108 with its closing zero."""


class UnusableFolder(Exception):
    """The data directory cannot serve; the text says what to do."""


def settle(wanted: Path, account: Account, refuge: Path) -> Path:
    """Create the folder where the server's user can reach it, and return where it really is.

    If the parents of `wanted` are closed to that user (a portal run by root in /root), the
    folder is made below `refuge` and `wanted` becomes a symbolic link to it: no parent is
    ever opened. Raises `UnusableFolder`.
    """
    if wanted.is_symlink() and not wanted.exists():
        raise UnusableFolder(f"{wanted} is a link to a folder that is gone: mount it, or remove the link.")
    if not wanted.exists():
        wanted.parent.mkdir(parents=True, exist_ok=True)
        _create(wanted, account, refuge)
    home = wanted.resolve()
    if home.stat().st_uid != os.geteuid():
        raise UnusableFolder(f"{home} belongs to another user: start Gardien as its owner.")
    if not account.can_enter(home):
        raise UnusableFolder(
            f"The user {account.name}, who runs PostgreSQL, cannot enter {home}: give it and its "
            "parents the right to be traversed (chmod o+x), or choose another data directory.",
        )
    return home


def _create(wanted: Path, account: Account, refuge: Path) -> None:
    mode = 0o711 if account.process_options else 0o700
    if account.can_enter(wanted.parent.resolve()):
        wanted.mkdir(mode=mode, exist_ok=True)
        return
    refuge.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=refuge))
    home.chmod(mode)
    try:
        wanted.symlink_to(home)
    except FileExistsError:  # another process was faster
        home.rmdir()


def socket_folder(home: Path) -> Path:
    """Return the socket's folder: in `home`, unless its path is too long for a socket.

    libpq reads a comma in a host as the start of the next one, so that is moved too.
    """
    inside = home / "socket"
    path = os.fsencode(inside / f".s.PGSQL.{PORT}")
    if len(path) <= LONGEST_SOCKET_PATH and b"," not in path:
        return inside
    return SHORT / f"gardien-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"


def create_socket_folder(home: Path, account: Account) -> Path:
    """Create the socket's folder, 0700, and refuse one that somebody else laid there first."""
    folder = socket_folder(home)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise UnusableFolder(
            f"{folder} must be a folder of mode 0700 that belongs to {account.name}: remove it.",
        )
    return folder
