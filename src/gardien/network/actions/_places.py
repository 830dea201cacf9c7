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
    """Nobody else manages the site without an end: give somebody else the role first."""


class LastAdministratorError(ValueError):
    """The network has no other administrator without an end: give somebody else the role first."""


LAST: Final = {ADMINISTRATOR: LastAdministratorError, MANAGER: LastManagerError}
"""The roles that manage a place, and the refusal to let the last one who holds it go."""


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
    if not _is_only(leaving, at):
        return
    if leaving.role == ADMINISTRATOR or queries.active_at(leaving, at).exclude(user=leaving.user_id).exists():
        raise LAST[leaving.role]


def refuse_passing(given: Membership, at: datetime) -> None:
    """Raise where a role with an end would manage a place that nobody else manages without one."""
    if given.until_at and _is_only(given, at):
        raise LAST[given.role]


def _is_only(held: Membership, at: datetime) -> bool:
    """Say whether a role manages its place, and nobody else there manages it without an end; locks the place's row."""
    if held.role not in LAST:
        return False
    place = held.site or held.central_party
    assert place is not None  # noqa: S101 -- a constraint keeps it: a role is held at one place
    type(place).objects.select_for_update().get(id=place.id)
    same = queries.active_at(held, at).filter(role=held.role, until_at=None)
    return not same.exclude(user=held.user_id).exists()
