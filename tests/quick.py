"""Where the tests are quicker than the portal: what their server writes, what is computed twice, and the garbage.

What the tests start as processes of their own is as it is in the portal; durability is held by
`tests/portal/test_embedded.py`.
"""

import gc
from functools import lru_cache
from typing import Any

import psycopg
from django.contrib.auth.hashers import Argon2PasswordHasher
from psycopg import sql
from ruamel.yaml import YAML

from gardien.portal.embedded import SUPERUSER, Cluster

_SALT = "thesamesaltforeverybody"
_CARELESS = ("fsync", "full_page_writes", "synchronous_commit")


def begin() -> None:
    """Hash a password once, parse each file of the commitment once, and look for garbage less often."""
    Argon2PasswordHasher.salt = lambda _: _SALT
    Argon2PasswordHasher.encode = lru_cache(Argon2PasswordHasher.encode)
    Argon2PasswordHasher.verify = lru_cache(Argon2PasswordHasher.verify)
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
