"""Two cards that are one person's: proposed, compared, merged and parted again."""

import re
import uuid
from typing import Any

import pytest

from tests import scene
from tests.web import cards, counter


@pytest.fixture
def desk(sign_in: Any, cast: Any, at: Any) -> cards.Desk:
    return cards.Desk(sign_in(counter.ADVISER), cast.membership(counter.ADVISER), at)


@pytest.fixture
def twin(desk: cards.Desk) -> Any:
    """The same person recorded once more, with another car and a quote."""
    twin = desk.other(last_name="Moreau", first_name="Elodie", mobile=cards.PHONES["mobile"], email="em@courriel.example")
    with desk.scope():
        scene.draft(desk.membership, twin, desk.at, "31.00")
    return twin


def undo_of(desk: cards.Desk) -> str:
    """Return where the latest merge is undone."""
    return re.findall(r'action="(/reunions/[^"]+/defaire/)"', desk.client.get(f"{desk.card}reunions/").text)[0]


def test_a_card_that_looks_alike_is_proposed_with_the_reason(desk: cards.Desk, twin: Any) -> None:
    other = desk.other("CC-111-DD")
    page = desk.client.get(f"{desk.card}meme-personne/").text
    assert re.findall(r"/meme-personne/([^/]+)/", page) == [str(twin.id)]
    assert f"{twin.reference} · même téléphone · même nom" in cards.plain(page)
    found = desk.post(f"{desk.card}meme-personne/", text="petit").text
    assert re.findall(r"/meme-personne/([^/]+)/", found) == [str(other.id)]
    assert f"/meme-personne/{desk.customer.id}/" not in desk.post(f"{desk.card}meme-personne/", text="moreau").text


def test_two_cards_are_compared_side_by_side(desk: cards.Desk, twin: Any) -> None:
    page = desk.client.get(f"{desk.card}meme-personne/{twin.id}/").text
    rows = [(cards.plain(row), "differs" in row) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    assert ("Prénom Élodie Elodie", True) in rows
    assert ("Nom Moreau Moreau", False) in rows
    assert ("Véhicules GH-482-KL AB-123-CD", False) in rows
    assert desk.client.get(f"{desk.card}meme-personne/{uuid.uuid4()}/").status_code == 404


def test_a_merge_makes_one_card_of_two_and_its_undo_two_of_one(desk: cards.Desk, twin: Any) -> None:
    theirs = f"/clients/{twin.id}/"
    before = desk.page(), desk.page(card=theirs)
    where = f"{desk.card}meme-personne/{twin.id}/"
    assert desk.said(where, kept=str(desk.customer.id))[0].startswith("Les deux fiches n’en font plus qu’une.")
    after = counter.rows()
    desk.post(where, kept=str(desk.customer.id))
    assert counter.rows() == after
    page = desk.page()
    for shown in ("Nouveau devis pour GH-482-KL", "Nouveau devis pour AB-123-CD", "Brouillon", twin.reference):
        assert shown in page
    assert desk.client.get(theirs).headers["Location"] == desk.card
    undo = undo_of(desk)
    assert desk.said(undo)[-1] == "Les deux fiches sont de nouveau séparées."
    assert desk.said(undo) == ["Les deux fiches sont de nouveau séparées."]
    assert (desk.page(), desk.page(card=theirs)) == before
    history = desk.page("reunions/")
    assert f"Elodie Moreau, {twin.reference} → {desk.customer.reference}" in history
    assert ("M. E. (Conseiller comptoir) · défait le" in history, "Défaire" in history) == (True, False)


def test_the_other_card_may_be_the_one_that_goes_on(desk: cards.Desk, twin: Any) -> None:
    desk.post(f"{desk.card}meme-personne/{twin.id}/", kept=str(twin.id))
    assert desk.client.get(desk.card).headers["Location"] == f"/clients/{twin.id}/"


def test_a_quote_is_opened_for_a_car_of_the_absorbed_card(desk: cards.Desk, twin: Any) -> None:
    desk.post(f"{desk.card}meme-personne/{twin.id}/", kept=str(desk.customer.id))
    with desk.scope():
        car = twin.vehicles.get().id
    told = {"customer": str(desk.customer.id), "vehicle": str(car), "draft_key": str(uuid.uuid4())}
    quote = desk.post("/devis/nouveau/", **told).headers["Location"]
    assert "Élodie Moreau AB-123-CD" in cards.plain(desk.client.get(quote).text)


@pytest.mark.parametrize("kept", ["", "x", str(uuid.uuid4())])
def test_a_merge_into_neither_of_the_two_is_refused(desk: cards.Desk, twin: Any, kept: str) -> None:
    before = counter.rows()
    assert desk.post(f"{desk.card}meme-personne/{twin.id}/", kept=kept).status_code == 400
    assert desk.client.post(f"/reunions/{uuid.uuid4()}/defaire/").status_code == 404
    assert counter.rows() == before
