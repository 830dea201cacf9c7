"""Who holds which role where."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from gardien.base.actor import Actor

from .. import queries
from ..models import CentralParty, Membership, Site, User
from ..rules import Tag
from ._places import refuse_both_sides, refuse_elsewhere, refuse_ended, refuse_last, refuse_passing
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

    A role that is held already goes on until then instead, longer or shorter. Raises `NoSuchRoleError`,
    `ServicesEndedError`, `BothSidesError`; `LastManagerError` or `LastAdministratorError` for an end where nobody else
    manages the place without one.
    """
    refuse_elsewhere(role, place)
    refuse_ended(place)
    where = {"site": place} if isinstance(place, Site) else {"central_party": place}
    given = Membership(user=user, role=role, from_at=at, until_at=until_at, **where)
    refuse_passing(given, at)
    refuse_both_sides(user, place, at)
    held = Membership.objects.select_for_update().filter(queries.holding(at), user=user, role=role, **where)
    membership = held.order_by(F("until_at").desc(nulls_first=True)).first() or given
    if membership is not given and membership.until_at == until_at:
        return membership
    membership.until_at = until_at
    membership.save()
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
