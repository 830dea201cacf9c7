"""Requests for accounts and second people at a site, for the tests of this folder."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gardien.base import links, scope
from gardien.base.actor import Actor
from gardien.network import actions, queries
from gardien.network.models import AccountRequest, Repairer, Site, User
from gardien.network.rules import Origin, PartyKind, Refusal, SupportReason
from gardien.web.account.tokens import Tokens

BY = Actor.program("tests")
PASSWORD = "poulie bielle carter culasse 57"


def told(email: str = "ana.morin@tilleul.example", **values: Any) -> actions.Told:
    return actions.Told(**{"email": email, "first_name": "Ana", "last_name": "Morin", **values})


def requested(at: datetime, *, is_verified: bool = True, **values: Any) -> AccountRequest:
    found = actions.request_account(told=told(**values), origin=Origin.FORM, by=BY, at=at)
    return actions.verify(request_id=found.id, by=BY, at=at) if is_verified else found


def opened(email: str, at: datetime) -> User:
    names = {"first_name": "Ana", "last_name": "Morin"}
    return actions.open_user(email=email, **names, password=PASSWORD, by=BY, at=at)


def leaving(at: datetime) -> Repairer:
    """Open a repairer where nobody works."""
    identity = actions.Identity("Garage du Lac", "000000018", "SARL", Decimal(8000), "Orval")
    place = actions.Place("1 quai du Lac", "99200", "Orval", "accueil@lac.example", "+33199001299")
    return actions.open_repairer(code="LAC", identity=identity, place=place, by=BY, at=at)


def played(adviser: Any, at: datetime) -> dict[str, Any]:
    """Do all that can be done with requests, accounts, roles and support; return ids that pages take.

    What is left: a request that waits, a person who waits for their password, and an access that is open.
    """
    site = adviser.site
    manager = User.objects.get(email="site.manager@tilleul.example")
    refused = requested(at, email="leo@garage.example")
    actions.refuse(request_id=refused.id, reason=Refusal.TWICE, by=BY, at=at)
    user = _approved("lou@garage.example", site, at)
    actions.activate(user_id=user.id, password=PASSWORD, by=BY, at=at)
    actions.end_sessions(user_id=user.id, by=BY, at=at)
    actions.change_password(user_id=user.id, password=PASSWORD, by=BY, at=at)
    actions.suspend(user_id=user.id, by=BY, at=at)
    actions.resume(user_id=user.id, by=BY, at=at)
    actions.close(user_id=user.id, by=BY, at=at)
    with scope.entered(site.repairer_id):
        actions.set_quote_days(site_id=site.id, days=31, by=BY, at=at)
        actions.set_quote_terms(site_id=site.id, printed="Acompte de 30 %.", most_discount=50, by=BY, at=at)
        told = {"site": site, "ticket": "HLV-1", "reason": SupportReason.QUESTION, "opened_by": manager}
        ended, access = (actions.open_support(**told, hours=4, by=BY, at=at) for _ in range(2))
        read = {"action": "customers.view", "object_id": None, "user_id": manager.id}
        actions.record_support_read(access=ended, **read, by=BY, at=at)
        actions.revoke_support(access_id=ended.id, repairer=site.repairer, by=BY, at=at)
    actions.end_services(repairer_id=leaving(at).id, by=BY, at=at)
    waits = _approved("lia@garage.example", site, at)
    return {
        "request_id": requested(at).id,
        "user_id": waits.id,
        "membership_id": waits.memberships.get().id,
        "access_id": access.id,
        "repairer_id": site.repairer_id,
    }


def _approved(email: str, site: Site, at: datetime) -> User:
    found = requested(at, email=email)
    return actions.approve(request_id=found.id, role="workshop", place=site, by=BY, at=at)


def staged(adviser: Any, at: datetime) -> dict[str, str]:
    """Leave what pages of accounts show, and return the paths of the three links that letters would carry."""
    network = queries.central_party(PartyKind.NETWORK).id
    requested(at, email="lia@tileul.example", company="Garage du Port", siret=adviser.site.siret)
    found = requested(at, is_verified=False, email="leo@garage.example")
    user = _approved("lou@garage.example", adviser.site, at)
    manager = User.objects.get(email="site.manager@tilleul.example")
    told = {"ticket": "HLV-2041", "reason": SupportReason.INCIDENT, "opened_by": manager}
    with scope.entered(adviser.site.repairer_id):
        actions.open_support(site=adviser.site, **told, hours=24, by=BY, at=at)
    ends = at + timedelta(hours=8)
    to_confirm = links.Link(queries.VERIFY, network, found.id, queries.request_digest(found), ends)
    to_choose = links.Link(queries.PASSWORD, network, user.id, queries.password_digest(user), ends)
    forgetful = User.objects.get(email="storekeeper@canal.example")
    return {
        "renew": f"/compte/mot-de-passe-oublie/{forgetful.id.hex}/{Tokens().make_token(forgetful)}/",
        "confirm": f"/compte/demande/{links.token(to_confirm)}/",
        "choose": f"/compte/mot-de-passe/{links.token(to_choose)}/",
    }
