"""The card of a customer: what it shows, and what is corrected, added and noted from it."""

import re
import uuid
from typing import Any

import pytest

from tests.web import cards, counter


@pytest.fixture
def desk(sign_in: Any, cast: Any, at: Any) -> cards.Desk:
    return cards.Desk(sign_in(counter.ADVISER), cast.membership(counter.ADVISER), at)


def test_the_card_says_who_which_car_and_offers_a_quote(desk: cards.Desk) -> None:
    page = desk.page()
    words = ("Élodie Moreau", desk.customer.reference, "GH-482-KL", cards.MOBILE, "Nouveau devis pour GH-482-KL")
    assert [word for word in words if word not in page] == []
    assert "Adresse Appartement 12 7 impasse des Lilas 99100 VAUCLAIR" in page


def test_every_page_of_the_card_opens_and_another_repairers_does_not(desk: cards.Desk, sign_in: Any) -> None:
    other, stranger = desk.other(), sign_in("counter.adviser@canal.example")
    rests = ("", "accords/", "durees/", "corriger/", "vehicules/", "meme-personne/", f"meme-personne/{other.id}/")
    paths = [*(f"{desk.card}{rest}" for rest in rests), f"{desk.card}limiter/", f"{desk.car}plaque/", f"{desk.car}detenteur/"]
    assert [path for path in paths if desk.client.get(path).status_code != 200] == []
    assert [path for path in paths if stranger.get(path).status_code != 404] == []
    nobody = [path.replace(str(desk.customer.id), str(uuid.uuid4())) for path in paths if "clients" in path]
    assert [path for path in nobody if desk.client.get(path).status_code != 404] == []


def test_two_advisers_who_change_different_facts_both_stay(desk: cards.Desk) -> None:
    seen = desk.seen()
    desk.post(f"{desk.card}corriger/", **desk.typed(email="elodie@courriel.example"), seen=seen)
    answer = desk.post(f"{desk.card}corriger/", **desk.typed(street="9 impasse des Lilas"), seen=seen)
    assert answer.status_code == 302
    page = desk.page().replace(" @", "@")
    assert ("elodie@courriel.example" in page, "9 impasse des Lilas" in page) == (True, True)


def test_a_change_over_somebody_elses_is_refused_with_both_and_saved_when_it_is_meant(desk: cards.Desk) -> None:
    seen, path = desk.seen(), f"{desk.card}corriger/"
    theirs = desk.typed(email="leur@courriel.example", city="Portneuf")
    desk.post(path, **theirs, seen=seen)
    mine = desk.typed(email="mienne@courriel.example")
    before = counter.rows()
    answer = desk.post(path, **mine, seen=seen)
    assert (answer.status_code, counter.rows()) == (422, before)
    assert 'value="mienne@courriel.example"' in answer.text
    assert "Un collègue vient d’écrire : leur@courriel.example" in cards.plain(answer.text)
    shown = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
    assert shown["city"] == "Portneuf"
    again = {**mine, "city": shown["city"], "seen": shown["seen"]}
    assert desk.post(path, **again).status_code == 302
    page = desk.page().replace(" @", "@")
    assert ("mienne@courriel.example" in page, "PORTNEUF" in page) == (True, True)


def test_a_correction_sent_twice_has_one_effect_and_a_refused_one_keeps_what_was_typed(desk: cards.Desk) -> None:
    path, seen = f"{desk.card}corriger/", desk.seen()
    typed = desk.typed(last_name="Moreau-Petit")
    assert desk.post(path, **typed, seen=seen).status_code == 302
    after = counter.rows()
    assert (desk.post(path, **typed, seen=seen).status_code, counter.rows()) == (302, after)
    refused = desk.post(path, **desk.typed(mobile="12", last_name="Nouveau"), seen=seen)
    assert (refused.status_code, 'value="Nouveau"' in refused.text, 'value="12"' in refused.text) == (422, True, True)
    assert all(map(counter.is_french, counter.sentences(refused.text)))
    assert counter.rows() == after


@pytest.mark.parametrize("forged", ["", "x", "eyJsYXN0X25hbWUiOiJYIn0:1:x"])
def test_a_form_that_does_not_say_what_it_showed_is_refused(desk: cards.Desk, forged: str) -> None:
    before = counter.rows()
    assert desk.post(f"{desk.card}corriger/", **desk.typed(), seen=forged).status_code == 400
    assert counter.rows() == before


