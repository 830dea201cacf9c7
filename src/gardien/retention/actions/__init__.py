"""Taking back: the sweep of what time is over for, and the erasure of persons."""

from .erasing import erase, erase_again
from .sweeping import SweepRunningError, conclude, sweep

__all__ = ["SweepRunningError", "conclude", "erase", "erase_again", "sweep"]
