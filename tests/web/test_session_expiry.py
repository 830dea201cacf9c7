"""A session that ends in the middle: nothing typed is lost, on any form, and nobody else reads it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from gardien.base import clock
from gardien.commitment.registry import registry
from gardien.web.shared import carried
from tests.conftest import PASSWORD, as_role
from tests.web import counter

OTHER = "site.manager@tilleul.example"
SITE = "http://testserver"
RESUME = "/compte/connexion/?next=/compte/reprise/"
TYPED = {"kind": "person", "last_name": "Moreau", "first_name": "Ada <b>", "note": "ligne 1\r\nligne 2", "empty": ""}


def browser() -> Client:
    """Return a client that checks tokens and says where its forms come from, as browsers do."""
    return Client(enforce_csrf_checks=True, headers={"Origin": SITE})


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's main part, unescaped."""
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition("<main")[2])
    return {name: counter.unescape(value) for name, value in pairs}


def signed_in(client: Client, email: str = counter.ADVISER, next_page: str = "/") -> str:
    """Sign in through the form; return where it leads."""
    page = client.get("/compte/connexion/").text
    typed = {**hidden(page), "login": email, "password": PASSWORD, "next": next_page}
    return client.post("/compte/connexion/", typed).headers["Location"]


@pytest.fixture
def desk(cast: Any) -> Client:
    client = browser()
    assert signed_in(client) == "/"
    return client


def opened(client: Client) -> tuple[str, dict[str, str]]:
    """Open an intake form; return its address and its hidden fields."""
    page = client.get("/clients/nouveau/").text
    form = client.post("/clients/nouveau/", hidden(page)).headers["Location"]
    return form, hidden(client.get(form).text)


def expire(client: Client) -> None:
    """Let the session end as time ends it: on the server."""
    Session.objects.filter(session_key=client.cookies["session"].value).update(
        expire_date=clock.now() - timedelta(minutes=1)
    )


def resent(client: Client) -> tuple[str, dict[str, str]]:
    """Return where the resume page would send what, without sending it."""
    page = client.get("/compte/reprise/").text
    (path,) = re.findall(r'<form method="post" action="([^"]+)">', page.partition("<main")[2])
    return path, hidden(page.partition("<main")[2].partition("</form>")[0].join(["<main", ""]))


@pytest.mark.parametrize("ended", ["expired", "signed out elsewhere", "cookie gone"])
def test_what_was_typed_comes_back_after_signing_in_and_is_sent_by_one_click(desk: Client, ended: str) -> None:
    form, fields = opened(desk)
    if ended == "expired":
        expire(desk)
    elif ended == "signed out elsewhere":
        desk.post("/compte/deconnexion/", fields)
    else:
        del desk.cookies["session"]
    before = counter.rows()
    assert desk.post(form, {**fields, **TYPED}).headers["Location"] == RESUME
    assert counter.rows() == before
    assert signed_in(desk, next_page="/compte/reprise/") == "/compte/reprise/"
    page = desk.get("/compte/reprise/").text
    assert "Votre saisie a été gardée" in page
    path, kept = resent(desk)
    assert path == form
    assert {name: kept[name] for name in TYPED} == TYPED
    assert kept.keys() - TYPED.keys() == {"csrfmiddlewaretoken", "carried", "filled_by"}
    card = desk.post(path, kept).headers["Location"]
    assert card.startswith("/clients/")
    assert "Ada &lt;b&gt; Moreau" in desk.get(card).text
    assert "Aucune saisie en attente" in desk.get("/compte/reprise/").text


def test_what_comes_back_can_be_dropped(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    desk.post(form, {**fields, **TYPED})
    signed_in(desk)
    _, kept = resent(desk)
    before = counter.rows()
    drop = {"carried": kept["carried"], "csrfmiddlewaretoken": kept["csrfmiddlewaretoken"]}
    assert desk.post("/compte/reprise/", drop).headers["Location"] == "/"
    assert "Aucune saisie en attente" in desk.get("/compte/reprise/").text
    assert counter.rows() == before


def test_a_page_older_than_the_last_signing_in_is_sent_again_by_a_click(desk: Client) -> None:
    form, fields = opened(desk)
    desk.post("/compte/deconnexion/", fields)
    signed_in(desk)
    assert desk.post(form, {**fields, **TYPED}).headers["Location"] == "/compte/reprise/"
    path, kept = resent(desk)
    assert desk.post(path, kept).headers["Location"].startswith("/clients/")


def test_two_forms_wait_side_by_side(desk: Client) -> None:
    first, second = opened(desk), opened(desk)
    expire(desk)
    for number, (form, fields) in enumerate((first, second)):
        desk.post(form, {**fields, **TYPED, "last_name": f"Moreau{number}"})
    signed_in(desk)
    page = desk.get("/compte/reprise/").text
    assert page.count("Votre saisie a été gardée") == 2
    assert re.findall(r'name="last_name" value="(\w+)"', page) == ["Moreau0", "Moreau1"]


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/clients/recherche/", {"text": "moreau"}),
        ("/devis/nouveau/", {"customer": "x", "draft_key": "y"}),
        ("/compte/role/", {"membership": "x"}),
    ],
)
def test_any_form_is_kept(desk: Client, address: str, typed: dict[str, str]) -> None:
    fields = hidden("<main" + desk.get("/").text)
    expire(desk)
    assert desk.post(address, {**fields, **typed}).headers["Location"] == RESUME
    signed_in(desk)
    path, kept = resent(desk)
    assert (path, {name: kept[name] for name in typed}) == (address, typed)


