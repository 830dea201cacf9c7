"""Writing customers: what they tell, their vehicles, notes, who is one person, and what a withdrawal ends."""

from ..queries import NotReadByError
from ..rules import Details, VehicleDetails
from .cars import AlreadyTheirsError, PartedError, SameOwnerError, add_vehicle, change_plate, hand_over, part_with
from .ending import end_use, resume_use
from .merging import SamePersonError, merge, part_again, undo_merge
from .notes import remove_note, write_note
from .replaying import change_plate_again, rectify_again, remove_notes_again
from .telling import (
    AlreadyKnownError,
    DraftTooLongError,
    StaleError,
    correct,
    record,
    save_intake_draft,
)

__all__ = [
    "AlreadyKnownError",
    "AlreadyTheirsError",
    "Details",
    "DraftTooLongError",
    "NotReadByError",
    "PartedError",
    "SameOwnerError",
    "SamePersonError",
    "StaleError",
    "VehicleDetails",
    "add_vehicle",
    "change_plate",
    "change_plate_again",
    "correct",
    "end_use",
    "hand_over",
    "merge",
    "part_again",
    "part_with",
    "record",
    "rectify_again",
    "remove_note",
    "remove_notes_again",
    "resume_use",
    "save_intake_draft",
    "undo_merge",
    "write_note",
]
