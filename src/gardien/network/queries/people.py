"""Named reads of accounts: who works where, and which requests wait for the network's word."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from gardien.base import ids

from ..models import AccountRequest, CentralParty, Membership, Repairer, Site, User
from ..rules import MANAGER, MOST_LETTERS_A_DAY, Doubt, PartyKind, RequestState, UserState, resemblance
from .organisations import central_party

VERIFY, PASSWORD = "account.verify", "account.password"
"""What the links of letters about accounts are for."""


class NoSuchRequestError(LookupError):
    """No such request for an account exists."""


class NoSuchMembershipError(LookupError):
    """No such role is held."""


class NoSuchUserError(LookupError):
    """No such account exists."""


def by_email(email: str) -> User | None:
    """Return the account of an address, whatever its case."""
    return User.objects.filter(email__iexact=email).first()


def nobody(email: str) -> User:
    """Return an account that does not exist, to treat an unknown address as a known one; never save it."""
    return User(email=email, reference=ids.reference("U"))


def bearing(references: Sequence[str]) -> QuerySet[User]:
    """Return the accounts that bear these references, their own or that of a request for them."""
    return User.objects.filter(Q(reference__in=references) | Q(requests__reference__in=references)).distinct()


def references(user: User) -> list[str]:
    """Return all references of a user: their own first, then those of later requests for the same address."""
    others = AccountRequest.objects.filter(user=user).exclude(reference=user.reference).order_by("requested_at", "id")
    return [user.reference, *others.values_list("reference", flat=True)]


def account(user_id: UUID) -> User:
    """Return an account; raise `NoSuchUserError`."""
    found = User.objects.filter(id=user_id).first()
    if found is None:
        raise NoSuchUserError
    return found


def membership(membership_id: UUID) -> Membership:
    """Return a role with its user and place; raise `NoSuchMembershipError`."""
    found = Membership.objects.select_related("user", "site", "central_party").filter(id=membership_id).first()
    if found is None:
        raise NoSuchMembershipError
    return found


def holding(at: datetime) -> Q:
    """Return the condition of a role that holds at `at`."""
    return Q(from_at__lte=at) & (Q(until_at__isnull=True) | Q(until_at__gt=at))


def holds(user: User, role: str, place: Site | CentralParty, at: datetime) -> bool:
    """Say whether a user holds this role at this place."""
    where = {"site": place} if isinstance(place, Site) else {"central_party": place}
    return Membership.objects.filter(holding(at), user=user, role=role, **where).exists()


def active_at(place_of: Membership, at: datetime) -> QuerySet[Membership]:
    """Return the roles that people who may sign in hold at the place of a role."""
    where = {"site": place_of.site_id, "central_party": place_of.central_party_id}
    return Membership.objects.filter(holding(at), user__state=UserState.ACTIVE, **where)


def people_of(site: Site, at: datetime) -> list[Membership]:
    """Return the roles held at a site, by the person's name, with the person."""
    held = Membership.objects.filter(holding(at), site=site).select_related("user", "site")
    return sorted(held, key=lambda each: (each.user.sort_key, each.user_id, each.role))


def managers_of(place: Site | CentralParty, at: datetime) -> list[User]:
    """Return who manages a site and may sign in, in the order of their accounts; nobody at a central party."""
    if not isinstance(place, Site):
        return []
    managing = Membership.objects.filter(holding(at), site=place, role=MANAGER)
    return list(User.objects.filter(state=UserState.ACTIVE, memberships__in=managing).distinct().order_by("id"))


def people(at: datetime) -> list[User]:
    """Return all accounts but closed ones by name, each with `held`, the roles of today and their places."""
    held = Membership.objects.filter(holding(at)).select_related("site__repairer", "central_party")
    found = User.objects.exclude(state=UserState.CLOSED).prefetch_related(Prefetch("memberships", held, to_attr="held"))
    return sorted(found, key=lambda each: (each.sort_key, each.id))


def request(request_id: UUID) -> AccountRequest:
    """Return a request; raise `NoSuchRequestError`."""
    found = AccountRequest.objects.select_related("site__repairer").filter(id=request_id).first()
    if found is None:
        raise NoSuchRequestError
    return found


