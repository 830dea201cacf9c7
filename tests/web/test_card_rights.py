"""What a person agreed to, objects to and has frozen: shown on their card, and ended from it in one click."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from gardien.base import clock, ids
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as consents
from gardien.consent.rules import How
from gardien.network import queries as network
from gardien.quotes import actions as quotes
from gardien.quotes.rules.vocabulary import CancelReason
from tests import scene
from tests.web import cards, counter

MANAGER = "site.manager@tilleul.example"
CALLS = "client.phone-prospecting"


@pytest.fixture
def desk(sign_in: Any, cast: Any, at: Any) -> cards.Desk:
    return cards.Desk(sign_in(counter.ADVISER), cast.membership(counter.ADVISER), at)


@pytest.fixture
def first_version(tmp_path: Path, settings: Any) -> None:
    """An installation whose version in force is that of 2020."""
    shutil.copy(policy.VERSIONS_FOLDER / "2020-01-25.yaml", tmp_path)
    settings.GARDIEN_VERSIONS_FOLDER = tmp_path


def answer(desk: cards.Desk, purpose: str, *, is_given: bool, address: str = "") -> None:
    """Record an answer to a question of the version in force."""
    asked = consents.asked(commitment.in_force(clock.legal_day(desk.at)))
    (question,) = (each for each in asked if each.purpose == purpose)
    told = consent.Answer(
        purpose=purpose, is_given=is_given, wording=question.document, channel=question.channel, address=address
    )
    with desk.scope():
        by = network.actor(desk.membership)
        consent.decide(subject=desk.customer.reference, answers=[told], how=How.ORAL, by=by, at=desk.at)


def issued(desk: cards.Desk, price: str) -> Any:
    """Issue a quote to the customer of the card."""
    with desk.scope():
        draft = scene.draft(desk.membership, desk.customer, desk.at, price)
        return quotes.issue(quote_id=draft.id, by=network.actor(desk.membership), at=desk.at)


def state(desk: cards.Desk, quote: Any) -> str:
    """Return the state that the page of a quote shows."""
    return re.findall(r"badge-state[^>]*>([^<]+)<", desk.client.get(f"/devis/{quote.id}/").text)[0]


def test_consent_to_calls_is_shown_and_withdrawn_number_by_number_in_one_click(desk: cards.Desk) -> None:
    answer(desk, CALLS, is_given=True, address=cards.PHONES["mobile"].e164)
    answer(desk, CALLS, is_given=False, address=cards.PHONES["phone"].e164)
    page = desk.page("accords/")
    assert f"Démarchage téléphonique {cards.MOBILE} oui de vive voix," in page
    assert f"Démarchage téléphonique {cards.LANDLINE} non de vive voix," in page
    assert "M. E. (Conseiller comptoir)" in page
    assert "@tilleul" not in page
    (given,) = cards.buttons(desk.client.get(f"{desk.card}accords/").text, "decision")
    said = desk.said(f"{desk.card}accords/retirer/", decision=given)
    assert said == ["L’accord pour le démarchage téléphonique est retiré : plus aucun appel de vente à ce numéro."]
    after = counter.rows()
    assert desk.post(f"{desk.card}accords/retirer/", decision=given).status_code == 302
    assert counter.rows() == after
    page = desk.page("accords/")
    assert f"Démarchage téléphonique {cards.MOBILE} retiré de vive voix," in page
    assert f"Démarchage téléphonique {cards.LANDLINE} non de vive voix," in page


def test_a_consent_of_the_first_version_ends_what_rests_on_it_and_says_what_stays(
    first_version: None, desk: cards.Desk
) -> None:
    answer(desk, "client.use.quote", is_given=True)
    open_, kept = issued(desk, "31.00"), issued(desk, "49.00")
    desk.post(f"/devis/{kept.id}/reponse/", answer="accepted")
    with desk.scope():
        draft = scene.draft(desk.membership, desk.customer, desk.at, "7.00")
    page = desk.client.get(f"{desk.card}accords/").text
    (given,) = cards.buttons(page, "decision")
    said = desk.said(f"{desk.card}accords/retirer/", decision=given)
    assert said[0].startswith("L’accord pour les devis est retiré")
    assert any(re.search(r"Reste : .*\(1\)\. Motif : .+", sentence) for sentence in said), said
    assert (state(desk, open_), state(desk, kept)) == ("annulé", "accepté")
    assert "le client a retiré son accord" in cards.plain(desk.client.get(f"/devis/{open_.id}/").text)
    assert desk.client.get(f"/devis/{draft.id}/").status_code == 404
    assert "sans attendre" in desk.page("durees/")
    told = {"customer": str(desk.customer.id), "draft_key": str(ids.new())}
    assert desk.said("/devis/nouveau/", **told)[0].startswith("Ce client n’est pas d’accord pour des devis")


def test_who_said_no_is_asked_again_in_the_words_of_the_version_in_force(desk: cards.Desk) -> None:
    page = desk.client.get(f"{desk.card}accords/").text
    digests = re.findall(r'name="number" value="([^"]+)"', page)
    assert len(digests) == 2
    assert "Aucun appel de vente sans votre accord" in cards.plain(page)
    told = {"purpose": CALLS, "number": digests[0]}
    desk.post(f"{desk.card}accords/demander/", **told, answer="no")
    assert desk.said(f"{desk.card}accords/demander/", **told, answer="yes")[-1] == "La réponse est notée."
    assert f"Démarchage téléphonique {cards.MOBILE} oui" in desk.page("accords/")
    before = counter.rows()
    for wrong in ({"answer": "no"}, {"answer": "yes", "number": "x"}, {"purpose": "client.use.quote", "answer": "yes"}):
        desk.client.post(f"{desk.card}accords/demander/", {**told, **wrong})
    assert counter.rows() == before


def test_an_objection_is_taken_channel_by_channel_and_holds_for_the_household(desk: cards.Desk) -> None:
    assert desk.said(f"{desk.card}offres/refuser/", channel="phone") == ["Plus d’offres : Téléphone."]
    page = desk.page("accords/")
    assert re.search(rf"Téléphone {cards.MOBILE}, {cards.LANDLINE} s’oppose depuis le", page)
    assert page.count("s’oppose depuis") == 1
    household = desk.other(mobile=cards.PHONES["mobile"])
    theirs = desk.page("accords/", card=f"/clients/{household.id}/")
    assert re.search(rf"Téléphone {cards.MOBILE} s’oppose depuis le", theirs)
    for channel in ("email", "sms", "post"):
        desk.post(f"{desk.card}offres/refuser/", channel=channel)
    assert desk.page("accords/").count("s’oppose depuis") == 4
    assert desk.client.post(f"{desk.card}offres/refuser/", {"channel": "fax"}).status_code == 404


def test_the_card_says_until_when_each_thing_is_kept_and_under_which_clause(desk: cards.Desk) -> None:
    issued(desk, "31.00")
    page = desk.client.get(f"{desk.card}durees/").text
    day = clock.legal_day(desk.at)
    assert "Devis émis le" in cards.plain(page)
    assert f"{day.year + 2}" in re.search(r'text-nowrap"><strong>([^<]+)', page)[1]  # type: ignore[index]
    version = commitment.in_force(day).id
    assert f'href="/engagement/{version}/#client.retention.quotes"' in page


def test_a_restricted_person_is_nowhere_until_the_manager_has_told_them_and_lifts_it(
    desk: cards.Desk, sign_in: Any
) -> None:
    quote, manager = issued(desk, "31.00"), sign_in(MANAGER)
    assert desk.said(f"{desk.card}limiter/")[-1].startswith(f"{desk.customer.reference} est limitée")
    hidden = [desk.card, f"{desk.card}accords/", f"{desk.card}durees/", f"{desk.car}plaque/", f"/devis/{quote.id}/"]
    assert [desk.client.get(path).status_code for path in hidden] == [404] * len(hidden)
    assert quote.number not in desk.client.get("/devis/").text
    assert "Moreau" not in desk.post("/clients/recherche/", text="moreau").text.replace("« moreau »", "")
    listed = cards.plain(manager.get("/limitations/").text)
    assert (desk.customer.reference in listed, "Moreau" in listed) == (True, False)
    told = {"subject": desk.customer.reference}
    assert [desk.client.post(f"/limitations/{verb}/", told).status_code for verb in ("annoncer", "lever")] == [403, 403]
    before = counter.rows()
    refused = manager.post("/limitations/lever/", told, follow=True)
    assert ("Prévenez d’abord le client et notez-le ici" in refused.text, counter.rows()) == (True, before)
    assert "a été prévenu" in manager.post("/limitations/annoncer/", told, follow=True).text
    assert "sert de nouveau" in manager.post("/limitations/lever/", told, follow=True).text
    assert [desk.client.get(path).status_code for path in hidden] == [200] * len(hidden)
    assert manager.post("/limitations/lever/", {"subject": "Moreau"}).status_code == 400


def test_an_issued_quote_gets_the_customers_answer_once(desk: cards.Desk) -> None:
    accepted, refused = issued(desk, "31.00"), issued(desk, "49.00")
    for quote, said in ((accepted, "accepted"), (refused, "refused")):
        assert desk.post(f"/devis/{quote.id}/reponse/", answer=said).status_code == 302
    assert (state(desk, accepted), state(desk, refused)) == ("accepté", "refusé")
    before = counter.rows()
    late = desk.post(f"/devis/{refused.id}/reponse/", answer="accepted")
    assert (late.status_code, "a reçu une réponse ou a pris fin" in late.text, counter.rows()) == (422, True, before)
    odd = desk.post(f"/devis/{refused.id}/reponse/", answer="perhaps")
    assert (odd.status_code, counter.rows()) == (422, before)
    listed = cards.plain(desk.client.get("/devis/").text)
    assert (" accepté " in listed, " refusé " in listed) == (True, True)


def test_a_quote_cancelled_by_mistake_says_so(desk: cards.Desk) -> None:
    quote = issued(desk, "31.00")
    with desk.scope():
        quotes.cancel(quote_id=quote.id, reason=CancelReason.MISTAKE, by=network.actor(desk.membership), at=desk.at)
    page = cards.plain(desk.client.get(f"/devis/{quote.id}/").text)
    assert ("émis par erreur" in page, "Il accepte" in page) == (True, False)
