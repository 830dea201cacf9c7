"""Writing quotes: drafts and lines, issue, and what becomes of an issued quote."""

from ._locks import NotADraftError, NotAgreedError
from .answering import ExpiredError, NotOpenError, accept, cancel, end_use, refuse
from .drafting import NotInEurosError, Offer, add_service, add_tyre, draft, remove_line, tell_mileage
from .issuing import NothingOfferedError, issue, mark_verified

__all__ = [
    "ExpiredError",
    "NotADraftError",
    "NotAgreedError",
    "NotInEurosError",
    "NotOpenError",
    "NothingOfferedError",
    "Offer",
    "accept",
    "add_service",
    "add_tyre",
    "cancel",
    "draft",
    "end_use",
    "issue",
    "mark_verified",
    "refuse",
    "remove_line",
    "tell_mileage",
]
