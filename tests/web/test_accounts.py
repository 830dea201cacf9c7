"""Signing in and out, and the choice between roles, through the real forms."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from tests.conftest import PASSWORD
from tests.web import counter


def test_cookies_are_hidden_from_scripts_and_from_other_sites(cast: Any) -> None:
    client = Client()
    counter.post(client, "/compte/connexion/", {"login": counter.ADVISER, "password": PASSWORD})
    client.get("/")
    assert set(client.cookies) == {"session", "csrf"}
    assert {(cookie["httponly"], cookie["samesite"]) for cookie in client.cookies.values()} == {(True, "Lax")}


@pytest.mark.parametrize(
    "door", ["/compte/inscription/", "/accounts/signup/", "/signup/", "/compte/mot-de-passe/", "/admin/"]
)
def test_nobody_signs_up_and_no_other_door_of_accounts_exists(
    django_db_setup: None, committed: None, door: str
) -> None:
    answer = Client().get(door)
    assert answer.status_code == 404
    assert all(map(counter.is_french, counter.sentences(answer.text)))


def test_an_e_mail_address_signs_in_whatever_its_case_and_a_fresh_session_opens(cast: Any) -> None:
    for login in (counter.ADVISER, counter.ADVISER.upper(), f"  {counter.ADVISER.title()} "):
        client = Client()
        answer = counter.post(client, "/compte/connexion/", {"login": login, "password": PASSWORD})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert client.get("/clients/nouveau/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_are_refused_alike_in_french(cast: Any) -> None:
    said = []
    for login in (counter.ADVISER, "inconnu@tilleul.example"):
        answer = counter.post(Client(), "/compte/connexion/", {"login": login, "password": "pas celui-là"})
        assert answer.status_code == 200
        assert f'value="{login}"' in answer.text
        assert "pas celui-là" not in answer.text
        said.append(counter.sentences(answer.text))
    assert said[0] == said[1]
    assert all(map(counter.is_french, said[0]))
    assert any("mot de passe" in sentence for sentence in said[0])


@pytest.mark.parametrize(
    "elsewhere", ["https://zoro.example/", "//zoro.example/", "javascript:alert(1)", "\\\\zoro.example"]
)
def test_signing_in_leads_to_no_other_site(cast: Any, elsewhere: str) -> None:
    typed = {"login": counter.ADVISER, "password": PASSWORD, "next": elsewhere}
    assert counter.post(Client(), "/compte/connexion/", typed).headers["Location"] == "/"


def test_who_works_at_two_garages_switches_by_a_click_and_the_session_is_a_new_one(sign_in: Any) -> None:
    client = sign_in("renfort@tilleul.example")
    home = client.get("/").text
    assert "Garage des Tilleuls" in home
    (other,) = re.findall(r'name="membership" value="([^"]+)"', home)
    before = client.cookies["session"].value
    assert client.get("/compte/role/", {"membership": other}).status_code == 200
    assert client.cookies["session"].value == before
    assert client.post("/compte/role/", {"membership": other}).headers["Location"] == "/"
    assert client.cookies["session"].value != before
    assert "Carrosserie du Canal" in client.get("/").text
    old = Client()
    old.cookies["session"] = before
    assert old.get("/").status_code == 302
    assert client.post("/compte/role/", {"membership": str(uuid.uuid4())}).status_code == 403


def test_signing_out_ends_the_session(sign_in: Any) -> None:
    desk = sign_in(counter.ADVISER)
    session = desk.cookies["session"].value
    assert desk.post("/compte/deconnexion/").headers["Location"] == "/compte/connexion/"
    stolen = Client()
    stolen.cookies["session"] = session
    assert stolen.get("/devis/").status_code == 302
