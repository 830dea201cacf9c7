"""The role a session acts in: one that its user chose, never another by itself, and each form in the role it shows."""

import re
from typing import Any

import pytest
from django.test import Client

from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.consent.models import Reading
from gardien.network import actions
from gardien.network.models import Membership
from tests.web import counter
from tests.web.test_session_expiry import browser, expire, hidden, signed_in

BOTH = "renfort@tilleul.example"
NEW, CHOICE, RESUME = "/clients/nouveau/", "/compte/role/", "/compte/reprise/"
BY = Actor.program("test")


@pytest.fixture
def held(cast: Any) -> dict[str, Membership]:
    """Return the roles of who works at two garages, by the garage's code; the first one is the oldest."""
    found = Membership.objects.filter(user__email=BOTH).select_related("site__repairer")
    return {each.site.repairer.code: each for each in found}


@pytest.fixture
def desk(cast: Any) -> Client:
    client = browser()
    assert signed_in(client, BOTH) == "/"
    return client


def opened(client: Client) -> dict[str, str]:
    """Open the reading; return its hidden fields."""
    return hidden(client.get(NEW).text)


def choose(client: Client, role: Membership) -> str:
    """Choose a role as another tab does; return where it leads."""
    fields = hidden("<main" + client.get("/", follow=True).text)
    return client.post(CHOICE, {**fields, "membership": role.id}).headers["Location"]


def readings(held: dict[str, Membership]) -> dict[str, int]:
    """Count the readings at each garage."""
    counts = {}
    for code, role in held.items():
        with scope.entered(role.site.repairer_id):
            counts[code] = Reading.objects.count()
    return counts


def end(role: Membership) -> None:
    actions.end_role(membership_id=role.id, by=BY, at=clock.now())


def test_a_form_is_not_carried_out_in_another_role_than_the_one_it_was_filled_in(
    desk: Client, held: dict[str, Membership]
) -> None:
    fields, before = opened(desk), readings(held)
    assert choose(desk, held["CANAL"]) == "/"
    sent = desk.post(NEW, {**fields, "note": "Clé sous le tapis"})
    assert (sent.status_code, sent.headers["Location"]) == (302, RESUME)
    assert readings(held) == before
    page = desk.get(RESUME).text
    assert "Clé sous le tapis" not in page
    assert re.findall(r'name="membership" value="([^"]+)"', page.partition("<main")[2]) == [str(held["TILLEUL"].id)]
    assert choose(desk, held["TILLEUL"]) == RESUME
    (path,) = re.findall(r'<form method="post" action="([^"]+)">', desk.get(RESUME).text.partition("<main")[2])
    kept = hidden(desk.get(RESUME).text.partition("</form>\n  <form")[0])
    assert (path, kept["note"]) == (NEW, "Clé sous le tapis")
    assert desk.post(path, kept).status_code == 302
    assert readings(held) == {**before, "TILLEUL": before["TILLEUL"] + 1}
    assert "Aucune saisie en attente" in desk.get(RESUME).text


def test_what_waits_is_not_sent_in_another_role_either_and_waits_on_once(
    desk: Client, held: dict[str, Membership]
) -> None:
    fields, before = opened(desk), readings(held)
    choose(desk, held["CANAL"])
    desk.post(NEW, fields)
    choose(desk, held["TILLEUL"])
    kept = hidden(desk.get(RESUME).text.partition("</form>\n  <form")[0])
    choose(desk, held["CANAL"])
    assert desk.post(NEW, kept).headers["Location"] == RESUME
    assert readings(held) == before
    assert len(desk.session["carried"]) == 1


def test_a_part_of_a_page_of_another_role_is_refused_without_a_word(desk: Client, held: dict[str, Membership]) -> None:
    fields = opened(desk)
    choose(desk, held["CANAL"])
    answer = desk.post(NEW, fields, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert "carried" not in desk.session


def test_a_form_of_another_user_is_neither_carried_out_nor_kept(sign_in: Any) -> None:
    theirs = hidden(sign_in("counter.adviser@canal.example").get(NEW).text)
    client = sign_in(counter.ADVISER)
    before = counter.rows()
    answer = client.post(NEW, theirs)
    assert answer.status_code == 403
    assert all(map(counter.is_french, counter.sentences(answer.text)))
    assert "carried" not in client.session
    assert counter.rows() == before


def test_who_signs_in_after_somebody_else_does_not_see_what_they_type_on(desk: Client) -> None:
    fields = opened(desk)
    desk.post("/compte/deconnexion/", fields)
    signed_in(desk, counter.ADVISER)
    assert desk.post(NEW, {**fields, "note": "Clé sous le tapis"}).status_code == 403
    assert "carried" not in desk.session


@pytest.mark.parametrize("chosen", ["CANAL", "TILLEUL", None])
def test_a_role_that_ends_is_followed_by_no_other(
    desk: Client, held: dict[str, Membership], chosen: str | None
) -> None:
    if chosen:
        choose(desk, held[chosen])
    fields, before = opened(desk), readings(held)
    ended, other = held[chosen or "TILLEUL"], held["TILLEUL" if chosen == "CANAL" else "CANAL"]
    end(ended)
    assert desk.post(NEW, fields).headers["Location"] == CHOICE
    assert desk.get("/devis/").headers["Location"] == CHOICE
    assert desk.get("/").headers["Location"] == CHOICE
    assert desk.get("/devis/", headers={"HX-Request": "true"}).status_code == 401
    assert readings(held) == before
    page = desk.get(CHOICE).text.partition("<main")[2]
    assert re.findall(r'name="membership" value="([^"]+)"', page) == [str(other.id)]
    assert choose(desk, other) == "/"
    assert other.site.repairer.name in desk.get("/").text
    assert "Aucune saisie en attente" in desk.get(RESUME).text


def test_what_was_typed_as_a_role_ended_waits_for_another_role_at_the_same_place(
    desk: Client, cast: Any, held: dict[str, Membership]
) -> None:
    fields, at = opened(desk), clock.now()
    told = {"user": cast.user(BOTH), "place": cast.site("TILLEUL"), "by": BY, "at": at}
    manager = actions.give_role(role="site_manager", **told)
    end(held["TILLEUL"])
    assert desk.post(NEW, {**fields, "note": "Clé"}).headers["Location"] == CHOICE
    assert choose(desk, manager) == RESUME
    assert 'name="note" value="Clé"' in desk.get(RESUME).text


def test_what_was_typed_at_another_place_than_the_next_session_s_waits_for_its_place(
    desk: Client, held: dict[str, Membership]
) -> None:
    choose(desk, held["CANAL"])
    fields = opened(desk)
    expire(desk)
    assert desk.post(NEW, {**fields, "note": "Clé"}).status_code == 302
    assert signed_in(desk, BOTH, next_page=RESUME) == RESUME
    page = desk.get(RESUME).text.partition("<main")[2]
    assert 'name="note"' not in page
    assert re.findall(r'name="membership" value="([^"]+)"', page) == [str(held["CANAL"].id)]
    assert choose(desk, held["CANAL"]) == RESUME
    assert 'name="note" value="Clé"' in desk.get(RESUME).text
