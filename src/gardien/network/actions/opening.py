"""Opening repairers, sites and accounts, and what a site settles for itself."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren as siren_number

from gardien.base import text
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from ..models import CentralParty, Repairer, Site, User
from ..rules import (
    MOST_DISCOUNT,
    MOST_QUOTE_DAYS,
    MOST_QUOTE_TEXT,
    NotABusinessNumberError,
    PartyKind,
    Tag,
    business_number,
)
from ._telling import tell


class NotADurationError(ValueError):
    """A quote is valid for 1 to 365 days."""


class NotADiscountError(ValueError):
    """A discount is 0 to 100 per cent."""


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
    tell(Tag.PARTY_NAMED, by, at, party=party.id)
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
    tell(Tag.REPAIRER_OPENED, by, at, repairer=repairer.id)
    return repairer


@transaction.atomic
def open_site(*, repairer: Repairer, name: str, siret: str, place: Place, by: Actor, at: datetime) -> Site:
    """Open a site of `repairer`; raise `NotABusinessNumberError` where the SIRET is wrong or another company's."""
    siret = business_number(siret)
    if not siret.startswith(repairer.siren):
        raise NotABusinessNumberError
    site = Site.objects.create(repairer=repairer, name=name, siret=siret, **vars(place))
    tell(Tag.SITE_OPENED, by, at, repairer=repairer.id, site=site.id)
    return site


@transaction.atomic
def open_user(*, email: str, first_name: str, last_name: str, password: str, by: Actor, at: datetime) -> User:
    """Open an active account; raise Django's `ValidationError` for a password the rule refuses."""
    user = User(email=email, first_name=first_name, last_name=last_name, opened_at=at)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    tell(Tag.USER_OPENED, by, at, subject=user.reference)
    return user


@transaction.atomic
def set_quote_days(*, site_id: UUID, days: int, by: Actor, at: datetime) -> None:
    """Set for how many days a site's quotes are valid from now on; raise `NotADurationError` below 1 or above 365.

    Call in the scope of its repairer.
    """
    if not 1 <= days <= MOST_QUOTE_DAYS:
        raise NotADurationError
    if Site.objects.filter(id=site_id).exclude(quote_days=days).update(quote_days=days):
        journal.record(Tag.QUOTE_DAYS_SET, by=by, at=at, site=site_id)


@transaction.atomic
def set_quote_terms(*, site_id: UUID, printed: str, most_discount: int | None, by: Actor, at: datetime) -> None:
    """Set what a site's quotes say below their lines, and the discount in per cent beyond which a manager issues them.

    `most_discount` is 0 to 100, or None where no discount needs a manager; both hold for quotes issued from now on.
    Raises `NotADiscountError`, and `base.text.Refused` for a text that cannot be kept. Call in its repairer's scope.
    """
    if most_discount is not None and not 0 <= most_discount <= MOST_DISCOUNT:
        raise NotADiscountError
    terms = {"quote_text": text.clean(printed, max_length=MOST_QUOTE_TEXT), "most_discount": most_discount}
    if Site.objects.filter(id=site_id).exclude(**terms).update(**terms):
        journal.record(Tag.QUOTE_TERMS_SET, by=by, at=at, site=site_id)
