"""The refusal to serve as a database role for which the walls between tenants are silently off."""

from collections.abc import Sequence
from typing import Any, LiteralString, Protocol

SUPERUSER = (
    "The portal refuses to start: the database role %(role)s is, or may become, a superuser. "
    "Connect as gardien_app, which roles.sql creates."
)
BYPASSES = (
    "The portal refuses to start: the database role %(role)s bypasses row-level security. "
    "Connect as gardien_app, which roles.sql creates."
)
OWNER = (
    "The portal refuses to start: the database role %(role)s is, or may become, the owner of the "
    "database, of a schema or of a table. Connect as gardien_app, which roles.sql creates."
)

# A membership counts like the role itself, because SET ROLE needs no further right; the
# login role counts like the current one, because RESET ROLE goes back to it.
QUESTION = """
WITH me AS (SELECT rolname FROM pg_roles WHERE rolname IN (session_user, current_user)),
     mine AS (
        SELECT r.oid, r.rolsuper, r.rolbypassrls FROM pg_roles r
        WHERE EXISTS (SELECT 1 FROM me WHERE pg_has_role(me.rolname, r.oid, 'MEMBER')))
SELECT session_user,
       EXISTS (SELECT 1 FROM mine WHERE rolsuper),
       EXISTS (SELECT 1 FROM mine WHERE rolbypassrls),
       EXISTS (SELECT 1 FROM pg_database d JOIN mine ON mine.oid = d.datdba
               WHERE d.datname = current_database())
    OR EXISTS (SELECT 1 FROM pg_namespace n JOIN mine ON mine.oid = n.nspowner
               WHERE left(n.nspname, 3) <> 'pg_')
    OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               JOIN mine ON mine.oid = c.relowner WHERE left(n.nspname, 3) <> 'pg_')
"""


class Cursor(Protocol):
    """The part of a DB-API cursor that is used, Django's or psycopg's."""

    def execute(self, query: LiteralString, /) -> object:
        """Run a query."""

    def fetchone(self) -> Sequence[Any] | None:
        """Return the next row."""


class UnsafeRole(Exception):
    """The connected role may pass row-level security.

    `reason` is an English msgid of the catalogue and `role` its only parameter, so that a
    door can show the sentence in French.
    """

    def __init__(self, reason: str, role: str) -> None:
        """Keep the msgid and the role's name."""
        super().__init__(reason % {"role": role})
        self.reason = reason
        self.role = role


def refuse_unsafe_role(cursor: Cursor) -> None:
    """Raise `UnsafeRole` when the role is superuser, bypasses row-level security, or is an owner.

    The cursor must be connected to the application's database. Roles that it may take
    by membership count as its own.
    """
    cursor.execute(QUESTION)
    row = cursor.fetchone()
    if row is None:
        raise RuntimeError("PostgreSQL did not answer who is connected: check the connection.")
    role, is_superuser, bypasses, is_owner = row
    for is_so, reason in ((is_superuser, SUPERUSER), (bypasses, BYPASSES), (is_owner, OWNER)):
        if is_so:
            raise UnsafeRole(reason, role)
