"""Opening repairers, sites and accounts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from . import queries
from .models import CentralParty, Membership, Repairer, Site, User
from .rules import PartyKind, Tag


class NotABusinessNumberError(ValueError):
    """A SIREN or SIRET has the wrong length or check digit."""


@dataclass(frozen=True)
class Place:
    """Where a repairer or a site is and how it is reached; `phone` in E.164."""

    street: str
    postcode: str
    city: str
    email: str
    phone: str


@dataclass(frozen=True)
class Identity:
    """A repairer as the trade register knows it: town of the register, capital in euros if its form has one."""

    name: str
    siren: str
    legal_form: str
    capital: Decimal | None
    trade_register: str


@transaction.atomic
def name_central_party(*, kind: PartyKind, name: str, by: Actor, at: datetime) -> CentralParty:
    """Name the network, then the provider; a later call changes the name."""
    party, _ = CentralParty.objects.update_or_create(kind=kind, defaults={"name": name})
    _record(Tag.PARTY_NAMED, by, at, party=party.id)
    return party


@transaction.atomic
def open_repairer(*, code: str, identity: Identity, place: Place, by: Actor, at: datetime) -> Repairer:
    """Open a repairer; raise `NotABusinessNumberError` for a wrong SIREN. Its VAT number follows from the SIREN."""
    try:
        siren = siren_number.validate(identity.siren)
    except NumberError as error:
        raise NotABusinessNumberError from error
    vat_number = f"FR{siren_number.to_tva(siren).replace(' ', '')}"
    repairer = Repairer.objects.create(
        code=code, vat_number=vat_number, **vars(place), **{**vars(identity), "siren": siren}
    )
    _record(Tag.REPAIRER_OPENED, by, at, repairer=repairer.id)
    return repairer


@transaction.atomic
def open_site(*, repairer: Repairer, name: str, siret: str, place: Place, by: Actor, at: datetime) -> Site:
    """Open a site of `repairer`; raise `NotABusinessNumberError` where the SIRET is wrong or another company's."""
    try:
        siret = siret_number.validate(siret)
    except NumberError as error:
        raise NotABusinessNumberError from error
    if not siret.startswith(repairer.siren):
        raise NotABusinessNumberError
    site = Site.objects.create(repairer=repairer, name=name, siret=siret, **vars(place))
    _record(Tag.SITE_OPENED, by, at, repairer=repairer.id, site=site.id)
    return site


@transaction.atomic
def open_user(*, email: str, first_name: str, last_name: str, password: str, by: Actor, at: datetime) -> User:
    """Open an active account; raise Django's `ValidationError` for a password the rule refuses."""
    user = User(email=email, first_name=first_name, last_name=last_name, opened_at=at)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    _record(Tag.USER_OPENED, by, at, subject=user.reference)
    return user


@transaction.atomic
def give_role(*, user: User, role: str, place: Site | CentralParty, by: Actor, at: datetime) -> Membership:
    """Give `user` a role at a site or at a central party, from `at` on."""
    where = {"site": place} if isinstance(place, Site) else {"central_party": place}
    membership = Membership.objects.create(user=user, role=role, from_at=at, **where)
    _record(Tag.ROLE_GIVEN, by, at, subject=user.reference, membership=membership.id)
    return membership


def _record(tag: Tag, by: Actor, at: datetime, subject: str = "", **references: object) -> None:
    network = queries.central_party(PartyKind.NETWORK)
    with scope.entered(network.id):
        journal.record(tag, by=by, at=at, subject=subject, **references)  # type: ignore[arg-type]
