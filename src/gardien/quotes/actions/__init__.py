"""Writing quotes: drafts and lines, what is settled on them, issue, and what becomes of an issued quote."""

from gardien.messaging.actions import NoRouteError

from ._locks import ExpiredError, NotADraftError, NotAgreedError, NotOpenError
from .answering import (
    NoOptionError,
    NoReasonError,
    NotExpiredError,
    accept,
    accept_late,
    cancel,
    end_use,
    expire,
    give,
    refuse,
)
from .copying import discard, duplicate, revise
from .drafting import (
    NoSuchLineError,
    NotInEurosError,
    Offer,
    add_fitted,
    add_service,
    add_tyre,
    draft,
    remove_line,
    tell_mileage,
)
from .issuing import (
    LabelMissingError,
    ManagerNeededError,
    NothingOfferedError,
    PartsUnansweredError,
    issue,
    mark_verified,
)
from .pricing import NothingToReachError, choose_parts, excuse_label, reach, take_off
from .sending import NoAddressError, send

__all__ = [
    "ExpiredError",
    "LabelMissingError",
    "ManagerNeededError",
    "NoAddressError",
    "NoOptionError",
    "NoReasonError",
    "NoRouteError",
    "NoSuchLineError",
    "NotADraftError",
    "NotAgreedError",
    "NotExpiredError",
    "NotInEurosError",
    "NotOpenError",
    "NothingOfferedError",
    "NothingToReachError",
    "Offer",
    "PartsUnansweredError",
    "accept",
    "accept_late",
    "add_fitted",
    "add_service",
    "add_tyre",
    "cancel",
    "choose_parts",
    "discard",
    "draft",
    "duplicate",
    "end_use",
    "excuse_label",
    "expire",
    "give",
    "issue",
    "mark_verified",
    "reach",
    "refuse",
    "remove_line",
    "revise",
    "send",
    "take_off",
    "tell_mileage",
]
