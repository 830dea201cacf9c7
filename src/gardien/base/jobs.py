"""Jobs: work that a transaction leaves for later, known by name, with identifiers as its only arguments."""

from uuid import UUID

from procrastinate.contrib.django import app


def defer(name: str, **identifiers: UUID | str) -> None:
    """Queue the task `name` (`room.verb`) inside the present transaction: it exists if the transaction commits.

    Arguments are identifiers and references, never personal values; a law checks that each name is a task.
    """
    app.configure_task(name).defer(**{key: str(value) for key, value in identifiers.items()})
