"""What the archive keeps and why, and when it goes: persons by ground, releases that are due, the next one."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateTimeField, Func, Min, Q, QuerySet
from django.db.models.functions import Greatest, Least

from gardien.standing import queries as standing
from gardien.standing.models import Archived


class _EndOf(Func):
    """The instant at which a calendar day in Paris is over, as `clock.end_of` has it."""

    template = "((%(expressions)s + 1)::timestamp AT TIME ZONE 'Europe/Paris')"
    output_field = DateTimeField()


def has_any(clause: str) -> bool:
    """Say whether anything is archived under a clause."""
    return Archived.objects.filter(clause=clause).exists()


def held(clause: str, day: date) -> dict[str, int]:
    """Return of how many persons something is archived under a clause and held on a day in Paris, by ground."""
    kept = standing.archived().filter(_live(day), clause=clause).order_by("hold__ground")
    return dict(kept.values_list("hold__ground").annotate(Count("subject", distinct=True)))


def unheld(day: date) -> QuerySet[Any]:
    """Return what no hold keeps on a day in Paris any more, each with `ended_at`, the instant since when it is due.

    That is the end of the hold's last day or its release, whichever came first, but not before the time under the
    clause was over. Of restricted people nothing is due until the lift.
    """
    return standing.archived().exclude(_live(day)).annotate(ended_at=_ended())


def deferred(clause: str) -> int:
    """Return of how many restricted persons something is archived under a clause: it waits for the lift."""
    frozen = Archived.objects.filter(clause=clause).exclude(id__in=standing.archived().values("id"))
    return int(frozen.aggregate(count=Count("subject", distinct=True))["count"])


def next_due(clause: str, day: date) -> datetime | None:
    """Return when the first of the holds in force on a day in Paris lets go of what it keeps under a clause."""
    kept = standing.archived().filter(_live(day), clause=clause)
    first: datetime | None = kept.aggregate(first=Min(_ended()))["first"]
    return first


def ends(clause: str, day: date) -> QuerySet[Any]:
    """Return (subject, instant) of when holds in force on a day in Paris let go of what they keep under a clause."""
    kept = standing.archived().filter(_live(day), clause=clause).order_by().annotate(ended_at=_ended())
    return kept.values_list("subject", "ended_at")


def _live(day: date) -> Q:
    """Return the condition of a hold in force on a day in Paris, by a join: `standing.queries.live_holds` of rows."""
    return Q(hold__released_at=None, hold__until_date__gte=day)


def _ended() -> Greatest:
    return Greatest("due_at", Least("hold__released_at", _EndOf("hold__until_date")))
