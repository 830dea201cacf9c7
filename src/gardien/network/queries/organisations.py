"""Named reads of parties, repairers, sites and the roles that are held there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q, QuerySet

from gardien.base.actor import Actor
from gardien.commitment import roles

from ..models import CentralParty, Membership, Repairer, Site, User
from ..rules import PartyKind


class NoPartyError(LookupError):
    """A central party has not been named yet: run the set-up command."""


class NoSuchRepairerError(LookupError):
    """No repairer has this code."""


@dataclass(frozen=True)
class Colleague:
    """A user as a card names who did something: initials, `L. E.`, and the role held first; no address, no account."""

    initials: str
    role: str


def central_party(kind: PartyKind) -> CentralParty:
    """Return the network or the provider; raise `NoPartyError` before it is named."""
    party = CentralParty.objects.filter(kind=kind).first()
    if party is None:
        raise NoPartyError(kind)
    return party


def controllers() -> list[UUID]:
    """Return the ids of all who can be a controller: the repairers, the network, the provider."""
    return [
        each for model in (Repairer, CentralParty) for each in model.objects.order_by("id").values_list("id", flat=True)
    ]


def memberships(user: User, at: datetime) -> QuerySet[Membership]:
    """Return the user's roles that hold at `at`, with their site and repairer, oldest first."""
    holds = Q(from_at__lte=at) & (Q(until_at__isnull=True) | Q(until_at__gt=at))
    return Membership.objects.filter(holds, user=user).select_related("site__repairer", "central_party")


def controller(membership: Membership) -> UUID:
    """Return the id of the controller on whose behalf this role acts."""
    if membership.site is not None:
        return membership.site.repairer_id
    assert membership.central_party_id is not None  # noqa: S101 -- the table's check says so
    return membership.central_party_id


def actor(membership: Membership) -> Actor:
    """Return the actor that this role makes of its user."""
    return Actor(id=membership.user_id, role=membership.role)


def site_of(membership: Membership) -> Site:
    """Return the site where this role is held, with its repairer; raise `Site.DoesNotExist` for a central role."""
    return Site.objects.select_related("repairer").get(membership=membership)


def user(identifier: UUID) -> User:
    """Return a user; raise `User.DoesNotExist`."""
    return User.objects.get(id=identifier)


def staff(identifiers: Iterable[UUID | None]) -> dict[UUID, Colleague]:
    """Return these users as colleagues know them, by id; whoever holds no role is left out."""
    found: dict[UUID, Colleague] = {}
    wanted = {each for each in identifiers if each}
    for held in Membership.objects.filter(user__in=wanted).select_related("user"):
        initials = " ".join(f"{name[:1]}." for name in (held.user.first_name, held.user.last_name) if name)
        found.setdefault(held.user_id, Colleague(initials, held.role))
    return found


def repairers() -> QuerySet[Repairer]:
    """Return all repairers by code, each with `site_count` and `user_count`: counts of accounts, never of customers."""
    return Repairer.objects.annotate(
        site_count=Count("sites", distinct=True), user_count=Count("sites__membership__user", distinct=True)
    ).order_by("code")


def repairer(code: str) -> Repairer:
    """Return the repairer of this code; raise `NoSuchRepairerError`."""
    found = Repairer.objects.filter(code=code).first()
    if found is None:
        raise NoSuchRepairerError
    return found


def repairer_of(identifier: UUID) -> Repairer:
    """Return a repairer by its id; raise `NoSuchRepairerError`."""
    found = Repairer.objects.filter(id=identifier).first()
    if found is None:
        raise NoSuchRepairerError
    return found


def sites_of(repairer: Repairer) -> list[Site]:
    """Return the sites of a repairer, by name."""
    return list(Site.objects.filter(repairer=repairer).order_by("name", "id"))


def second_factors(user: User) -> int:
    """Count the applications and passkeys that prove who the user is; recovery codes alone prove nothing."""
    count: int = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    return count


def needs_second_factor(held: Iterable[Membership]) -> bool:
    """Say whether one of these roles is held at the network or at the provider."""
    places = roles.matrix().places
    return any(places[membership.role] != "site" for membership in held)
