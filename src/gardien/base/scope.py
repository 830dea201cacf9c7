"""The controller on whose behalf the present transaction reads and writes, and the restrictions that it meets.

Row-level security policies read the setting `gardien.controller`, which is local to one transaction.
Managers filter by the same value, so that the planner sees it too (performance.md, decision 5).

A person whose data is restricted (GDPR, article 18) is hidden and frozen by `base.walls`, except for an action that
`exempt` decorates: it runs with the setting `gardien.exempt`, which is local to its own savepoint.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection, transaction

RESTRICTED_STATE = "RESTR"
"""The SQLSTATE of a statement that touches a restricted person's row (classes R to Z are free for use)."""

_Taken = ParamSpec("_Taken")
_Given = TypeVar("_Given")

_controller: ContextVar[UUID | None] = ContextVar("gardien_controller", default=None)


class NoScopeError(RuntimeError):
    """Rows of a controller were asked for outside a scope: the caller must enter one."""


class ScopeChangedError(RuntimeError):
    """A second controller was entered inside one transaction: one transaction serves one controller."""


def current() -> UUID:
    """Return the controller of the present transaction; raise `NoScopeError` where there is none."""
    controller = _controller.get()
    if controller is None:
        raise NoScopeError
    return controller


class RestrictedError(PermissionError):
    """The row is a restricted person's: nothing but an exempt action writes, changes or deletes it."""


@contextmanager
def entered(controller: UUID) -> Iterator[None]:
    """Run the body in one transaction on behalf of `controller`, and roll it back on any exception.

    Entering the same controller again joins the transaction; another one raises `ScopeChangedError`. A statement
    that touches a restricted person's row raises `RestrictedError`.
    """
    held = _controller.get()
    if held is not None and held != controller:
        raise ScopeChangedError
    with transaction.atomic(), connection.execute_wrapper(_named):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gardien.controller', %s, true)", [str(controller)])
        token = _controller.set(controller)
        try:
            yield
        finally:
            _controller.reset(token)


def exempt(action: Callable[_Taken, _Given]) -> Callable[_Taken, _Given]:
    """Let an action see and touch restricted persons: for its body only, and with nothing kept if it raises.

    A room declares each such action with its reason (`commitment.registry.Exempt`); a law compares the two.
    """

    @wraps(action)
    def run(*args: _Taken.args, **named: _Taken.kwargs) -> _Given:
        with transaction.atomic():
            before = _set_exempt(f"{action.__module__}.{action.__qualname__}")
            given = action(*args, **named)
            _set_exempt(before)
        return given

    run.is_exempt = True  # type: ignore[attr-defined]
    return run


def _set_exempt(name: str) -> str:
    """Set what the transaction is exempt for, empty for nothing, and return what it was; a rollback undoes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('gardien.exempt', true), '')")
        before: str = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('gardien.exempt', %s, true)", [name])
    return before


def _named(execute: Callable[..., Any], *call: Any) -> Any:
    """Run a statement, and give the refusal of the walls its name."""
    try:
        return execute(*call)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == RESTRICTED_STATE:
            raise RestrictedError from None
        raise