def waiting() -> QuerySet[AccountRequest]:
    """Return the requests whose address is confirmed and that nobody has decided on, the oldest first."""
    found = AccountRequest.objects.filter(state=RequestState.VERIFIED).select_related("site__repairer")
    return found.order_by("verified_at", "id")


def asked_of(site: Site) -> QuerySet[AccountRequest]:
    """Return the requests of a site's managers that are not decided, the latest first."""
    states = (RequestState.REQUESTED, RequestState.VERIFIED)
    return AccountRequest.objects.filter(site=site, state__in=states).order_by("-requested_at", "id")


def may_get_a_letter(found: AccountRequest) -> bool:
    """Say whether this request is among the first of its day for its address: the others get no letter.

    Requests by the public form, of each site and of the network are counted apart: nobody uses up another's letters.
    """
    since = found.requested_at - timedelta(days=1)
    alike = {"email__iexact": found.email, "origin": found.origin, "site": found.site}
    earlier = AccountRequest.objects.filter(**alike, requested_at__gt=since, requested_at__lte=found.requested_at)
    return earlier.exclude(id=found.id).count() < MOST_LETTERS_A_DAY


def request_digest(found: AccountRequest) -> str:
    """Return the SHA-256 of what a request says, which its link stands for."""
    told = (found.email, found.first_name, found.last_name, found.company, found.siret, str(found.site_id), found.role)
    return hashlib.sha256("\n".join((str(found.id), *told)).encode()).hexdigest()


def password_digest(user: User) -> str:
    """Return the SHA-256 of an account's password row: a link to choose one is good until one was chosen."""
    return hashlib.sha256(f"{user.id}\n{user.state}\n{user.password}".encode()).hexdigest()


def sites() -> QuerySet[Site]:
    """Return all sites where people can work, with their repairer, by its code: none where services have ended."""
    found = Site.objects.filter(repairer__services_ended_at=None).select_related("repairer")
    return found.order_by("repairer__code", "name", "id")


def site_of_siret(siret: str) -> Site | None:
    """Return the site of a SIRET."""
    return Site.objects.select_related("repairer").filter(siret=siret).first()


def parties() -> list[CentralParty]:
    """Return the network and the provider."""
    return [central_party(PartyKind.NETWORK), central_party(PartyKind.PROVIDER)]


def doubts(found: AccountRequest) -> list[Doubt]:
    """Return what an approver must look at: the address against all others, the SIRET against the sites."""
    addresses = [
        email for email in User.objects.values_list("email", flat=True) if email.lower() != found.email.lower()
    ]
    seen = {
        Doubt.HAS_ACCOUNT: len(addresses) < User.objects.count(),
        Doubt.FREE_MAIL: resemblance.is_free_mail(found.email),
        Doubt.OTHER_LETTERS: resemblance.has_other_letters(resemblance.domain(found.email)),
        Doubt.LIKE_A_DOMAIN: _is_like_a_domain(resemblance.domain(found.email), addresses),
        Doubt.LIKE_AN_ADDRESS: any(_is_like_an_address(found.email, email) for email in addresses),
        **_of_siret(found),
    }
    return [doubt for doubt, is_seen in seen.items() if is_seen]


def _of_siret(found: AccountRequest) -> dict[Doubt, bool]:
    if not found.siret:
        return {}
    site = site_of_siret(found.siret)
    names = (site.name, site.repairer.name) if site else ()
    is_named = any(resemblance.is_same_name(found.company, name) for name in names)
    return {Doubt.UNKNOWN_SIRET: site is None, Doubt.OTHER_NAME: site is not None and not is_named}


def _is_like_a_domain(domain: str, addresses: Iterable[str]) -> bool:
    organisations = [*Site.objects.values_list("email", flat=True), *Repairer.objects.values_list("email", flat=True)]
    known = {resemblance.domain(email) for email in (*addresses, *organisations)}
    return domain not in known and any(resemblance.is_like(domain, other) for other in known)


def _is_like_an_address(email: str, other: str) -> bool:
    one, another = (address.lower().rpartition("@") for address in (email, other))
    return one[2] == another[2] and resemblance.is_like(one[0], another[0])
