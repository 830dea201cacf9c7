"""Doing something to many, so that one that fails stops nobody else: halves of halves until it stands alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection, transaction

_Item = TypeVar("_Item")

_OURS = ("08", "57")
"""Classes of SQLSTATE that are the server's trouble, not a row's: connection lost, server stopping."""


def each(
    items: Sequence[_Item], work: Callable[[Sequence[_Item]], object], failed: Callable[[_Item, str], object]
) -> None:
    """Do `work` to all items in a savepoint; if it fails, to each half, and tell `failed` of those that fail alone.

    `failed` gets the cause without any value: the database's code and constraint, or the name of an exception. What is
    no item's fault (the database is away) is raised.
    """
    if not items:
        return
    try:
        with transaction.atomic():
            work(items)
            _judge_now()
    except InterfaceError:
        raise
    except Exception as error:
        if _is_of_server(error):
            raise
        if len(items) == 1:
            failed(items[0], cause(error))
            return
        middle = len(items) // 2
        each(items[:middle], work, failed)
        each(items[middle:], work, failed)


def _judge_now() -> None:
    """Have the database refuse here, where halves can be tried, what it would refuse at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def cause(error: Exception) -> str:
    """Return why something failed: the database's code and constraint, else the exception's name; never a value."""
    diagnosis = getattr(error.__cause__, "diag", None)
    state = getattr(error.__cause__, "sqlstate", None)
    named = getattr(diagnosis, "constraint_name", None) or ""
    return f"{state} {named}".strip() if state else type(error).__name__


def _is_of_server(error: Exception) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, DatabaseError) and (state is None or state.startswith(_OURS))
