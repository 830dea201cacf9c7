"""Opening repairers, sites and accounts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.crypto import salted_hmac
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from . import _attempts, queries
from .models import CentralParty, Membership, Repairer, Site, Throttle, User
from .rules import Kind, PartyKind, Tag, totp_counter

COMMITTED = "attempts"
"""The connection that commits at once: what was tried stays on record though the request's own work rolls back."""


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


class TooManyAttemptsError(PermissionError):
    """Too many failures: this is tried no more for now, or until `unblock`. The same for accounts that do not exist."""


class Attempt:
    """One try at a secret, on record as failed until `succeed` says otherwise, whatever becomes of the request.

    `key` is what is counted: a typed e-mail address, a user's id, a network address. Two at once count as two.
    Raises `TooManyAttemptsError` before anything is tried.
    """

    def __init__(self, kind: Kind, key: str, *, at: datetime) -> None:
        self._digest, self._at = _digest(kind, key), at
        limit = _attempts.LIMITS[kind]
        with transaction.atomic(using=COMMITTED):
            held = self._held()
            if not _attempts.may_try(limit, held.failed_at, held.in_a_row, at):
                raise TooManyAttemptsError
            held.failed_at = [*_attempts.recent(limit, held.failed_at, at), at]
            held.in_a_row, held.last_at = held.in_a_row + 1, at
            held.save(using=COMMITTED)

    def succeed(self) -> None:
        """Take it off the record, and end the row of failures before it."""
        with transaction.atomic(using=COMMITTED):
            held = self._held()
            held.failed_at, held.in_a_row = [each for each in held.failed_at if each != self._at], 0
            held.save(using=COMMITTED)

    def _held(self) -> Throttle:
        rows = Throttle.objects.using(COMMITTED)
        rows.get_or_create(digest=self._digest, defaults={"last_at": self._at})
        return rows.select_for_update().get(digest=self._digest)


@transaction.atomic
def unblock(*, user: User, by: Actor, at: datetime) -> None:
    """Let an account be tried again, passwords and codes, after too many failures."""
    digests = [_digest(Kind.PASSWORD, user.email), _digest(Kind.CODE, str(user.id))]
    Throttle.objects.using(COMMITTED).filter(digest__in=digests).delete()
    _record(Tag.USER_UNBLOCKED, by, at, subject=user.reference)


@transaction.atomic
def use_code(*, user: User, code: str, by: Actor, at: datetime) -> Authenticator | None:
    """Return the authenticator that a typed code proves, None for a wrong or a used code; each code serves once.

    A code of an application counts in its own half minute, and one before and after; a recovery code at any time.
    Raises `TooManyAttemptsError` after six wrong ones.
    """
    del by
    attempt = Attempt(Kind.CODE, str(user.id), at=at)
    typed = "".join(code.split())
    held = Authenticator.objects.select_for_update().filter(user=user)
    for each in held.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type"):
        is_right = (
            _is_new(each, typed, at) if each.type == Authenticator.Type.TOTP else each.wrap().validate_code(typed)
        )
        if is_right:
            attempt.succeed()
            return each
    return None


def _is_new(application: Authenticator, code: str, at: datetime) -> bool:
    counter = totp_counter(decrypt(application.data["secret"]), code, at)
    if counter is None or counter <= application.data.get("used", 0):
        return False
    application.data["used"] = counter
    application.save(update_fields=["data"])
    return True


@transaction.atomic
def reset_second_factor(*, user: User, by: Actor, at: datetime) -> None:
    """Take away all means of a user's second factor, for who lost them; the next sign-in sets up new ones."""
    Authenticator.objects.filter(user=user).delete()
    _record(Tag.FACTOR_RESET, by, at, subject=user.reference)


def _digest(kind: Kind, key: str) -> str:
    return salted_hmac("gardien.network.attempts", f"{kind}:{_attempts.folded(key)}", algorithm="sha256").hexdigest()


def _record(tag: Tag, by: Actor, at: datetime, subject: str = "", **references: object) -> None:
    network = queries.central_party(PartyKind.NETWORK)
    with scope.entered(network.id):
        journal.record(tag, by=by, at=at, subject=subject, **references)  # type: ignore[arg-type]
