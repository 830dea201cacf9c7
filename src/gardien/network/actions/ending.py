"""A repairer's notice of end of services: who works there leaves the portal, and their time begins to run."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.standing import actions as standing
from gardien.standing.rules import EndReason

from .. import queries
from ..models import Membership, Repairer, User
from ..rules import PartyKind, Tag, UserState
from ._telling import tell

PURPOSES: Final = ("user.use.accounts", "user.use.product")


@transaction.atomic
def end_services(*, repairer_id: UUID, by: Actor, at: datetime) -> Repairer:
    """End a repairer's services at `at`: nobody works in the portal for it any more, the last manager included.

    The roles at its sites end. Accounts that act nowhere else are closed, and what their data serves is over for their
    persons; its customers' data stays until its own time. Ended again it stays as it is. Raises
    `queries.NoSuchRepairerError`.
    """
    repairer = Repairer.objects.select_for_update(no_key=True).filter(id=repairer_id).first()
    if repairer is None:
        raise queries.NoSuchRepairerError
    if repairer.services_ended_at:
        return repairer
    repairer.services_ended_at = at
    repairer.save(update_fields=["services_ended_at"])
    tell(Tag.SERVICES_ENDED, by, at, repairer=repairer.id)
    for user in _ended(repairer, by, at):
        _leave(user, by, at)
    return repairer


def _ended(repairer: Repairer, by: Actor, at: datetime) -> list[User]:
    """End the roles at a repairer's sites; return who held them, locked, in the order of their ids."""
    open_ = Membership.objects.filter(_lasting(at), site__repairer=repairer).order_by("site_id", "id")
    leaving = {held.user_id for held in open_}
    users = list(User.objects.select_for_update(no_key=True).filter(id__in=leaving).order_by("id"))
    references = {user.id: user.reference for user in users}
    for held in open_.select_for_update(of=("self",)):
        held.until_at = max(at, held.from_at)
        held.save(update_fields=["until_at"])
        tell(Tag.ROLE_ENDED, by, at, subject=references[held.user_id], membership=held.id)
    return users


def _leave(user: User, by: Actor, at: datetime) -> None:
    """Close an account that acts nowhere any more, and end what its person's data serves."""
    if user.state == UserState.CLOSED or Membership.objects.filter(_lasting(at), user=user).exists():
        return
    user.state, user.session_stamp = UserState.CLOSED, ids.new()
    user.save(update_fields=["state", "session_stamp"])
    tell(Tag.CLOSED, by, at, subject=user.reference)
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        for subject in queries.references(user):
            for purpose in PURPOSES:
                standing.end(subject=subject, purpose=purpose, reason=EndReason.END_OF_SERVICES, by=by, at=at)


def _lasting(at: datetime) -> Q:
    """Return the condition of a role that holds at `at`, or will."""
    return Q(until_at=None) | Q(until_at__gt=at)
