"""The demonstration's cast: an invented network, its repairers, one user per role. Nobody is real.

Telephone numbers lie in the ranges that ARCEP reserves for fiction, domains under `.example`, and
SIREN numbers begin with three zeros.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from stdnum import luhn

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.catalogue import actions as catalogue
from gardien.catalogue.rules.pricing import Extra
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.network import actions as network
from gardien.network import queries
from gardien.network.models import CentralParty, Site, User
from gardien.network.rules import PartyKind


@dataclass(frozen=True)
class Login:
    """One account of the cast, for the list that the demonstration prints."""

    email: str
    role: str
    where: str
    secret: str = ""
    """Of the application that shows this account's codes, in base32, where its role needs a second factor."""


@dataclass(frozen=True)
class Garage:
    """One invented repairer with its one site."""

    code: str
    name: str
    siren: str
    street: str
    postcode: str
    city: str
    phone: str

    @property
    def slug(self) -> str:
        """Return the name of its mail domain."""
        return self.code.lower()


GARAGES = (
    Garage("TILLEUL", "Garage des Tilleuls", "000100107", "12 rue des Tilleuls", "99100", "Vauclair", "+33199001201"),
    Garage("CANAL", "Carrosserie du Canal", "000200204", "3 quai du Canal", "99200", "Portneuf", "+33199001302"),
    Garage("COL", "Pneus du Col", "000300301", "48 route du Col", "99300", "Hautmont", "+33199001403"),
)
SITE_ROLES = ("site_manager", "counter_adviser", "storekeeper", "workshop")
TARIFF = (
    (Extra.FITTING, "Montage", "14.00", "0"),
    (Extra.FITTING, "Montage, grande jante", "19.00", "18"),
    (Extra.BALANCING, "Équilibrage", "8.00", "0"),
    (Extra.VALVE, "Valve neuve", "4.00", "0"),
)
"""What each garage sells beside tyres: extra, label, euros VAT included, from which rim in inches."""
ECO, ECO_FROM = Decimal("1.50"), date(2025, 1, 1)
CENTRAL_ROLES = {
    "network_administrator": PartyKind.NETWORK,
    "network_reader": PartyKind.NETWORK,
    "users_dpo": PartyKind.NETWORK,
    "auditor": PartyKind.NETWORK,
    "provider_support": PartyKind.PROVIDER,
    "customers_dpo": PartyKind.PROVIDER,
}
FIRST_NAMES = ("Lise", "Marin", "Odile", "Sami", "Nora", "Hugo", "Inès", "Paul", "Rosa", "Théo", "Ada", "Yann")
BY = Actor.program("demo")


def load(*, password: str, at: datetime) -> list[Login]:
    """Open the network, its repairers and an account per role, and return the accounts.

    One more account holds a role at the first two repairers. All have read the commitment in force.
    """
    version = commitment.in_force(at.date())
    central = {
        kind: network.name_central_party(kind=kind, name=party.name, by=BY, at=at)
        for kind, party in (
            (PartyKind.NETWORK, version.parties.network),
            (PartyKind.PROVIDER, version.parties.provider),
        )
    }
    catalogue.set_eco_rate(tyre_class="C1", from_date=ECO_FROM, amount_ttc=ECO, by=BY, at=at)
    sites = [_open(garage, at) for garage in GARAGES]
    notice = documents.notice(version, "user", version.languages[0])
    logins: list[Login] = []

    def enter(name: str, domain: str, *places: tuple[str, Site | CentralParty]) -> User:
        first = FIRST_NAMES[len(logins) % len(FIRST_NAMES)]
        user = network.open_user(
            email=f"{name}@{domain}.example", first_name=first, last_name="Exemple", password=password, by=BY, at=at
        )
        for role, place in places:
            network.give_role(user=user, role=role, place=place, by=BY, at=at)
        with scope.entered(central[PartyKind.NETWORK].id):
            consent.acknowledge(subject=user.reference, notice=notice, by=BY, at=at)
        secret = _second_factor(user) if places[0][0] in CENTRAL_ROLES else ""
        logins.append(Login(user.email, places[0][0], " + ".join(place.name for _, place in places), secret))
        return user

    for garage, site in zip(GARAGES, sites, strict=True):
        for role in SITE_ROLES:
            enter(role.replace("_", "."), garage.slug, (role, site))
    enter("renfort", "tilleul", ("counter_adviser", sites[0]), ("counter_adviser", sites[1]))
    for role, kind in CENTRAL_ROLES.items():
        domain = "sarvane" if kind == PartyKind.NETWORK else "halvec"
        enter(role.replace("_", "."), domain, (role, central[kind]))
    return logins


def _second_factor(user: User) -> str:
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def is_loaded() -> bool:
    """Say whether the cast is there."""
    try:
        queries.central_party(PartyKind.NETWORK)
    except queries.NoPartyError:
        return False
    return True


def _open(garage: Garage, at: datetime) -> Site:
    place = network.Place(
        street=garage.street,
        postcode=garage.postcode,
        city=garage.city,
        email=f"accueil@{garage.slug}.example",
        phone=garage.phone,
    )
    siren = garage.siren[:8] + luhn.calc_check_digit(garage.siren[:8])
    identity = network.Identity(garage.name, siren, "SARL", Decimal(8000), garage.city)
    repairer = network.open_repairer(code=garage.code, identity=identity, place=place, by=BY, at=at)
    siret = siren + "0001"
    with scope.entered(repairer.id):
        for extra, label, price, rim in TARIFF:
            sold = catalogue.Sold(label, Decimal(price), Decimal("20.00"), extra, Decimal(rim))
            catalogue.set_service(service_id=None, sold=sold, by=BY, at=at)
    return network.open_site(
        repairer=repairer,
        name=f"{garage.name}, {garage.city}",
        siret=siret + luhn.calc_check_digit(siret),
        place=place,
        by=BY,
        at=at,
    )
