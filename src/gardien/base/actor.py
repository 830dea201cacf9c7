"""Who acts: the `by` of every action."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """One acting user or program.

    `id` is the user's id, or None for a program; `role` is a role of `commitment/roles.yaml`, `user` for somebody who
    holds none and acts for their own account, or the program's name (`import`, `demo`). Neither a name nor an e-mail
    address: actors reach the journal.
    """

    id: UUID | None
    role: str

    @classmethod
    def program(cls, name: str) -> "Actor":
        """Return the actor that stands for a command or a job, not a person."""
        return cls(id=None, role=name)
