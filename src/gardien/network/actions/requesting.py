"""Requests for accounts: asked for, proven by their address, approved or refused by the network."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gardien.base import ids
from gardien.base.actor import Actor

from .. import queries
from ..models import AccountRequest, CentralParty, Site, User
from ..rules import Origin, Refusal, RequestState, Tag, UserState, business_number
from . import roles
from ._places import refuse_elsewhere
from ._telling import tell


class NotVerifiedError(ValueError):
    """Nobody has confirmed the request's address, or the request is decided already."""


class AccountClosedError(ValueError):
    """The address has an account that was suspended or closed: let it in again first, or refuse the request."""


class OwnRequestError(PermissionError):
    """Who asked for the account would give it a role at a site: that takes another administrator."""


@dataclass(frozen=True)
class Told:
    """What a request tells; `site` and `role` where a manager or the network asks, `company` and `siret` elsewhere."""

    email: str
    first_name: str
    last_name: str
    phone: str = ""
    company: str = ""
    siret: str = ""
    site: Site | None = None
    role: str = ""


@transaction.atomic
def request_account(*, told: Told, origin: Origin, by: Actor, at: datetime) -> AccountRequest:
    """Take a request down; it gives no access. The same rows for an address that has an account and for any other.

    Raises `NotABusinessNumberError` for a wrong SIRET, `NoSuchRoleError` for a role that is not held at a site.
    """
    values = {**vars(told), "siret": business_number(told.siret) if told.siret else ""}
    if told.role:
        refuse_elsewhere(told.role, told.site)
    found = AccountRequest.objects.create(
        reference=ids.reference("U"), origin=origin, requested_at=at, requested_by_id=by.id, left_at=at, **values
    )
    tell(Tag.REQUESTED, by, at, subject=found.reference, request=found.id)
    return found


@transaction.atomic
def verify(*, request_id: UUID, by: Actor, at: datetime) -> AccountRequest:
    """Record that the bearer of the address confirmed the request; again changes nothing."""
    found = _locked(request_id)
    if found.state == RequestState.REQUESTED:
        found.state, found.verified_at, found.left_at = RequestState.VERIFIED, at, None
        found.save()
        tell(Tag.VERIFIED, by, at, subject=found.reference, request=found.id)
    return found


@transaction.atomic
def approve(*, request_id: UUID, role: str, place: Site | CentralParty, by: Actor, at: datetime) -> User:
    """Approve a request: an account waits for its password, or the one of this address gets the role as well.

    Raises `NotVerifiedError`, `AccountClosedError`, `NoSuchRoleError`, `ServicesEndedError`, `BothSidesError`, and
    `OwnRequestError` for a site's role by the user who asked for the account.
    """
    found = _verified(request_id)
    if isinstance(place, Site) and by.id is not None and found.requested_by_id == by.id:
        raise OwnRequestError
    user = queries.by_email(found.email)
    if user is None:
        user = User.objects.create(
            reference=found.reference,
            email=found.email,
            first_name=found.first_name,
            last_name=found.last_name,
            phone=found.phone,
            password=make_password(None),
            state=UserState.APPROVED,
            opened_at=at,
        )
    elif user.state not in (UserState.APPROVED, UserState.ACTIVE):
        raise AccountClosedError
    roles.give_role(user=user, role=role, place=place, by=by, at=at)
    found.state, found.user, found.decided_at, found.decided_by_id = RequestState.APPROVED, user, at, by.id
    found.save()
    tell(Tag.APPROVED, by, at, subject=user.reference, request=found.id)
    return user


@transaction.atomic
def refuse(*, request_id: UUID, reason: Refusal, by: Actor, at: datetime) -> AccountRequest:
    """Refuse a request; raise `NotVerifiedError`."""
    found = _verified(request_id)
    found.state, found.refusal, found.decided_at, found.decided_by_id = RequestState.REFUSED, reason, at, by.id
    found.left_at = at
    found.save()
    tell(Tag.REFUSED, by, at, subject=found.reference, request=found.id)
    return found


def _verified(request_id: UUID) -> AccountRequest:
    found = _locked(request_id)
    if found.state != RequestState.VERIFIED:
        raise NotVerifiedError
    return found


def _locked(request_id: UUID) -> AccountRequest:
    found = AccountRequest.objects.select_for_update().filter(id=request_id).first()
    if found is None:
        raise queries.NoSuchRequestError
    return found
