"""Which backups are there, and until when."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from gardien.base import clock
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.commitment.policy import legal_time

from ..models import Backup

CLAUSES: Final = ("client.backup.retention", "user.backup.retention")
_GRACE: Final = timedelta(days=1)


def kept() -> QuerySet[Backup]:
    """Return the backups that are not removed, the oldest first."""
    return Backup.objects.filter(removed_at=None).order_by("made_at", "id")


def until(made_at: datetime, at: datetime) -> datetime | None:
    """Return until when a backup stays by the version in force at `at`, the stricter clause; none without one."""
    version = commitment.in_force(clock.legal_day(at))
    found = [policy.retention(version, clause) for clause in CLAUSES]
    return min((legal_time.retention_end(made_at, each.period) for each in found if each and each.period), default=None)


def is_over(made_at: datetime, at: datetime) -> bool:
    """Say whether a backup's time is over."""
    end = until(made_at, at)
    return end is not None and end <= at


def overdue(*, at: datetime) -> tuple[int, int]:
    """Return how many backups are there, and how many of them a day after their time was over."""
    present = list(kept())
    return len(present), sum(is_over(backup.made_at, at - _GRACE) for backup in present)
