"""Taking back: backups whose time is over."""

from .backups import begin_backup, finish_backup, remove_old_backups

__all__ = ["begin_backup", "finish_backup", "remove_old_backups"]
