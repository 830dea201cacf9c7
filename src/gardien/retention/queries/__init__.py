"""Named reads of retention: what is due and when, what is kept and why, and what the last runs did."""

from .after import Witness, reports
from .figures import Calendar, added_up, measured
from .removal import reckoned
from .runs import begun, is_night_missed, last_run, outlook, runs

__all__ = [
    "Calendar",
    "Witness",
    "added_up",
    "begun",
    "is_night_missed",
    "last_run",
    "measured",
    "outlook",
    "reckoned",
    "reports",
    "runs",
]
