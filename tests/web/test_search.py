"""The one field on every page: a plate, a name, a number; by POST, and straight to the one who is meant."""

from types import SimpleNamespace
from typing import Any

import pytest

from gardien.base import scope
from gardien.customers import actions, rules
from gardien.customers.queries.search import LIMIT
from gardien.network import queries as network
from tests import scene
from tests.web import counter

REACHED = {"email": "elodie.moreau@courriel.example", "mobile": rules.parse_phone("06 39 98 12 34")}


@pytest.fixture
def desk(sign_in: Any, cast: Any, at: Any) -> SimpleNamespace:
    """Sign in an adviser of a garage that knows one person well."""
    membership = cast.membership(counter.ADVISER)
    quote = scene.issued(membership, at, **REACHED)
    return SimpleNamespace(
        client=sign_in(counter.ADVISER),
        at=at,
        membership=membership,
        quote=quote,
        customer=quote.customer,
        card=f"/clients/{quote.customer_id}/",
        scoped=lambda: scope.entered(network.controller(membership)),
    )


def search(desk: SimpleNamespace, text: str) -> Any:
    return desk.client.post("/clients/recherche/", {"text": text})


def another(desk: SimpleNamespace, plate: str, **told: Any) -> Any:
    with desk.scoped():
        return scene.customer(desk.membership, desk.at, plate, **told)


@pytest.mark.parametrize(
    "text", ["GH-482-KL", "gh 482kl", "06.39.98.12.34", "+33639981234", "Elodie.Moreau@courriel.example"]
)
def test_what_one_customer_alone_bears_leads_to_their_card(desk: SimpleNamespace, text: str) -> None:
    answer = search(desk, text)
    assert (answer.status_code, answer.headers["Location"]) == (302, desk.card)


def test_a_reference_leads_to_its_card_and_a_number_to_its_quote(desk: SimpleNamespace) -> None:
    assert search(desk, desk.customer.reference.lower()).headers["Location"] == desk.card
    for typed in (desk.quote.number, desk.quote.number.lower().replace("-", " ")):
        assert search(desk, typed).headers["Location"] == f"/devis/{desk.quote.id}/"


def test_a_name_shows_who_bears_it_even_if_it_is_one_person(desk: SimpleNamespace) -> None:
    page = search(desk, "moreau").text
    assert "1 client trouvé" in page
    assert f'<a href="{desk.card}" autofocus>Élodie Moreau</a>' in page


def test_a_number_that_a_household_shares_shows_all_of_them(desk: SimpleNamespace) -> None:
    other = another(desk, "AB-123-CD", first_name="Paul", mobile=REACHED["mobile"])
    page = search(desk, "0639981234").text
    assert "2 clients trouvés" in page
    assert desk.card in page
    assert f"/clients/{other.id}/" in page


def test_who_had_a_plate_before_is_shown_with_that_reason(desk: SimpleNamespace) -> None:
    with desk.scoped():
        vehicle, by = desk.customer.vehicles.get(), network.actor(desk.membership)
        plate = rules.parse_plate("KD-204-XS")
        actions.change_plate(vehicle_id=vehicle.id, plate=plate, by=by, at=desk.at)
    page = search(desk, "GH-482-KL").text
    assert "avait cette plaque auparavant" in page
    assert "KD-204-XS" in page


def test_a_vehicle_that_changed_hands_shows_who_has_it_and_who_had_it(desk: SimpleNamespace) -> None:
    owner = another(desk, "AB-123-CD", first_name="Paul")
    with desk.scoped():
        vehicle, by = desk.customer.vehicles.get(), network.actor(desk.membership)
        actions.hand_over(vehicle_id=vehicle.id, to=owner.id, by=by, at=desk.at)
    page = search(desk, "GH-482-KL").text
    assert page.count("avait ce véhicule auparavant") == 1
    assert page.index(f"/clients/{owner.id}/") < page.index(desk.card)


def test_a_slip_shows_who_comes_near_and_says_so(desk: SimpleNamespace) -> None:
    page = search(desk, "moreua").text
    assert "Rien ne correspond exactement" in page
    assert desk.card in page


def test_more_than_fifty_are_said_to_be_more(desk: SimpleNamespace) -> None:
    letters = "ABCDEFGHJKLMNPQRSTVWXYZ"
    for number in range(LIMIT):
        another(desk, f"A{letters[number // 10]}-10{number % 10}-BB")
    page = search(desk, "moreau").text
    assert f"Plus de {LIMIT} clients trouvés" in page
    assert page.count('<tr><td><a href="/clients/') == LIMIT
    assert "précisez" in page


def test_nobody_found_offers_a_new_customer_at_once(desk: SimpleNamespace) -> None:
    page = search(desk, "zzzz").text
    assert "0 client trouvé" in page
    assert 'href="/clients/nouveau/" autofocus' in page


def test_the_field_stands_on_every_page_of_who_may_search_and_of_nobody_else(
    desk: SimpleNamespace, sign_in: Any
) -> None:
    for page in ("/", "/devis/", desk.card, "/clients/nouveau/", "/compte/reprise/"):
        shown = desk.client.get(page).text
        assert 'action="/clients/recherche/" role="search"' in shown
        assert 'aria-keyshortcuts="F2"' in shown
    assert "/clients/recherche/" not in sign_in("workshop@tilleul.example").get("/").text


def test_the_terms_of_a_search_are_in_no_address(desk: SimpleNamespace) -> None:
    assert desk.client.get("/clients/recherche/", {"text": "moreau"}).status_code == 405
    assert "?" not in search(desk, "GH-482-KL").headers["Location"]
