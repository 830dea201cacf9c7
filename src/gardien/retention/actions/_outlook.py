"""What a run leaves to a controller's pages, so that no page counts persons: its figures, and what falls due."""

from collections.abc import Iterable
from datetime import datetime

from .. import queries
from ..models import Outlook
from ..rules import Figure


def keep(figures: Iterable[Figure], calendar: queries.Calendar, as_of: datetime) -> None:
    """Write down a run's figures of the present controller, and its calendar from that instant on."""
    months = [(clause, month.isoformat(), count) for clause, month, count in calendar]
    told = {"taken_at": as_of, "figures": [each.as_dict() for each in figures], "months": months}
    Outlook.objects.update_or_create(defaults=told)
