"""Named reads of retention: what is due and when, what is kept and why, and what the last runs did."""

from .figures import added_up, calendar, figures, measured
from .runs import begun, is_night_missed, last_run, outlook, runs

__all__ = ["added_up", "begun", "calendar", "figures", "is_night_missed", "last_run", "measured", "outlook", "runs"]
