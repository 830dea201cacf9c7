"""Who holds which role where, and that nobody leaves a place without its last manager or administrator."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from gardien.base.actor import Actor
from gardien.commitment import roles

from .. import queries
from ..models import CentralParty, Membership, Site, User
from ..rules import Tag
from ._telling import tell

ADMINISTRATOR: Final = "network_administrator"
MANAGER: Final = "site_manager"


class NoSuchRoleError(ValueError):
    """There is no such role, or it is not held at this place."""


class LastManagerError(ValueError):
    """Active people still work at the site, and nobody else manages it: give somebody else the role first."""


class LastAdministratorError(ValueError):
    """The network would be without an administrator: give somebody else the role first."""


def refuse_elsewhere(role: str, place: Site | CentralParty | None) -> None:
    """Raise `NoSuchRoleError` unless `role` is held at such a place."""
    kind = place.kind if isinstance(place, CentralParty) else "site"
    if place is None or roles.matrix().places.get(role) != kind:
        raise NoSuchRoleError


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

    Raises `NoSuchRoleError`.
    """
    refuse_elsewhere(role, place)
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


def refuse_last(leaving: Membership, at: datetime) -> None:
    """Raise where `leaving` is the last one of its place that manages it; two who leave at once wait for each other.

    The place's row is locked until the transaction ends, so that the second one counts after the first has left.
    """
    if leaving.role == ADMINISTRATOR:
        CentralParty.objects.select_for_update(of=("self",)).get(membership=leaving.id)
        if not _others(leaving, at):
            raise LastAdministratorError
    elif leaving.role == MANAGER:
        Site.objects.select_for_update(of=("self",)).get(membership=leaving.id)
        if not _others(leaving, at) and queries.active_at(leaving, at).exclude(user=leaving.user_id).exists():
            raise LastManagerError


def _others(leaving: Membership, at: datetime) -> bool:
    same = queries.active_at(leaving, at).filter(role=leaving.role, until_at=None)
    return same.exclude(user=leaving.user_id).exists()
