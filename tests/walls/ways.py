"""What the walk's people have of their own: what fills the places of addresses and the fields of forms."""

from datetime import timedelta
from typing import Any

from gardien.base import clock, ids, links, scope
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as asked
from gardien.consent.rules import How
from gardien.customers import actions as customers
from gardien.customers import rules
from gardien.customers.models import Customer, Merge, Note
from gardien.network import actions as accounts
from gardien.network import queries as network
from gardien.network.models import Membership, SupportAccess
from gardien.network.rules import PartyKind, SupportReason
from gardien.quotes import actions as quotes
from gardien.quotes import queries
from gardien.quotes.models import Quote
from tests import passkeys, scene
from tests.conftest import PASSWORD
from tests.walls.house import MOBILE, Garage
from tests.web.accounts import SIRET

RIVAL = "site.manager@canal.example"
FORGETFUL = "workshop@canal.example"
"""Who asks for another password, and walks nowhere."""


def places(garage: Garage) -> dict[str, Any]:
    """Return what the places of addresses take of a garage."""
    known: dict[str, Any] = {f"{key}_id": value for key, value in garage.ids.items()}
    versions = {"version_id": "2020-01-25", "older": "2020-01-25", "newer": "2026-11-22", "code": "CANAL"}
    return known | versions | {"quote_id": garage.ids["draft"], "other_id": garage.ids["customer"]}


def manager() -> Membership:
    """Return the role of the rival."""
    return Membership.objects.select_related("site__repairer", "user").filter(user__email=RIVAL).earliest("id")


def let_in(held: Membership) -> SupportAccess:
    """Let support in at a role's site, and nowhere else."""
    told: dict[str, Any] = {"ticket": "HLV-1", "reason": SupportReason.INCIDENT, "hours": 2, "opened_by": held.user}
    with scope.entered(network.controller(held)):
        return accounts.open_support(site=held.site, **told, by=network.actor(held), at=clock.now())


def agreed(held: Membership) -> None:
    """Let a person agree to all that users are asked, as the public form does."""
    questions = asked.asked(commitment.in_force(clock.legal_day(clock.now())), "fr", "user")
    answers = [consent.Answer(each.purpose, each.channel, "", True, each.document) for each in questions]
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        by = network.actor(held)
        consent.decide(subject=held.user.reference, answers=answers, how=How.FORM, by=by, at=clock.now())


def expired(held: Membership) -> Quote:
    """Issue a quote with options, whose last day is over; call in its scope."""
    began = clock.now() - timedelta(days=60)
    draft = scene.draft(held, scene.customer(held, began, "KX-105-AA"), began, "99.99")
    scene.options(draft, network.actor(held), began)
    return quotes.issue(quote_id=draft.id, by=network.actor(held), at=began)


def fresh(held: Membership) -> list[str]:
    """Go on with the work of a garage, which a long walk uses up; return the pages of two customers, draft and quotes."""
    at, by = clock.now(), network.actor(held)
    with scope.entered(network.controller(held)):
        customer = scene.customer(held, at, "KX-106-AA", mobile=rules.parse_phone(MOBILE))
        willing = scene.customer(held, at, "KX-107-AA", mobile=rules.parse_phone(MOBILE))
        question = asked.asked(commitment.in_force(clock.legal_day(at)))[0]
        yes = consent.Answer(question.purpose, question.channel, willing.details.mobile.e164, True, question.document)
        consent.decide(subject=willing.reference, answers=[yes], how=How.ORAL, by=by, at=at)
        drafts = [scene.draft(held, customer, at, "99.99") for _ in range(2)]
        issued = quotes.issue(quote_id=drafts[0].id, by=by, at=at)
        late = expired(held)
    cards = [f"/clients/{each.id}/" for each in (customer, willing)]
    quoted = [f"/devis/{each.id}/" for each in (drafts[1], issued, late)]
    return [*cards, *(f"{card}accords/" for card in cards), *quoted]


def own(garage: Garage) -> list[dict[str, Any]]:
    """Return the ways in which a garage's own places are filled: with a draft, with what was issued, and what expired."""
    agreed(manager())
    with scope.entered(garage.tenant):
        late = expired(manager())
        found = {"other_id": Customer.objects.exclude(id=garage.ids["customer"]).earliest("id").id}
        found |= {"note_id": Note.objects.earliest("id").id, "merge_id": Merge.objects.earliest("id").id}
        mine = scene.heard(manager(), clock.now()).id
        by = network.actor(manager())
        customers.save_intake_draft(reading_id=mine, typed={"last_name": "M"}, by=by, at=clock.now())
        found |= {"drop.reading_id": mine, "access_id": let_in(manager()).id}
        document = queries.document(garage.ids["issued"])
    until = clock.now() + timedelta(hours=1)
    link = links.Link(queries.ANSWER, garage.tenant, garage.ids["issued"], document.sha256, until)
    draft = places(garage) | found | {"token": links.token(link), "pk": passkeys.kept(manager().user).pk}
    issued = draft | {"quote_id": garage.ids["issued"], "line_id": garage.ids["issued_line"]}
    return [draft, issued, draft | {"quote_id": late.id}]


def filled(garage: Garage, ways: dict[str, Any]) -> dict[str, Any]:
    """Return what the forms about customers, cards and accounts take, besides those about quotes."""
    return {
        "customer": ways["customer_id"],
        "vehicle": ways["vehicle_id"],
        "to": ways["other_id"],
        "kept": ways["customer_id"],
        "subject": garage.reference,
        "decision": ids.new(),
        "channel": "email",
        "purpose": "client.use.quote",
        "membership": manager().id,
        "plate": "AB-777-CD",
        "reason": "mistake",
        "password": PASSWORD,
        "has_read": "on",
        "siret": SIRET,
        "option": "1",
        "company": "Essai",
        "first_name": "Ana",
        "email": "ana@courriel.example",
        "text": "essai",
        "size": "205/55R16",
        "quote_days": "30",
        "most_discount": "100",
        "printed": "Merci",
        "reference": garage.reference,
        "ground": "billing",
        "categories": "last_name",
        "legal_reference": "C. com., L123-22",
        "until_date": clock.legal_day(clock.now() + timedelta(days=400)).isoformat(),
    }
