"""Holds on a card and the archive, over HTTP: who may, what must be told first, and what nobody ever sees."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from gardien.base import clock, ids, scope
from gardien.journal.models import Entry
from gardien.standing.models import Archived, Consultation, Hold
from gardien.standing.rules import Ground
from tests.retention.archive_scene import AT, LAST, TOLD, Repairer
from tests.web import cards, counter

MANAGER, ADVISER = "site.manager@tilleul.example", counter.ADVISER
RIVAL = "site.manager@canal.example"
TELLS_WHY = {"motive": "dispute", "explanation": "Réclamation R-2026-118"}


@pytest.fixture
def garage(cast: Any) -> Repairer:
    return Repairer(cast.membership(MANAGER))


@pytest.fixture
def desk(sign_in: Any, cast: Any, at: Any) -> cards.Desk:
    return cards.Desk(sign_in(MANAGER), cast.membership(MANAGER), at)


@pytest.fixture
def manager(sign_in: Any, garage: Repairer) -> Any:
    return sign_in(MANAGER)


def archived(garage: Repairer, *categories: str, plate: str = "GH-482-KL") -> list[Archived]:
    """Archive categories of a customer whose card is gone; return them in the order of the categories' names."""
    one = garage.customer(plate)
    garage.hold(one.reference, *categories, ground=Ground.DISPUTE)
    garage.keep((one.reference,))
    garage.close(one.reference)
    return garage.archived()


def typed(**changed: Any) -> dict[str, Any]:
    """Return a form of a hold."""
    last = clock.legal_day(clock.now() + timedelta(days=400)).isoformat()
    told = {"ground": "billing", "categories": ["last_name", "address"], "legal_reference": "C. com., L123-22"}
    return {**told, "until_date": last, **changed}


def test_several_categories_are_several_holds_by_who_is_signed_in_and_each_is_released(desk: cards.Desk) -> None:
    answer = desk.client.post(f"{desk.card}durees/garder/", typed())
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{desk.card}durees/")
    assert desk.client.post(f"{desk.card}durees/garder/", typed()).status_code == 302
    with desk.scope():
        placed = list(Hold.objects.order_by("category"))
        told = {(each.category, each.ground, each.legal_reference, each.placed_by_id) for each in placed}
    by = desk.membership.user_id
    assert told == {(each, "billing", "C. com., L123-22", by) for each in ("address", "last_name")}
    page = desk.page("durees/")
    assert page.count("Gardé jusqu’au") >= 2
    said = desk.said(f"{desk.card}durees/{placed[0].id}/lever/")
    assert said == ["Le gel est levé : ce qu’il gardait part à l’échéance de sa durée."]
    assert desk.client.post(f"{desk.card}durees/{placed[0].id}/lever/").status_code == 302
    with desk.scope():
        assert Hold.objects.filter(released_at=None).get().category == "last_name"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ground": ""}, "Choisissez le motif."),
        ({"ground": "whim"}, "Choisissez dans la liste."),
        ({"categories": []}, "Choisissez ce que le motif exige, et rien de plus."),
        ({"categories": ["fax"]}, "Choisissez dans la liste."),
        ({"legal_reference": " "}, "Indiquez sur quel texte repose le motif."),
        ({"legal_reference": "x" * 121}, "Ce texte est trop long"),
        ({"until_date": ""}, "Saisissez le dernier jour"),
        ({"until_date": "demain"}, "Saisissez un jour, par exemple 31/12/2026."),
        ({"until_date": "2020-01-01"}, "Ce jour est passé"),
        ({"until_date": "9999-12-31"}, "Ce jour est trop lointain"),
    ],
)
def test_a_hold_that_is_refused_keeps_what_was_typed_and_says_why_in_french(
    desk: cards.Desk, changed: dict[str, Any], sentence: str
) -> None:
    answer = desk.client.post(f"{desk.card}durees/garder/", typed(legal_reference="L123-22 bis") | changed)
    assert answer.status_code == 422
    assert any(sentence in each for each in counter.sentences(answer.text))
    assert all(map(counter.is_french, counter.sentences(answer.text)))
    assert ("L123-22 bis" in answer.text) is ("legal_reference" not in changed)
    assert re.search(r'<input[^>]*value="address"[^>]*checked', answer.text) or "categories" in changed
    with desk.scope():
        assert Hold.objects.count() == 0


def test_an_adviser_sees_what_is_held_and_changes_nothing(sign_in: Any, desk: cards.Desk) -> None:
    assert desk.client.post(f"{desk.card}durees/garder/", typed()).status_code == 302
    adviser = sign_in(ADVISER)
    page = adviser.get(f"{desk.card}durees/").text
    assert "Gardé jusqu’au" in page
    assert "durees/garder/" not in page
    assert adviser.post(f"{desk.card}durees/garder/", typed()).status_code == 403
    assert adviser.get("/archive/").status_code == 403


def test_the_grounds_are_the_versions_own_and_custody_where_it_keeps_wheels(desk: cards.Desk) -> None:
    page = desk.client.get(f"{desk.card}durees/").text
    assert re.findall(r'name="ground" value="(\w+)"', page) == ["billing", "warranty", "dispute", "custody"]
    told = re.findall(r'name="categories" value="([\w:]+)"', page)
    assert {"last_name", "address", "plate", "derived:quote"} <= set(told)
    assert "fax" not in told


def test_the_list_says_of_whom_why_and_until_when_and_never_what(garage: Repairer, manager: Any) -> None:
    (name,) = archived(garage, "last_name")
    page = manager.get("/archive/").text
    for each in (name.subject, "Litige", "C. com., L123-22", "1 juin 2031", "client.retention.quotes", str(name.id)):
        assert each in page
    assert [value for value in TOLD.values() if value in page] == []
    form = manager.get(f"/archive/{name.id}/").text
    assert [value for value in TOLD.values() if value in form] == []


