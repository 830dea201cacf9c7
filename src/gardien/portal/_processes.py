"""The processes of one PostgreSQL server, told apart by what they hold, never by their name."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gardien.portal._account import Account


def postmaster(database_files: Path) -> int | None:
    """Return the recorded pid of the postmaster, dead or alive; None when none is recorded."""
    try:
        return int((database_files / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def orphans(database_files: Path, account: Account) -> list[int]:
    """List the backends that outlived their postmaster and keep its shared memory.

    They work in the data directory and map a System V segment: both are asked, so that
    neither a shell standing in that folder nor another cluster is ever taken for one.
    While the postmaster itself lives nobody is an orphan.
    """
    inside = working_in(database_files, account)
    if postmaster(database_files) in inside:
        return []
    maps = ["/dev/null", *(f"/proc/{pid}/maps" for pid in inside)]
    holding = account.run(["grep", "--files-with-matches", "--no-messages", "/SYSV", *maps])
    return [int(path.split("/")[2]) for path in holding.stdout.split()]


def clear_orphans(database_files: Path, account: Account) -> None:
    """Kill the orphans and wait until they are gone; what was acknowledged is on the disk.

    A dead postmaster that is our child is reaped first: PostgreSQL would take it for alive.
    """
    dead = postmaster(database_files)
    if dead:
        _reap(dead)
    pids = orphans(database_files, account)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until_gone(pids, seconds=10)


def wait_until_gone(pids: Iterable[int], *, seconds: float) -> bool:
    """Wait for processes to end, whoever their parent is; False when one is still there."""
    limit = time.monotonic() + seconds
    left = set(pids)
    while left and time.monotonic() < limit:
        left = {pid for pid in left if not is_gone(pid)}
        time.sleep(0.02 if left else 0)
    return not left


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended, reaping it first if it was our child."""
    _reap(pid)
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def working_in(folder: Path, account: Account) -> list[int]:
    """List the account's processes whose current directory is the folder.

    Asked by the account itself: in most containers root may not read such links of others.
    """
    listing = account.run(
        ["find", "/proc", "-mindepth", "2", "-maxdepth", "2", "-name", "cwd", "-printf", "%h %l\\0"],
    )
    links = (entry.partition(" ") for entry in listing.stdout.split("\0"))
    return [int(process[len("/proc/") :]) for process, _, link in links if link == str(folder)]
