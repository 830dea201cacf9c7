"""Taking a customer's details: one transaction, one effect, drafts of one's own, and who it may already be."""

import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gardien.commitment import policy
from gardien.commitment import queries as commitment
from tests.conftest import as_role
from tests.web import counter

MANAGER = "site.manager@tilleul.example"
CALLS = "answer_client_phone_prospecting_phone"
TOLD = {"kind": "person", "last_name": "Moreau", "first_name": "Élodie", "plate_country": "FR"}
REACHED = {
    **TOLD,
    "mobile": "06 39 98 12 34",
    f"{CALLS}_mobile": "no",
    "phone": "01 99 00 12 01",
    f"{CALLS}_phone": "yes",
}


@pytest.fixture
def desk(sign_in: Any) -> Client:
    client: Client = sign_in(counter.ADVISER)
    return client


@pytest.fixture
def first_version(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Put the version of 2020 in force, alone."""
    shutil.copy(policy.VERSIONS_FOLDER / "2020-01-25.yaml", tmp_path)
    settings.GARDIEN_VERSIONS_FOLDER = tmp_path
    yield
    commitment._versions.cache_clear()


def kept(query: str) -> list[tuple[Any, ...]]:
    with as_role("backup") as connection:
        return connection.execute(query).fetchall()


def decisions() -> list[tuple[Any, ...]]:
    return sorted(kept("SELECT purpose, channel, is_given, how FROM consent_decision"))


def typing(client: Client, form: str, **typed: str) -> Any:
    """Type a part of the form, as its script sends it."""
    return client.post(f"{form}saisie/", typed, headers={"HX-Request": "true"})


def test_details_answers_and_remark_are_recorded_together(desk: Client) -> None:
    form = counter.heard(desk)
    card = desk.post(form, {**REACHED, "note": "à rappeler après 18 h", "plate": "gh482kl"}).headers["Location"]
    assert re.fullmatch(r"/clients/[0-9a-f-]{36}/", card)
    assert decisions() == [
        ("client.phone-prospecting", "phone", False, "oral"),
        ("client.phone-prospecting", "phone", True, "oral"),
    ]
    assert kept("SELECT text FROM customers_note") == [("à rappeler après 18 h",)]
    subjects = {subject for (subject,) in kept("SELECT subject FROM consent_decision")}
    assert subjects == {subject for (subject,) in kept("SELECT reference FROM customers_customer")}


def test_a_form_sent_twice_or_again_from_the_page_before_has_one_effect(desk: Client) -> None:
    form = counter.heard(desk)
    card = desk.post(form, {**REACHED, "note": "à rappeler"}).headers["Location"]
    before = counter.rows()
    again = desk.post(form, {**REACHED, "note": "à rappeler"})
    other = desk.post(form, {**REACHED, "last_name": "Autre", f"{CALLS}_phone": "no"})
    back = desk.get(form)
    assert {answer.headers["Location"] for answer in (again, other, back)} == {card}
    assert counter.rows() == before
    assert "déjà enregistré" in desk.get(card).text


def test_a_refused_form_answers_422_and_keeps_every_answer(desk: Client) -> None:
    form, before = counter.heard(desk), counter.rows()
    answer = desk.post(form, {**REACHED, "last_name": "", "note": "à rappeler", "locality": "Le Bourg"})
    assert answer.status_code == 422
    chosen = re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]* checked', answer.text)
    assert dict(chosen) == {"kind": "person", f"{CALLS}_mobile": "no", f"{CALLS}_phone": "yes"}
    assert all(told in answer.text for told in ("06 39 98 12 34", "01 99 00 12 01", "à rappeler", "Le Bourg"))
    assert '<details class="more" open>' in answer.text
    assert {table: count for table, count in counter.rows().items() if count != before[table]} == {}


def test_the_notice_stands_beside_each_number(desk: Client) -> None:
    page = desk.get(counter.heard(desk)).text
    for number in ("mobile", "phone"):
        told = page.split(f'for="id_{number}"')[1].split("</fieldset>")[0]
        assert "Aucun appel de vente sans votre accord" in told
        assert "checked" not in told


def test_under_the_first_version_each_use_is_asked_and_the_answers_are_kept(desk: Client, first_version: None) -> None:
    form = counter.heard(desk)
    assert desk.post(form, TOLD).status_code == 422
    answers = {"answer_client_use_quote": "yes", "answer_client_use_storage": "no"}
    assert desk.post(form, {**TOLD, **answers}).status_code == 302
    assert decisions() == [("client.use.quote", "", True, "oral"), ("client.use.storage", "", False, "oral")]


def test_of_who_agrees_to_nothing_nothing_is_kept(desk: Client, first_version: None) -> None:
    form = counter.heard(desk)
    before = counter.rows()
    typing(desk, form, **TOLD)
    answers = {"answer_client_use_quote": "no", "answer_client_use_storage": "no"}
    answer = desk.post(form, {**TOLD, **answers}, follow=True)
    assert answer.redirect_chain == [("/clients/nouveau/", 302)]
    assert "rien n’en a été enregistré" in answer.text
    assert counter.rows() == before


def test_what_is_typed_is_kept_and_comes_back_to_its_author(desk: Client) -> None:
    form = counter.heard(desk)
    answer = typing(desk, form, **{**REACHED, "note": "à rappeler", "csrfmiddlewaretoken": "x", "unknown": "y"})
    assert re.search(r"Brouillon gardé à \d\d:\d\d", answer.text)
    page = desk.get(form).text
    assert re.search(r"Brouillon gardé à \d\d:\d\d", page)
    for told in ('value="Moreau"', 'value="06 39 98 12 34"', "à rappeler"):
        assert told in page
    assert f'name="{CALLS}_phone" value="yes" id="id_{CALLS}_phone_0" checked' in re.sub(
        r" required| class=\S+", "", page
    )
    typing(desk, form, last_name="Moreaux")
    assert 'value="Moreaux"' in desk.get(form).text
    assert 'value="06 39 98 12 34"' not in desk.get(form).text


def test_a_draft_is_sealed_and_nobody_elses(desk: Client, sign_in: Any) -> None:
    form = counter.heard(desk)
    typing(desk, form, **REACHED)
    ((sealed,),) = kept("SELECT sealed FROM customers_intakedraft")
    assert b"Moreau" not in bytes(sealed)
    colleague = sign_in(MANAGER)
    assert "Moreau" not in colleague.get("/clients/nouveau/").text
    doors = [colleague.get(form), typing(colleague, form, last_name="X"), colleague.post(f"{form}abandonner/")]
    assert [answer.status_code for answer in doors] == [404, 404, 404]
    assert 'value="Moreau"' in desk.get(form).text


def test_unfinished_intakes_are_listed_and_given_up_by_a_click(desk: Client) -> None:
    forms = [counter.heard(desk) for _ in range(2)]
    typing(desk, forms[0], last_name="Moreau")
    typing(desk, forms[1], plate="GH-482-KL")
    listed = desk.get("/clients/nouveau/").text
    assert re.findall(r'<a href="(/clients/nouveau/[^"]+)">([^<]+)</a>', listed) == [
        (forms[1], "GH-482-KL"),
        (forms[0], "Moreau"),
    ]
    assert desk.post(f"{forms[1]}abandonner/").headers["Location"] == "/clients/nouveau/"
    assert desk.post(f"{forms[1]}abandonner/").status_code == 302
    assert desk.get("/clients/nouveau/").text.count('action="/clients/nouveau/') == 1
    assert desk.post(forms[0], TOLD).status_code == 302
    assert "Commencé et pas enregistré" not in desk.get("/clients/nouveau/").text


def test_what_arrives_after_saving_leaves_no_draft(desk: Client) -> None:
    form = counter.heard(desk)
    desk.post(form, TOLD)
    typing(desk, form, **TOLD)
    assert kept("SELECT id FROM customers_intakedraft") == []


def test_a_draft_longer_than_any_intake_is_not_kept(desk: Client) -> None:
    form = counter.heard(desk)
    assert typing(desk, form, last_name="a" * 70_000).status_code == 413
    assert kept("SELECT id FROM customers_intakedraft") == []


def test_a_draft_of_a_reading_that_never_was_answers_404(desk: Client) -> None:
    assert typing(desk, f"/clients/nouveau/{uuid.uuid4()}/", last_name="Moreau").status_code == 404


def test_who_may_already_be_known_is_proposed_with_the_reason_and_only_once(desk: Client) -> None:
    card = desk.post(counter.heard(desk), {**REACHED, "plate": "GH-482-KL"}).headers["Location"]
    form = counter.heard(desk)
    found = typing(desk, form, last_name="Petit", mobile="0639981234")
    assert 'id="candidates" hx-swap-oob="innerHTML"' in found.text
    assert f'<a href="{card}">Élodie Moreau</a>' in found.text
    assert "même téléphone" in found.text
    (shown,) = re.findall(r'name="shown" value="([^"]+)"', found.text)
    assert shown == card.split("/")[2]
    again = typing(desk, form, last_name="Petit", mobile="0639981234", shown=shown)
    assert "candidates" not in again.text
    assert "Brouillon gardé" in again.text
    gone = typing(desk, form, last_name="Petit", shown=shown)
    assert 'id="candidates"' in gone.text
    assert "Moreau" not in gone.text


def test_nobody_of_another_garage_is_proposed(desk: Client, sign_in: Any) -> None:
    desk.post(counter.heard(desk), REACHED)
    other = sign_in("counter.adviser@canal.example")
    assert "Moreau" not in typing(other, counter.heard(other), last_name="Moreau", mobile="0639981234").text


def test_a_refused_form_shows_who_it_may_be(desk: Client) -> None:
    card = desk.post(counter.heard(desk), REACHED).headers["Location"]
    answer = desk.post(counter.heard(desk), {**REACHED, "last_name": ""})
    assert card in answer.text