def test_a_vehicle_is_added_once_and_gets_a_new_plate_that_its_history_keeps(desk: cards.Desk) -> None:
    told = {"plate": "fx 731 dq", "plate_country": "FR", "make": "Sarvane", "model": "Brio"}
    assert desk.said(f"{desk.card}vehicules/", **told) == ["FX-731-DQ est sur la fiche."]
    after = counter.rows()
    assert (desk.post(f"{desk.card}vehicules/", **told).status_code, counter.rows()) == (302, after)
    said = desk.said(f"{desk.car}plaque/", plate="GK-482-LM", plate_country="FR")
    assert said[-1] == "La nouvelle plaque est GK-482-LM."
    page = desk.page()
    assert "Plaque GH-482-KL jusqu’au" in page
    assert "Nouveau devis pour GK-482-LM" in page
    assert "Nouveau devis pour GH-482-KL" not in page


@pytest.mark.parametrize("typed", ["GHO-482", "", "FX-731-DQ"])
def test_a_plate_that_cannot_be_is_refused_and_stays_typed(desk: cards.Desk, typed: str) -> None:
    desk.post(f"{desk.card}vehicules/", plate="FX-731-DQ", plate_country="FR")
    before = counter.rows()
    answer = desk.post(f"{desk.car}plaque/", plate=typed, plate_country="FR")
    assert (answer.status_code, counter.rows()) == (422, before)
    assert f'value="{typed}"' in answer.text or not typed
    assert all(map(counter.is_french, counter.sentences(answer.text)))


def test_a_car_that_changes_owner_is_on_both_cards_with_the_history_of_each(desk: cards.Desk) -> None:
    owner = desk.other()
    found = desk.post(f"{desk.car}detenteur/", text="petit")
    assert (found.status_code, str(owner.id) in found.text) == (200, True)
    assert desk.said(f"{desk.car}ceder/", to=str(owner.id)) == ["GH-482-KL est maintenant à Paul Petit."]
    after = counter.rows()
    desk.post(f"{desk.car}ceder/", to=str(owner.id))
    assert counter.rows() == after
    mine, theirs = desk.page(), desk.page(card=f"/clients/{owner.id}/")
    assert ("Nouveau devis pour GH-482-KL" in mine, "GH-482-KL Sarvane Altis jusqu’au" in mine) == (False, True)
    assert ("Nouveau devis pour GH-482-KL" in theirs, "Ancien détenteur : Élodie Moreau" in theirs) == (True, True)


def test_a_car_goes_to_nobody_unknown_and_not_to_who_has_it(desk: cards.Desk) -> None:
    assert desk.client.post(f"{desk.car}ceder/", {"to": "x"}).status_code == 404
    assert desk.client.post(f"{desk.car}ceder/", {"to": str(uuid.uuid4())}).status_code == 404
    assert cards.buttons(desk.post(f"{desk.car}detenteur/", text="moreau").text, "to") == []
    said = desk.said(f"{desk.car}ceder/", to=str(desk.customer.id))
    assert said == ["Il est déjà à ce client : choisissez quelqu’un d’autre."]


def test_a_car_that_somebody_no_longer_has_stays_in_the_history_alone(desk: cards.Desk) -> None:
    assert desk.said(f"{desk.car}retirer/") == ["GH-482-KL reste dans l’historique de cette fiche."]
    after = counter.rows()
    desk.post(f"{desk.car}retirer/")
    assert counter.rows() == after
    page = desk.page()
    assert ("Nouveau devis sans véhicule" in page, "GH-482-KL Sarvane Altis jusqu’au" in page) == (True, True)


def test_a_note_is_written_once_and_removed(desk: cards.Desk) -> None:
    key = str(uuid.uuid4())
    assert desk.note("Appeler après dix-huit heures.", key).status_code == 302
    after = counter.rows()
    desk.note("Appeler après dix-huit heures.", key)
    assert counter.rows() == after
    page = desk.client.get(desk.card).text
    assert "Appeler après dix-huit heures." in page
    (removal,) = re.findall(r'action="([^"]+/notes/[^"]+/retirer/)"', page)
    assert desk.said(removal) == ["La note est retirée."]
    assert desk.said(removal) == ["La note est retirée."]
    assert "Appeler après" not in desk.page()


@pytest.mark.parametrize("text", ["", "a" * 301])
def test_a_note_that_is_none_is_refused_on_the_card_and_stays_typed(desk: cards.Desk, text: str) -> None:
    before = counter.rows()
    answer = desk.note(text)
    assert (answer.status_code, counter.rows()) == (422, before)
    assert (text in answer.text, "Nouveau devis pour GH-482-KL" in cards.plain(answer.text)) == (True, True)
    assert all(map(counter.is_french, counter.sentences(answer.text)))
    assert "Rien sur la santé" in cards.plain(answer.text)
