"""The vocabulary of the room's journal entries."""

from gardien.journal import rules as journal


class Tag(journal.Tag):
    """What this room tells the journal."""

    TOLD = "customers:customer:told"
