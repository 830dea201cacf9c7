"""Who holds which role where."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gardien.base.actor import Actor

from .. import queries
from ..models import CentralParty, Membership, Site, User
from ..rules import Tag
from ._places import refuse_both_sides, refuse_elsewhere, refuse_ended, refuse_last
from ._telling import tell


@transaction.atomic
def give_role(
    *,
    user: User,
    role: str,
    place: Site | CentralParty,
    by: Actor,
    at: datetime,
    until_at: datetime | None = None,
) -> Membership:
    """Give `user` a role at a site or at a central party, from `at` on, until `until_at` where it is told.

    Raises `NoSuchRoleError`, `ServicesEndedError`, `BothSidesError`.
    """
    refuse_elsewhere(role, place)
    refuse_ended(place)
    refuse_both_sides(user, place, at)
    where = {"site": place} if isinstance(place, Site) else {"central_party": place}
    membership = Membership.objects.create(user=user, role=role, from_at=at, until_at=until_at, **where)
    tell(Tag.ROLE_GIVEN, by, at, subject=user.reference, membership=membership.id)
    return membership


@transaction.atomic
def end_role(*, membership_id: UUID, by: Actor, at: datetime) -> Membership:
    """End a role at once: the next request no longer has it. One that has ended is returned as it stands.

    Raises `LastManagerError`, `LastAdministratorError`, `queries.NoSuchMembershipError`.
    """
    refuse_last(queries.membership(membership_id), at)
    found = Membership.objects.select_for_update().select_related("user").get(id=membership_id)
    if found.until_at is None or found.until_at > at:
        found.until_at = max(at, found.from_at)
        found.save()
        tell(Tag.ROLE_ENDED, by, at, subject=found.user.reference, membership=found.id)
    return found
