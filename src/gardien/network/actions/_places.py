"""What each place needs: roles that are held there, and that nobody leaves it as its last manager or administrator."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from gardien.commitment import roles

from .. import queries
from ..models import CentralParty, Membership, Repairer, Site, User
from ..rules import MANAGER

ADMINISTRATOR: Final = "network_administrator"


class NoSuchRoleError(ValueError):
    """There is no such role, or it is not held at this place."""


class LastManagerError(ValueError):
    """Active people still work at the site, and nobody else manages it: give somebody else the role first."""


class LastAdministratorError(ValueError):
    """The network would be without an administrator: give somebody else the role first."""


class ServicesEndedError(ValueError):
    """The repairer has ended its services: nobody gets a role there."""


class BothSidesError(ValueError):
    """Who works at the network or at the provider works at no site: they would see its customers. Nor the reverse."""


def refuse_both_sides(user: User, place: Site | CentralParty, at: datetime) -> None:
    """Raise `BothSidesError` if a user holds, or will hold, a role on the other side; one role of a user at a time."""
    User.objects.select_for_update(no_key=True).get(id=user.id)
    is_at_site = isinstance(place, Site)
    lasting = Membership.objects.filter(Q(until_at=None) | Q(until_at__gt=at), user=user)
    if lasting.filter(site__isnull=is_at_site).exists():
        raise BothSidesError


def refuse_ended(place: Site | CentralParty) -> None:
    """Raise `ServicesEndedError` for a site of a repairer whose services have ended; else they end after this."""
    if isinstance(place, Site):
        repairer = Repairer.objects.select_for_update(no_key=True).get(id=place.repairer_id)
        if repairer.services_ended_at:
            raise ServicesEndedError


def refuse_elsewhere(role: str, place: Site | CentralParty | None) -> None:
    """Raise `NoSuchRoleError` unless `role` is held at such a place."""
    kind = place.kind if isinstance(place, CentralParty) else "site"
    if place is None or roles.matrix().places.get(role) != kind:
        raise NoSuchRoleError


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
