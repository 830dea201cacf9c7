"""What this room tells the journal."""

from gardien.journal import rules as journal


class Tag(journal.Tag):
    """The tags of the catalogue."""

    IMPORTED = "catalogue:price_list:imported"
