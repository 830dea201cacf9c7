"""PostgreSQL's own programs that dump and restore a database, of the server's major version."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gardien.portal import _account, _binaries, stack
from gardien.portal.config import Config

_SAID = re.compile(r"pg_(?:dump|restore): error: [^:\n]*")
"""What of an error is shown: what follows may quote a row."""


class DumpFailedError(stack.RefusedError):
    """A database could not be dumped or restored; the text says what the program said first."""


def dump(config: Config, file: Path) -> None:
    """Write the whole database into a new file, as the role gardien_backup. Raises `DumpFailedError`."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        _run(config, "backup", "pg_dump", "--format=custom", "--no-password", f"--file={file}")
        os.fsync(output.fileno())


def restore(config: Config, file: Path) -> None:
    """Fill an empty database from a file, as the owner, whole or not at all. Raises `DumpFailedError`."""
    whole = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password")
    _run(config, "owner", "pg_restore", *whole, str(file))


def connect(config: Config, role: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect to the installation's database as a role."""
    return psycopg.connect(_conninfo(config, role))


def _run(config: Config, role: str, program: str, *arguments: str) -> None:
    """Run a program that ends with us; a password is told by its environment, which other users do not see."""
    told = conninfo_to_dict(_conninfo(config, role))
    environ = {**_account.ENVIRONMENT, "PGPASSWORD": str(told.pop("password", "") or "")}
    command = [*stack.tied(), str(_program(config, role, program)), "--dbname", make_conninfo("", **told), *arguments]
    done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = _SAID.search(done.stderr)
        raise DumpFailedError(f"{said[0] if said else f'{program} ended with {done.returncode}'}. Nothing was changed.")


def _conninfo(config: Config, role: str) -> str:
    if config.database_url:
        return config.url(role)
    return make_conninfo("", **stack.cluster(config).dsn(f"gardien_{role}", config.database_name))


def _program(config: Config, role: str, program: str) -> Path:
    """Return a program of the server's major version, else of the next later one; raise `DumpFailedError`."""
    with connect(config, role) as connection:
        major = connection.info.server_version // 10_000
    found = {known: folder for folder in _folders(config) if (known := _major(folder / program)) >= major}
    if not found:
        raise DumpFailedError(
            f"No {program} of PostgreSQL {major} here: install postgresql-client-{major}, or name the folder that has "
            "it in GARDIEN_POSTGRES_BIN."
        )
    return found[min(found)] / program


def _folders(config: Config) -> list[Path]:
    """List the folders that may hold the programs, the best last."""
    on_path = shutil.which("pg_dump")
    found = [*_binaries.folders(None), *([Path(on_path).parent] if on_path else []), *_binaries.clients()]
    if not config.database_url:
        found.append(stack.cluster(config).binaries().folder)
    return [*found, config.postgres_bin] if config.postgres_bin else found


def _major(program: Path) -> int:
    """Return a program's major version, 0 where there is none."""
    if not program.is_file():
        return 0
    command = [str(program), "--version"]
    answer = subprocess.run(command, env=_account.ENVIRONMENT, capture_output=True, text=True, check=False)
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else 0