def test_another_user_of_the_same_browser_never_sees_it(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    desk.post(form, {**fields, **TYPED})
    signed_in(desk, OTHER)
    page = desk.get("/compte/reprise/").text
    assert "Moreau" not in page
    assert "Aucune saisie en attente" in page
    assert "carried" not in desk.session


def test_another_session_never_sees_it(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    desk.post(form, {**fields, **TYPED})
    elsewhere = browser()
    signed_in(elsewhere)
    assert "Aucune saisie en attente" in elsewhere.get("/compte/reprise/").text


def test_it_lies_sealed_for_half_an_hour_and_no_longer(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    desk.post(form, {**fields, **TYPED})
    (entry,) = desk.session["carried"]
    assert "Moreau" not in json.dumps(entry)
    held = [holding for holding in registry.holdings() if holding.place == "session:carried"]
    assert sorted(entry) == sorted(column for holding in held for column in holding.columns)
    assert desk.session.get_expiry_age() == 30 * 60
    signed_in(desk)
    assert desk.session.get_expiry_age() == 12 * 3600
    session = desk.session
    long_ago = (clock.now() - timedelta(minutes=31)).isoformat()
    session["carried"] = [{**entry, "typed_at": long_ago}]
    session.save()
    assert "Aucune saisie en attente" in desk.get("/compte/reprise/").text
    assert "carried" not in desk.session


def test_a_sealed_form_does_not_open_at_another_address(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    desk.post(form, {**fields, **TYPED})
    signed_in(desk)
    session = desk.session
    session["carried"] = [{**session["carried"][0], "path": "/compte/role/"}]
    session.save()
    desk.raise_request_exception = False
    assert desk.get("/compte/reprise/").status_code == 500


def test_passwords_and_what_is_too_long_are_not_kept(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    desk.post(form, {**fields, **TYPED, "new_password": "secret"})
    assert desk.post(form, {**fields, **TYPED, "note": "a" * 70_000}).headers["Location"] == "/compte/connexion/?next=/"
    signed_in(desk)
    _, kept = resent(desk)
    assert "new_password" not in kept
    assert kept["note"] == TYPED["note"]


@pytest.mark.parametrize("proof", ["", "x", "0198f000-0000-7000-8000-000000000000:forged"])
def test_a_stranger_leaves_nothing_behind(desk: Client, proof: str) -> None:
    form, _ = opened(desk)
    stranger = Client(headers={"Origin": SITE})
    sessions = Session.objects.count()
    answer = stranger.post(form, {**TYPED, carried.PROOF: proof})
    assert answer.headers["Location"] == "/compte/connexion/?next=/"
    assert Session.objects.count() == sessions
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("origin", ["https://zoro.example", "null", "http://testserver.zoro.example", ""])
def test_a_form_of_another_site_is_refused_and_not_kept(desk: Client, origin: str) -> None:
    form, fields = opened(desk)
    before = counter.rows()
    answer = desk.post(form, {**TYPED, **fields, "csrfmiddlewaretoken": "x"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert counter.is_french(counter.sentences(answer.text)[0])
    assert "carried" not in desk.session
    assert counter.rows() == before


def test_what_is_sent_again_and_fails_is_still_kept(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    desk.post(form, {**fields, **TYPED})
    signed_in(desk)
    path, kept = resent(desk)
    desk.raise_request_exception = False
    with as_role("owner") as owner:
        owner.execute("ALTER TABLE customers_vehicle RENAME TO away")
    try:
        assert desk.post(path, {**kept, "plate": "AB-123-CD", "plate_country": "FR"}).status_code == 500
    finally:
        with as_role("owner") as owner:
            owner.execute("ALTER TABLE away RENAME TO customers_vehicle")
    path_now, kept_now = resent(desk)
    assert path_now == path
    assert {**kept_now, "csrfmiddlewaretoken": ""} == {**kept, "csrfmiddlewaretoken": ""}


def test_a_part_of_a_page_is_refused_without_a_word(desk: Client) -> None:
    form, fields = opened(desk)
    expire(desk)
    htmx = {"HX-Request": "true"}
    typing = desk.post(
        f"{form}saisie/", {**fields, **TYPED}, headers={**htmx, "X-CSRFToken": fields["csrfmiddlewaretoken"]}
    )
    assert (typing.status_code, typing.content) == (401, b"")
    assert "carried" not in desk.session
    assert desk.get("/pneus/?size=2055516", headers=htmx).status_code == 401
    assert desk.get("/pneus/").headers["Location"] == "/compte/connexion/?next=/pneus/"


def test_every_form_of_a_user_says_who_fills_it_and_no_form_of_a_visitor_does(desk: Client) -> None:
    page = desk.get("/").text
    assert page.count("csrfmiddlewaretoken") == page.count('name="filled_by"') > 0
    visitor = browser().get("/compte/connexion/").text
    assert "csrfmiddlewaretoken" in visitor
    assert "filled_by" not in visitor
