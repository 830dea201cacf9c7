"""Whether an account may sign in: activated by its person, suspended, let in again, closed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q

from gardien.base import clock, ids, scope
from gardien.base.actor import Actor
from gardien.commitment.registry import Kept
from gardien.standing import actions as standing
from gardien.standing.rules import Event

from .. import queries
from ..models import Membership, User
from ..rules import PartyKind, Tag, UserState, sign_in_of
from ._places import refuse_last
from ._telling import tell
from .roles import end_role


class NotInStateError(ValueError):
    """The account is not in the state from which this is done: reload the page."""


@transaction.atomic
def activate(*, user_id: UUID, password: str, by: Actor, at: datetime) -> User:
    """Let an approved account sign in with the password that its person chose.

    Raises `NotInStateError`, and Django's `ValidationError` for a password that the rule refuses.
    """
    user = _in(user_id, UserState.APPROVED)
    validate_password(password, user)
    user.set_password(password)
    user.state = UserState.ACTIVE
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    tell(Tag.ACTIVATED, by, at, subject=user.reference)
    _active(user, Event.ACCOUNT_OPENED, user.id, by, at)
    return user


@transaction.atomic
def record_sign_in(*, user: User, by: Actor, at: datetime) -> None:
    """Record that a person signed in: one fact for each day in Paris, and no entry in the journal.

    The journal is kept for years; who signed in when belongs to the security log, and to statistics of their own.
    """
    _active(user, Event.SIGNED_IN, sign_in_of(user.id, clock.legal_day(at)), by, at)


@transaction.atomic
def suspend(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """Keep an account out from its next request on; its roles stay for when it is let in again.

    Raises `NotInStateError`, `LastManagerError`, `LastAdministratorError`.
    """
    for membership in _guarded(user_id, at):
        refuse_last(membership, at)
    user = _in(user_id, UserState.ACTIVE, UserState.APPROVED)
    return _out(user, UserState.SUSPENDED, Tag.SUSPENDED, by, at)


@transaction.atomic
def resume(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """Let a suspended account in again; no session comes back. Raises `NotInStateError`."""
    user = _in(user_id, UserState.SUSPENDED)
    user.state = UserState.ACTIVE if user.has_usable_password() else UserState.APPROVED
    user.save()
    tell(Tag.RESUMED, by, at, subject=user.reference)
    return user


@transaction.atomic
def close(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """Close an account for good and end its roles.

    Raises `NotInStateError`, `LastManagerError`, `LastAdministratorError`.
    """
    for membership in _guarded(user_id, at):
        refuse_last(membership, at)
    user = _in(user_id, UserState.ACTIVE, UserState.APPROVED, UserState.SUSPENDED)
    for membership in Membership.objects.filter(Q(until_at=None) | Q(until_at__gt=at), user=user):
        end_role(membership_id=membership.id, by=by, at=at)
    return _out(user, UserState.CLOSED, Tag.CLOSED, by, at)


@transaction.atomic
def end_sessions(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """End all sessions of an account, from their next request on; return it with its new stamp."""
    user = User.objects.select_for_update().get(id=user_id)
    user.session_stamp = ids.new()
    user.save()
    tell(Tag.SESSIONS_ENDED, by, at, subject=user.reference)
    return user


@transaction.atomic
def suspend_withdrawn(subjects: Sequence[str], purpose: str, *, by: Actor, at: datetime) -> tuple[Kept, ...]:
    """Suspend the account of who withdraws consent to having one, the last manager's too: a withdrawal is not refused.

    Its roles and its history stay, on the network's own grounds.
    """
    del purpose
    for user in queries.bearing(subjects).filter(state=UserState.ACTIVE):
        _out(user, UserState.SUSPENDED, Tag.SUSPENDED, by, at)
    return ()


def _active(user: User, event: Event, source_id: UUID, by: Actor, at: datetime) -> None:
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        standing.record_activity(subject=user.reference, event=event, source_id=source_id, by=by, at=at)


def _guarded(user_id: UUID, at: datetime) -> list[Membership]:
    """Return the roles that a user holds, in the one order in which places are locked."""
    held = queries.memberships(User.objects.get(id=user_id), at)
    return list(held.order_by("central_party_id", "site_id", "id"))


def _in(user_id: UUID, *states: UserState) -> User:
    user = User.objects.select_for_update().get(id=user_id)
    if user.state not in states:
        raise NotInStateError
    return user


def _out(user: User, state: UserState, tag: Tag, by: Actor, at: datetime) -> User:
    user.state, user.session_stamp = state, ids.new()
    user.save()
    tell(tag, by, at, subject=user.reference)
    return user
