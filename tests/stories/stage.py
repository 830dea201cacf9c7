"""What is in the database when the stories begin."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.test import Client

from gardien.base import clock, ids, links, scope
from gardien.base.actor import Actor
from gardien.catalogue import actions as catalogue
from gardien.catalogue import queries as tyres
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.network.models import Membership, Repairer, Site, User
from gardien.portal import cast
from gardien.quotes import actions as quotes
from gardien.quotes import queries as found
from gardien.quotes.queries import paper
from tests import scene, second_factor
from tests.conftest import PASSWORD
from tests.network import asked
from tests.retention import nights
from tests.stories import carded

POUNDS = (
    "reference;brand;pattern;designation;price\nP-1;Kestrane;Albion;205/55 R16 91V;64.90\nP-2;Kestrane;Albion;;64.90\n"
)
"""A list in pounds: a tyre that no quote may carry, and a line that goes into quarantine."""


def load() -> SimpleNamespace:
    """Load the cast, two price lists, and customers and quotes of the first garage; return their ids and sessions.

    `sessions` maps each account's e-mail address to the id of a session already signed in, `versos` each
    repairer's name to the paragraphs of its notice.
    """
    at = clock.now()
    logins = cast.load(password=PASSWORD, at=at)
    scene.price_list(at)
    by = Actor.program("import")
    catalogue.import_tyres(raw=POUNDS.encode(), file_name="pounds.csv", supplier="Albion", currency="GBP", by=by, at=at)
    adviser = Membership.objects.select_related("site__repairer").get(user__email="counter.adviser@tilleul.example")
    nights.staged(network.controller(adviser), at)
    return SimpleNamespace(
        secrets={login.email: login.secret for login in logins if login.secret},
        sessions={login.email: _session(login.email) for login in logins},
        versos={site.repairer.name: _verso(site.repairer, at) for site in Site.objects.select_related("repairer")},
        **_quotes(adviser, at),
        **carded.load(adviser, at),
        accounts=asked.staged(adviser, at),
    )


def _verso(repairer: Repairer, at: datetime) -> list[str]:
    """Return the paragraphs of the notice that this repairer's customers must find on the verso."""
    version = commitment.in_force(clock.legal_day(at))
    notice = documents.verso(version, paper.controller(repairer), "fr")
    return [notice.title, *(text for section in notice.sections for text in section.paragraphs)]


def _session(email: str) -> str:
    client = second_factor.sign_in(Client(), User.objects.get(email=email), ahead=3600)
    return client.cookies["session"].value


def _lives(adviser: Any, known: Customer, at: datetime) -> dict[str, Any]:
    """Return a draft with a part and a tyre, and later states: offers with their link, one soon over, one over."""
    by = network.actor(adviser)
    chosen, soon, over = (scene.draft(adviser, known, at, *prices) for prices in ([], ["12.50"], ["14.90"]))
    for option, price in enumerate(("64.90", "79.90", "99.99"), 1):
        offer = quotes.Offer(f"Pneu à {price}", Decimal(4), Decimal(price), Decimal(20), option=option)
        quotes.add_service(quote_id=chosen.id, offer=offer, line_key=ids.new(), by=by, at=at)
    fitting = quotes.Offer("Montage", Decimal(4), Decimal(14), Decimal(20))
    quotes.add_service(quote_id=chosen.id, offer=fitting, line_key=ids.new(), by=by, at=at)
    for quote, days in ((chosen, 0), (soon, 28), (over, 40)):
        quotes.issue(quote_id=quote.id, by=by, at=at - timedelta(days=days))
    quotes.expire(by=by, at=at)
    sha256 = found.document(chosen.id).sha256
    link = links.Link(found.ANSWER, scope.current(), chosen.id, sha256, at + timedelta(days=1))
    late = replace(link, expires_at=at - timedelta(days=1))
    parts = scene.draft(adviser, known, at)
    wing = quotes.Offer("Aile avant", Decimal(1), Decimal(210), Decimal(20), family="body")
    quotes.add_service(quote_id=parts.id, offer=wing, line_key=ids.new(), by=by, at=at)
    article = tyres.search("2055516")[0]
    tyre = quotes.Offer(tyres.label(article), Decimal(4), article.price, Decimal(20))
    quotes.add_tyre(quote_id=parts.id, article=article, offer=tyre, line_key=ids.new(), by=by, at=at)
    return {
        "parts_draft": parts.id,
        "offers": chosen.id,
        "over": over.id,
        "link": f"/devis-recu/{links.token(link)}/",
        "old_link": f"/devis-recu/{links.token(late)}/",
    }


def _quotes(adviser: Any, at: datetime) -> dict[str, Any]:
    strange = scene.issued(adviser, at, "129.90", last_name="張偉 Châtelain", plate="AA-001-AB")
    with scope.entered(network.controller(adviser)):
        known = scene.customer(
            adviser,
            at,
            "GH-482-KL",
            street="7 impasse des Lilas",
            postcode="99100",
            city="Vauclair",
            email="elodie.moreau@courriel.example",
        )
        prices = ["99.99", "22.00", "1.50", "14.90", "8.00", "39.00", "12.50", "129.00", "64.90", "3.20"]
        return {
            "customer": known.id,
            "empty_draft": scene.draft(adviser, known, at).id,
            "long_draft": scene.draft(adviser, known, at, *prices).id,
            "ready_draft": scene.draft(adviser, known, at, "99.99").id,
            "ticked_drafts": {box: scene.draft(adviser, known, at, "99.99").id for box in ("radio", "checkbox")},
            "issued": strange.id,
            **_lives(adviser, known, at),
        }
