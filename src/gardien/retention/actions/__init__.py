"""Taking back: the sweep of what time is over for, the erasure of persons, and backups until their time is over."""

from .backups import begin_backup, finish_backup, remove_old_backups
from .erasing import erase, erase_again
from .removals import keep_removals
from .sweeping import SweepRunningError, conclude, sweep

__all__ = [
    "SweepRunningError",
    "begin_backup",
    "conclude",
    "erase",
    "erase_again",
    "finish_backup",
    "keep_removals",
    "remove_old_backups",
    "sweep",
]
