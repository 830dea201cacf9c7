"""The controller on whose behalf the present transaction reads and writes.

Row-level security policies read the setting `gardien.controller`, which is local to one transaction.
Managers filter by the same value, so that the planner sees it too (performance.md, decision 5).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

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


@contextmanager
def entered(controller: UUID) -> Iterator[None]:
    """Run the body in one transaction on behalf of `controller`, and roll it back on any exception.

    Entering the same controller again joins the transaction; another one raises `ScopeChangedError`.
    """
    held = _controller.get()
    if held is not None and held != controller:
        raise ScopeChangedError
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gardien.controller', %s, true)", [str(controller)])
        token = _controller.set(controller)
        try:
            yield
        finally:
            _controller.reset(token)
