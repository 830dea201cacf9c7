"""The vocabulary of the room's journal entries, and of its lines in the ledger."""

from enum import StrEnum

from gardien.journal import rules as journal


class Tag(journal.Tag):
    """What this room tells the journal."""

    TOLD = "customers:customer:told"
    CORRECTED = "customers:customer:corrected"
    MERGED = "customers:customer:merged"
    MERGE_UNDONE = "customers:customer:merge_undone"
    VEHICLE_TOLD = "customers:vehicle:told"
    VEHICLE_PARTED = "customers:vehicle:parted"
    PLATE_CHANGED = "customers:plate:changed"
    NOTE_WRITTEN = "customers:note:written"
    NOTE_REMOVED = "customers:note:removed"


class Again(StrEnum):
    """What is done again after a restore (`base.ledger`)."""

    RECTIFIED = "customers.rectified"
    PLATE_CHANGED = "customers.plate_changed"
    NOTE_REMOVED = "customers.note_removed"
