"""What is in the database when the stories begin."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.test import Client

from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.catalogue import actions as catalogue
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.network import queries as network
from gardien.network.models import Membership, Repairer, Site, User
from gardien.portal import cast
from gardien.quotes.queries import paper
from tests import scene, second_factor
from tests.conftest import PASSWORD
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
    return SimpleNamespace(
        secrets={login.email: login.secret for login in logins if login.secret},
        sessions={login.email: _session(login.email) for login in logins},
        versos={site.repairer.name: _verso(site.repairer, at) for site in Site.objects.select_related("repairer")},
        **_quotes(adviser, at),
        **carded.load(adviser, at),
    )


def _verso(repairer: Repairer, at: datetime) -> list[str]:
    """Return the paragraphs of the notice that this repairer's customers must find on the verso."""
    version = commitment.in_force(clock.legal_day(at))
    notice = documents.verso(version, paper.controller(repairer), "fr")
    return [notice.title, *(text for section in notice.sections for text in section.paragraphs)]


def _session(email: str) -> str:
    client = second_factor.sign_in(Client(), User.objects.get(email=email), ahead=3600)
    return client.cookies["session"].value


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
            "issued": strange.id,
        }