def test_one_opens_it_by_a_motive_and_an_explanation_alone_and_each_time_is_written(
    garage: Repairer, manager: Any
) -> None:
    address, name = archived(garage, "address", "last_name")
    for told in ({}, {"motive": "dispute"}, {"explanation": "R-118"}, {"motive": "whim", "explanation": "R-118"}):
        refused = manager.post(f"/archive/{address.id}/", {"motive": "", **told})
        assert refused.status_code == 422
        assert TOLD["street"] not in refused.text
        assert all(map(counter.is_french, counter.sentences(refused.text)))
        assert ("R-118" in refused.text) is ("explanation" in told)
    assert garage.count(Consultation) == 0
    opened = manager.post(f"/archive/{address.id}/", TELLS_WHY)
    assert (opened.status_code, opened.headers["Cache-Control"]) == (200, "no-store")
    shown = cards.plain(opened.text)
    assert "Numéro et rue 14 rue des Tamaris" in shown or TOLD["street"] in shown
    assert [value for key, value in TOLD.items() if key not in ("street", "postcode", "city") and value in shown] == []
    with scope.entered(garage.id):
        written = Consultation.objects.get()
        assert (written.subject, written.archived_id, written.motive) == (address.subject, address.id, "dispute")
        assert (written.explanation, written.consulted_by_id) == (TELLS_WHY["explanation"], garage.by.id)
        entry = Entry.objects.get(tag="standing:archive:consulted")
    assert (entry.subject, entry.references) == (address.subject, {"archived": str(address.id)})
    assert manager.post(f"/archive/{address.id}/", TELLS_WHY).status_code == 200
    assert garage.count(Consultation) == 2
    listed = manager.get("/archive/consultations/").text
    assert listed.count(TELLS_WHY["explanation"]) == 2
    assert "Responsable de site" in listed
    assert name.subject in listed


def test_what_was_altered_is_not_shown_and_no_opening_is_written(garage: Repairer, manager: Any) -> None:
    address, name = archived(garage, "address", "last_name")
    with scope.entered(garage.id):
        Archived.objects.filter(id=address.id).update(sealed=bytes(name.sealed))
    refused = manager.post(f"/archive/{address.id}/", TELLS_WHY)
    assert (refused.status_code, garage.count(Consultation)) == (422, 0)
    assert TOLD["last_name"] not in refused.text


def test_a_customer_who_is_gone_is_found_by_their_reference_in_any_spelling(garage: Repairer, manager: Any) -> None:
    (one,) = archived(garage, "last_name")
    other = garage.customer("GH-483-KL")
    garage.hold(other.reference, "last_name")
    garage.keep((other.reference,))
    assert manager.get(f"/clients/{ids.new()}/").status_code == 404
    found = manager.post("/archive/", {"reference": one.subject.lower().replace("-", " ")})
    assert (found.status_code, one.subject in found.text, other.reference in found.text) == (200, True, False)
    nobody = manager.post("/archive/", {"reference": "C-ZZZZZZZZ"})
    assert (nobody.status_code, "Rien n’est archivé sous cette référence." in nobody.text) == (200, True)
    refused = manager.post("/archive/", {"reference": "Lhôte"})
    assert (refused.status_code, 'value="Lhôte"' in refused.text) == (422, True)
    assert all(map(counter.is_french, counter.sentences(refused.text)))


def test_anothers_archive_answers_as_what_never_was(garage: Repairer, sign_in: Any) -> None:
    (one,) = archived(garage, "last_name")
    rival = sign_in(RIVAL)
    for method, form in (("get", {}), ("post", TELLS_WHY)):
        for rest in ("", "lever/"):
            told = [getattr(rival, method)(f"/archive/{each}/{rest}", form) for each in (one.id, ids.new())]
            assert told[0].content == told[1].content
            assert told[0].status_code == told[1].status_code == (405 if (method, rest) == ("get", "lever/") else 404)
    assert one.subject not in rival.get("/archive/").text
    assert one.subject not in rival.post("/archive/", {"reference": one.subject}).text.replace(
        f'value="{one.subject}"', ""
    )
    assert garage.count(Consultation) == 0


def test_who_did_not_prove_lately_who_they_are_is_asked_first(garage: Repairer, manager: Any) -> None:
    (one,) = archived(garage, "last_name")
    assert manager.get("/archive/").status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        for path in ("/archive/", f"/archive/{one.id}/", "/archive/consultations/"):
            assert manager.get(path).headers["Location"] == f"/compte/preuve/?next={path}"
        assert manager.post(f"/archive/{one.id}/", TELLS_WHY).status_code == 302
    assert garage.count(Consultation) == 0


def test_a_restricted_person_is_in_no_list_and_opens_to_nobody(garage: Repairer, manager: Any) -> None:
    from gardien.standing import actions as standing

    (one,) = archived(garage, "last_name")
    with scope.entered(garage.id):
        standing.restrict(subjects=[one.subject], by=garage.by, at=AT)
    assert one.subject not in manager.get("/archive/").text
    assert manager.post(f"/archive/{one.id}/", TELLS_WHY).status_code == 404
    assert garage.count(Consultation) == 0


def test_a_hold_of_who_is_gone_is_released_from_the_archive_and_the_sweep_does_the_rest(
    garage: Repairer, manager: Any
) -> None:
    (one,) = archived(garage, "last_name")
    assert manager.post(f"/archive/{one.id}/lever/").headers["Location"] == "/archive/"
    assert "gel levé" in manager.get("/archive/").text
    assert (garage.release(LAST), garage.count(Archived), garage.count(Hold)) == (1, 0, 0)
    assert manager.get(f"/archive/{one.id}/").status_code == 404
