"""The vocabulary of readings."""

from gardien.journal import rules as journal


class Tag(journal.Tag):
    """What this room tells the journal."""

    READ = "consent:reading:recorded"
