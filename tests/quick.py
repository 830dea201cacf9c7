"""Where the tests are quicker than the portal: their disk, their passwords, the commitment's files, and the garbage.

Each stays as it is in what these tests start as processes of their own; that it is so there, another test says:
durability `tests/portal/test_embedded.py`, the cost of a password `tests/network/test_actions.py`.
"""

import gc
from functools import lru_cache
from typing import Any

import psycopg
from django.contrib.auth.hashers import Argon2PasswordHasher
from psycopg import sql
from ruamel.yaml import YAML

from gardien.portal.embedded import SUPERUSER, Cluster

COST = {name: getattr(Argon2PasswordHasher, name) for name in ("time_cost", "memory_cost", "parallelism")}
"""What a password costs in the portal: passes, kibibytes, threads."""

_LEAST = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
_CARELESS = ("fsync", "full_page_writes", "synchronous_commit")


def begin() -> None:
    """Let passwords cost next to nothing, parse each file of the commitment once, and look for garbage less often."""
    for name, least in _LEAST.items():
        setattr(Argon2PasswordHasher, name, least)
    compose = YAML.compose

    @lru_cache(maxsize=32)
    def composed(text: str) -> Any:
        return compose(YAML(typ="safe", pure=True), text)

    YAML.compose = lambda _, text: composed(text)
    gc.set_threshold(50_000, 20, 50)


def forget_the_disk(cluster: Cluster) -> None:
    """Have a server acknowledge what it has not written: no test pulls the plug of this one."""
    with psycopg.connect(**cluster.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        for name in _CARELESS:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")
