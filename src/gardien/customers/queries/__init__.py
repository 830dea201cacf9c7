"""Named reads of customers. Each sees the present repairer's customers only, and no restricted person."""

from .candidates import Candidate, candidates, candidates_for
from .cars import NoSuchVehicleError, former_owners, vehicle, vehicles
from .drafts import NotReadByError, intake_draft
from .people import (
    NoSuchCustomerError,
    NoSuchMergeError,
    by_id,
    group,
    merges,
    notes,
    reached,
    subjects,
    told_without_reading,
)
from .search import Found, Match, search

__all__ = [
    "Candidate",
    "Found",
    "Match",
    "NoSuchCustomerError",
    "NoSuchMergeError",
    "NoSuchVehicleError",
    "NotReadByError",
    "by_id",
    "candidates",
    "candidates_for",
    "former_owners",
    "group",
    "intake_draft",
    "merges",
    "notes",
    "reached",
    "search",
    "subjects",
    "told_without_reading",
    "vehicle",
    "vehicles",
]
