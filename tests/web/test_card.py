"""The card of a customer: what it shows, and what is done from it."""

import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from gardien.base import scope
from gardien.customers import queries as customers
from gardien.network import queries as network
from tests import scene
from tests.web import counter

ADDRESS = {"street": "7 impasse des Lilas", "postcode": "99100", "city": "Vauclair", "delivery": "Appartement 12"}
REACHED = {"email": "elodie.moreau@courriel.example", **ADDRESS}


@pytest.fixture
def desk(sign_in: Any, cast: Any, at: Any) -> SimpleNamespace:
    """Sign in an adviser beside the card of a customer who told all there is to tell."""
    membership = cast.membership(counter.ADVISER)
    with scope.entered(network.controller(membership)):
        from gardien.customers import rules

        known = scene.customer(membership, at, mobile=rules.parse_phone("06 39 98 12 34"), **REACHED)
        vehicle = known.vehicles.get()
    return SimpleNamespace(
        client=sign_in(counter.ADVISER),
        membership=membership,
        customer=known,
        vehicle=vehicle,
        card=f"/clients/{known.id}/",
        at=at,
        scoped=lambda: scope.entered(network.controller(membership)),
    )


def other(desk: SimpleNamespace, plate: str = "AB-123-CD", **told: Any) -> Any:
    """Record another customer of the same repairer."""
    with desk.scoped():
        return scene.customer(desk.membership, desk.at, plate, **{"last_name": "Petit", "first_name": "Paul", **told})


def said(answer: Any) -> list[str]:
    """Return what the next page says was done or refused."""
    found = re.findall(r'<p class="alert[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    return [" ".join(part.split()) for part in found]


def test_the_card_says_who_which_car_and_offers_a_quote(desk: SimpleNamespace) -> None:
    page = desk.client.get(desk.card).text
    for shown in ("Élodie Moreau", desk.customer.reference, "GH-482-KL", "06 39 98 12 34", "Nouveau devis pour GH-482-KL"):
        assert shown in page
    lines = re.search(r"<dt>Adresse</dt><dd>(.*?)</dd>", page, re.DOTALL)
    assert lines and re.sub(r"\s*<br>\s*", "|", lines[1]) == "Appartement 12|7 impasse des Lilas|99100 VAUCLAIR"


def test_every_page_of_the_card_opens(desk: SimpleNamespace) -> None:
    second = other(desk)
    for rest in ("", "accords/", "durees/", "corriger/", "vehicules/", "meme-personne/", f"meme-personne/{second.id}/", "limiter/"):
        assert (rest, desk.client.get(f"{desk.card}{rest}").status_code) == (rest, 200)
    for rest in ("plaque/", "detenteur/"):
        assert (rest, desk.client.get(f"/vehicules/{desk.vehicle.id}/{rest}").status_code) == (rest, 200)
    assert desk.client.get("/limitations/").status_code == 200
