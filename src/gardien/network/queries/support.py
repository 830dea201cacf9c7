"""Named reads of provider support: who has let it in, and what it read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from ..models import Membership, Repairer, SupportAccess, SupportRead, User
from ..rules import SUPPORT, VISIT


def open_accesses(at: datetime) -> QuerySet[SupportAccess]:
    """Return the accesses that are open at `at`, with their site and repairer; none where services have ended."""
    open_ = {"revoked_at": None, "from_at__lte": at, "until_at__gt": at}
    found = SupportAccess.objects.filter(**open_, site__repairer__services_ended_at=None)
    return found.select_related("site__repairer")


def accesses_of(repairer: Repairer) -> QuerySet[SupportAccess]:
    """Return all accesses that were ever opened at the sites of a repairer, the latest first."""
    return SupportAccess.objects.filter(site__repairer=repairer).select_related("site")


def reads_of(accesses: Iterable[SupportAccess]) -> list[dict[str, Any]]:
    """Return what support asked for through these accesses; call in the scope of their repairer.

    One row for each access, reader, action and object, with how many `times` and when last (`last_at`), the latest
    first: no page that is asked for again and again hides another one.
    """
    asked = SupportRead.objects.filter(access__in=[access.id for access in accesses])
    each = asked.values("access_id", "user_id", "action", "object_id")
    return list(each.annotate(times=Count("id"), last_at=Max("read_at")).order_by("-last_at", "action", "object_id"))


def named(identifiers: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of these users by id; an account that is gone has none."""
    found = User.objects.filter(id__in=set(identifiers))
    return {user.id: f"{user.first_name} {user.last_name}" for user in found}


def visiting(membership: Membership, access_id: UUID, at: datetime) -> tuple[Membership, SupportAccess] | None:
    """Return the role that a support membership acts in through an access that is open at `at`, None if it is not.

    The role is never a row: it has the site of the access and lasts one request.
    """
    access = open_accesses(at).filter(id=access_id).first()
    if membership.role != SUPPORT or access is None:
        return None
    visit = Membership(id=membership.id, user=membership.user, role=VISIT, site=access.site, from_at=access.from_at)
    return visit, access
