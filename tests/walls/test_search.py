"""Finding a customer: any word, any spelling, any order, and never beyond the present repairer."""

import pytest
from django.db import transaction

from gardien.base import scope
from gardien.customers import queries
from tests import scene
from tests.walls.house import Garage, House

FOUND = [
    *("GH-482-KL", "gh482kl", "GH 482 KL", "gh-482", "gh 482", "GH"),
    *("06 39 98 12 34", "+33639981234", "0639981234", "01.99.00.12.34"),
    *("zoe.lhote@courriel.example", "ZOE.LHOTE@COURRIEL.EXAMPLE"),
    *("lhote", "L'Hôte", "l’hote", "HOTE", "ben said", "said ben", "Saïd", "zoë", "ZOE", "zo"),
    *("Zoë L'Hôte", "hote zoe", "œuvres", "oeuvres", "OEUVRES & FILS", "fils œuvres zoë ben"),
]
NOT_FOUND = [
    *("ote", "zoee", "zoe martin", "GH-482-KM", "482", "06 39 98 12 35", "courriel.example", "lhote@courriel.example"),
    *("C-ZZZZZZZZ", "", "   ", "%", "_", "*", "'", "&", "zoe' OR '1'='1", "\x00", "張偉"),
]


def found(garage: Garage, text: str) -> list[str]:
    with scope.entered(garage.tenant):
        return [customer.reference for customer in queries.search(text)]


@pytest.mark.parametrize("text", FOUND)
def test_each_repairer_finds_its_own_one(house: House, text: str) -> None:
    both = [found(garage, text) for garage in (house.tilleul, house.canal)]
    assert both == [[house.tilleul.reference], [house.canal.reference]]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_nobody_bears_finds_nobody(house: House, text: str) -> None:
    assert found(house.tilleul, text) == []


def test_two_identical_customers_are_two_records_with_two_references(house: House) -> None:
    assert house.tilleul.reference != house.canal.reference
    assert house.tilleul.ids["customer"] != house.canal.ids["customer"]


def test_a_reference_is_found_in_any_spelling_by_its_repairer_only(house: House) -> None:
    reference = house.tilleul.reference
    body = reference[2:]
    for text in (reference, reference.lower(), f" c {body[:4]} {body[4:]} ", f"C{body}"):
        assert (found(house.tilleul, text), found(house.canal, text)) == ([reference], [])


def test_two_bearers_of_a_word_are_both_found_in_the_order_of_names(house: House) -> None:
    garage = house.canal
    with scope.entered(garage.tenant):
        for number, name in enumerate(("Évrard", "Ebert", "Eude", "evian")):
            scene.customer(garage.membership, house.at, plate=f"AA-10{number}-BB", last_name=name)
        assert [customer.last_name for customer in queries.search("E")] == ["Ebert", "Eude", "evian", "Évrard"]
        transaction.set_rollback(True)
    assert found(garage, "evrard") == []
