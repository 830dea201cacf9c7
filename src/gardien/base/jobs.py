"""Jobs: work that a transaction leaves for later, known by name, with identifiers as its only arguments."""

import inspect
from uuid import UUID

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

RETRY = RetryStrategy(max_attempts=10, exponential_wait=2, retry_exceptions={InterfaceError, OperationalError})
"""For tasks that need the database only: while it is away they wait, twice as long each time, 17 minutes in all."""


def defer(name: str, **identifiers: UUID | str) -> None:
    """Queue the task `name` (`room.verb`) inside the present transaction: it exists if the transaction commits.

    Arguments are identifiers and references, never personal values; a law checks that each name is a task.
    """
    app.configure_task(name).defer(**{key: str(value) for key, value in identifiers.items()})


def arguments() -> dict[str, tuple[str, ...]]:
    """Return the arguments of each task of our rooms, by the task's name; the queue's own tasks are left out."""
    ours = {name: task.func for name, task in app.tasks.items() if task.func.__module__.startswith("gardien.")}
    return {name: tuple(inspect.signature(function).parameters) for name, function in ours.items()}
