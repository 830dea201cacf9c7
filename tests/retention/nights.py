"""What runs leave to the pages of due dates, written down without a run."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from gardien.base import clock, scope
from gardien.retention.models import Outlook, Run
from gardien.retention.rules import Figure

QUOTES, STORAGE = "client.retention.quotes", "client.retention.storage"
CLEAN: Mapping[str, Any] = {
    "residue": {"looked_at": {"files": 3}, "not_looked_at": [], "persons": 12, "values": 60, "found": {}},
    "attack": {
        "least_alike": 5,
        "all": {"singling_out": {"below": 0}, "linkability": {"alike_one_person": 0, "stamped_with_a_person": 0}},
    },
    "removal": {
        "ended_at": "2026-11-29T02:33:00+00:00",
        "tables": {"dead_rows": {"quotes_quote": 2}, "freed_at": "2026-11-29T03:00:00+00:00"},
        "log": {"checkpoint_at": None},
        "backups": {"count": 1, "until": "2026-12-29T00:30:00+00:00"},
    },
}
"""Reports that found nothing."""


def month(ahead: int) -> date:
    """Return the first day of a month to come, by the calendar of Paris."""
    today = clock.legal_day(clock.now())
    count = today.year * 12 + today.month - 1 + ahead
    return date(count // 12, count % 12 + 1, 1)


def seen(controller: UUID, figures: Sequence[Figure], *months: tuple[str, date, int], at: datetime) -> None:
    """Leave what a run saw to a controller's pages."""
    told = [(clause, first.isoformat(), count) for clause, first, count in months]
    with scope.entered(controller):
        Outlook.objects.update_or_create(
            defaults={"taken_at": at, "figures": [each.as_dict() for each in figures], "months": told}
        )


def night(begun: datetime, *figures: Figure, took: timedelta | None = timedelta(minutes=3), **reports: Any) -> None:
    """Leave a run; without `took` it never ended."""
    ended_at = begun + took if took else None
    told = [each.as_dict() for each in figures]
    Run.objects.create(as_of=begun, started_at=begun, ended_at=ended_at, figures=told, **reports)


def staged(controller: UUID, at: datetime) -> None:
    """Leave a full page, something of everything; this night's run has ended, so that a worker starts none."""
    held = {"billing": 3, "dispute": 1}
    late = Figure(QUOTES, 12, 11, 1, held, 2, 1, "2026-11-20", month(1).isoformat())
    months = [(QUOTES, month(ahead), ahead * 37 % 53 + 1) for ahead in range(25)]
    months += [(STORAGE, month(ahead), ahead) for ahead in range(2, 25, 5)]
    seen(
        controller,
        [late, Figure(STORAGE, next_due=month(2).isoformat()), Figure("client.retention.messages")],
        *months,
        at=at,
    )
    night(at - timedelta(days=2), late, **CLEAN)
    night(at - timedelta(days=1), took=None)
    found = {**CLEAN, "residue": {**CLEAN["residue"], "found": {"messaging.Message.sealed": 2}}}
    night(at, late, **found)
