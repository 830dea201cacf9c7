"""Legal time: when a retention ends, and when a request must have been answered. Pure: days and instants are given."""

from gardien.commitment.policy.legal_time.days import (
    NaiveInstantError,
    Territory,
    french_holidays,
    next_working_day,
    retention_end,
    same_numbered_day,
)
from gardien.commitment.policy.legal_time.deadlines import (
    EXTENSION_PERIOD,
    RESPONSE_PERIOD,
    Deadline,
    Delay,
    Extension,
    ExtensionRefusedError,
    GoverningDeadline,
    IncompleteRequestError,
    Suspension,
    SuspensionRefusedError,
    UnknownStartError,
    deadline,
    governing_deadline,
)

__all__ = [
    "EXTENSION_PERIOD",
    "RESPONSE_PERIOD",
    "Deadline",
    "Delay",
    "Extension",
    "ExtensionRefusedError",
    "GoverningDeadline",
    "IncompleteRequestError",
    "NaiveInstantError",
    "Suspension",
    "SuspensionRefusedError",
    "Territory",
    "UnknownStartError",
    "deadline",
    "french_holidays",
    "governing_deadline",
    "next_working_day",
    "retention_end",
    "same_numbered_day",
]
