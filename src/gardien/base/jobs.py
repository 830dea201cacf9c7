"""Jobs: work that a transaction leaves for later, known by name, with identifiers as its only arguments.

A task runs at least once, and again after its worker was killed: its effect must be the same however often it runs.
"""

import inspect
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.tasks import Task

RETRY = RetryStrategy(max_attempts=10, exponential_wait=2, retry_exceptions={InterfaceError, OperationalError})
"""For tasks that need the database only: while it is away they wait, twice as long each time, 17 minutes in all."""

USUAL_AGE = timedelta(seconds=30)
"""The maximum age of a task that says none."""
_AWAY = timedelta(seconds=10)
_ages: dict[str, timedelta] = {}

_Taken = ParamSpec("_Taken")
_Given = TypeVar("_Given")


class TryLater(Exception):
    """Raised by a task that has not reached its end: the same job runs again after `wait`, as often as it is raised."""

    def __init__(self, wait: timedelta) -> None:
        """Keep how long to wait."""
        super().__init__()
        self.wait = wait


class RetryLater(BaseRetryStrategy):
    """For tasks that raise `TryLater`: they wait as told, and for the database as long as it is away."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when the job runs again, None if it has failed."""
        del job
        if isinstance(exception, TryLater):
            return RetryDecision(retry_in={"seconds": round(exception.wait.total_seconds())})
        if isinstance(exception, InterfaceError | OperationalError):
            return RetryDecision(retry_in={"seconds": round(_AWAY.total_seconds())})
        return None


def task(
    name: str, *, max_age: timedelta, **options: Any
) -> Callable[[Callable[_Taken, _Given]], Task[_Taken, _Given, _Taken]]:
    """Declare a task as `room.verb`; `options` are procrastinate's, and `retry` is `RETRY` where it is not told.

    `max_age` is the longest that it can run, by the time limits of what it waits for: an older job has lost its end,
    and `portal.jobs` queues it again.
    """
    _ages[name] = max_age
    declared: Callable[[Callable[_Taken, _Given]], Task[_Taken, _Given, _Taken]] = app.task(
        name=name, **{"retry": RETRY, **options}
    )
    return declared


def max_age(name: str) -> timedelta:
    """Return the longest that a task can run."""
    return _ages.get(name, USUAL_AGE)


def defer(name: str, **identifiers: UUID | str) -> None:
    """Queue the task `name` (`room.verb`) inside the present transaction: it exists if the transaction commits.

    Arguments are identifiers and references, never personal values; a law checks that each name is a task.
    """
    app.configure_task(name).defer(**{key: str(value) for key, value in identifiers.items()})


def waiting(name: str, argument: str) -> list[UUID]:
    """Return the ids that jobs of a task name as `argument`, of all jobs that no worker has in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT (args->>%s)::uuid FROM procrastinate_jobs"
            " WHERE task_name = %s AND status <> 'doing' AND args->>%s IS NOT NULL",
            [argument, name, argument],
        )
        return [identifier for (identifier,) in cursor.fetchall()]


def drop(name: str, argument: str, identifiers: Sequence[UUID]) -> None:
    """Remove the jobs of a task that name one of these ids as `argument` and that no worker has in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = %s AND status <> 'doing' AND (args->>%s)::uuid = ANY(%s)",
            [name, argument, list(identifiers)],
        )


def arguments() -> dict[str, tuple[str, ...]]:
    """Return the arguments of each task of our rooms, by the task's name; the queue's own tasks are left out."""
    ours = {name: task.func for name, task in app.tasks.items() if task.func.__module__.startswith("gardien.")}
    return {name: tuple(inspect.signature(function).parameters) for name, function in ours.items()}
