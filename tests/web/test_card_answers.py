"""Answers that were hard to give or to take back at the counter: each button is there, and each refusal says so."""

import re
from typing import Any

import pytest

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as consents
from gardien.consent.rules import How, Sender
from gardien.customers import queries as customers
from gardien.network import queries as network
from gardien.quotes import actions as quotes
from tests import scene
from tests.web import cards, counter

CALLS = "client.phone-prospecting"


@pytest.fixture
def desk(sign_in: Any, cast: Any, at: Any) -> cards.Desk:
    return cards.Desk(sign_in(counter.ADVISER), cast.membership(counter.ADVISER), at)


def agree(desk: cards.Desk, number: str) -> None:
    """Say yes to sales calls at one number."""
    (asked,) = (each for each in consents.asked(commitment.in_force(clock.legal_day(desk.at))) if each.per_address)
    told = consent.Answer(asked.purpose, asked.channel, number, is_given=True, wording=asked.document)
    with desk.scope():
        by = network.actor(desk.membership)
        consent.decide(subject=desk.customer.reference, answers=[told], how=How.ORAL, by=by, at=desk.at)


def test_a_consent_for_a_number_that_left_the_card_is_shown_and_withdrawn(desk: cards.Desk) -> None:
    agree(desk, cards.PHONES["mobile"].e164)
    left = desk.typed(seen=desk.seen(), mobile="06 39 98 55 66")
    assert desk.post(f"{desk.card}corriger/", **left).status_code == 302
    page = desk.client.get(f"{desk.card}accords/").text
    assert "numéro qui n’est plus sur la fiche oui" in cards.plain(page)
    (given,) = cards.buttons(page, "decision")
    said = desk.said(f"{desk.card}accords/retirer/", decision=given)
    assert said[0].startswith("L’accord pour le démarchage téléphonique est retiré")
    after = desk.client.get(f"{desk.card}accords/").text
    assert "numéro qui n’est plus sur la fiche retiré" in cards.plain(after)
    assert cards.buttons(after, "decision") == []
    with desk.scope():
        held = consents.decision_for([desk.customer.reference], CALLS, cards.PHONES["mobile"].e164)
    assert held is not None
    assert held.is_given is False


def test_a_no_from_a_page_that_is_out_of_date_says_to_withdraw_and_changes_nothing(desk: cards.Desk) -> None:
    digest = re.findall(r'name="number" value="([^"]+)"', desk.client.get(f"{desk.card}accords/").text)[0]
    agree(desk, cards.PHONES["mobile"].e164)
    before = counter.rows()
    said = desk.said(f"{desk.card}accords/demander/", purpose=CALLS, number=digest, answer="no")
    assert said == ["Le client a dit oui entre-temps : retirez plutôt son accord."]
    assert counter.rows() == before


def test_an_objection_by_post_is_what_is_asked_before_anything_leaves_for_that_address(desk: cards.Desk) -> None:
    household = desk.other(delivery="appartement 12", street="7, Impasse des LILAS", postcode="99100", city="vauclair")
    stranger = desk.other("AC-123-CD", street="9 impasse des Lilas", postcode="99100", city="Vauclair")
    assert desk.said(f"{desk.card}offres/refuser/", channel="post") == ["Plus d’offres : Courrier."]
    with desk.scope():
        for person, expected in ((desk.customer, True), (household, True), (stranger, False)):
            (place,) = (each for each in customers.reached(customers.group(person.id)) if each.channel == "post")
            assert consents.has_objected(place.channel, place.address, Sender.CONTROLLER) is expected
    assert "Une opposition vaut pour tous ceux qui ont le même numéro" in desk.page("accords/")


def test_an_intake_sent_again_for_who_is_restricted_meanwhile_is_refused_in_a_sentence(desk: cards.Desk) -> None:
    form = counter.heard(desk.client)
    told = {"kind": "person", "last_name": "Vasseur", "plate_country": "FR"}
    card = desk.post(form, **told).headers["Location"]
    assert desk.post(f"{card}limiter/").status_code == 302
    before = counter.rows()
    answers = [desk.post(form, **told), desk.client.get(form), desk.post(f"{form}saisie/", **told)]
    assert [answer.status_code for answer in answers] == [409] * 3
    assert all("Le traitement des données de cette personne est limité" in answer.text for answer in answers)
    assert counter.rows() == before


def test_an_issued_quote_is_cancelled_by_its_button_once_and_nothing_else_cancels_it(desk: cards.Desk) -> None:
    with desk.scope():
        by = network.actor(desk.membership)
        opened, accepted = (scene.draft(desk.membership, desk.customer, desk.at, price) for price in ("31.00", "49.00"))
        for quote in (opened, accepted):
            quotes.issue(quote_id=quote.id, by=by, at=desk.at)
        quotes.accept(quote_id=accepted.id, by=by, at=desk.at)
    page, path = desk.client.get(f"/devis/{opened.id}/").text, f"/devis/{opened.id}/annuler/"
    assert f'action="{path}"' in page
    assert desk.post(path).status_code == 302
    page = desk.client.get(f"/devis/{opened.id}/").text
    assert "émis par erreur" in cards.plain(page)
    assert path not in page
    before = counter.rows()
    assert desk.post(path).status_code == 302
    refused = desk.post(f"/devis/{accepted.id}/annuler/")
    assert (refused.status_code, "a reçu une réponse ou a pris fin" in refused.text, counter.rows()) == (
        422,
        True,
        before,
    )
    assert f"/devis/{accepted.id}/annuler/" not in desk.client.get(f"/devis/{accepted.id}/").text
