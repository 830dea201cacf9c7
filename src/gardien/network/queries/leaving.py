"""Named reads of who left: since when nobody of a person's references works here any more."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from gardien.base import scope

from ..models import AccountRequest, CentralParty, Membership, Repairer, User
from ..rules import PartyKind


def departures() -> QuerySet[Any, Any]:
    """Return (subject, at) of users all of whose roles have ended, of the last end, in the network's scope.

    So left who asked and was refused, or never confirmed. A later request's reference tells the same of its user.
    """
    here = CentralParty.objects.filter(kind=PartyKind.NETWORK, id=scope.current())
    users = User.objects.filter(_left("id"), Exists(here)).values_list("reference", _last("id"))
    again = AccountRequest.objects.filter(Exists(here), _left("user_id")).exclude(reference=F("user__reference"))
    asked = AccountRequest.objects.filter(Exists(here), left_at__isnull=False)
    others = (again.values_list("reference", _last("user_id")), asked.values_list("reference", "left_at"))
    return users.union(*others, all=True)


def people_at(repairer: Repairer, at: datetime) -> tuple[int, int]:
    """Return how many people hold a role at a repairer's sites at `at` or later, and how many of them nowhere else."""
    held = Membership.objects.filter(Q(until_at=None) | Q(until_at__gt=at))
    here = User.objects.filter(Exists(held.filter(user=OuterRef("id"), site__repairer=repairer)))
    elsewhere = held.filter(user=OuterRef("id")).filter(~Q(site__repairer=repairer) | Q(site=None))
    return here.count(), here.filter(~Exists(elsewhere)).count()


def _left(user: str) -> Q:
    held = Membership.objects.filter(user=OuterRef(user))
    return Q(Exists(held), ~Exists(held.filter(until_at=None)))


def _last(user: str) -> Subquery:
    ends = Membership.objects.filter(user=OuterRef(user)).order_by("-until_at", "-id")
    return Subquery(ends.values("until_at")[:1])
