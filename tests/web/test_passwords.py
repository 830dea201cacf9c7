"""Another password: changed by who knows the present one, or replaced by a letter's link; what it ends, and what not."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from gardien.base import clock
from gardien.messaging.models import Message
from gardien.network import actions
from gardien.network.models import User
from gardien.network.rules import UserState
from tests import second_factor
from tests.conftest import PASSWORD
from tests.network import asked
from tests.web import counter
from tests.web.accounts import letters, link, post_office

__all__ = ["post_office"]
FORGOTTEN, SENT, SIGN_IN = "/compte/mot-de-passe-oublie/", "/compte/mot-de-passe-oublie/lettre/", "/compte/connexion/"
CHANGE = "/compte/securite/mot-de-passe/"
ADMINISTRATOR = "network.administrator@sarvane.example"
OTHER = "Hublot Grue Bobine Fjord 83 Myrtille"
UNKNOWN = "inconnu@tilleul.example"


def forget(email: str, **headers: Any) -> Any:
    return Client(**headers).post(FORGOTTEN, {"email": email})


def signed_in(password: str, email: str = counter.ADVISER) -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/compte/").status_code == 200)


def renewed(client: Client, path: str, password: str = OTHER) -> Any:
    """Open a letter's link and choose a password."""
    opened = client.get(path)
    assert opened.status_code == 302
    assert client.get(opened.headers["Location"]).status_code == 200
    return client.post(opened.headers["Location"], {"password1": password})


def test_a_letter_replaces_a_forgotten_password_and_ends_every_session(cast: Any, post_office: Path) -> None:
    here, there = signed_in(PASSWORD), signed_in(PASSWORD)
    assert (is_in(here), is_in(there)) == (True, True)
    assert forget(counter.ADVISER.upper()).headers["Location"] == SENT
    ((recipient, text),) = letters()
    assert recipient == counter.ADVISER
    assert (counter.ADVISER in link(text), "adviser" in link(text)) == (False, False)
    stranger = Client()
    weak = renewed(stranger, link(text), "azerty")
    assert (weak.status_code, all(map(counter.is_french, counter.sentences(weak.text)))) == (200, True)
    done = renewed(stranger, link(text))
    assert done.status_code == 302, counter.sentences(done.text)
    assert (done.status_code, done.headers["Location"]) == (302, SIGN_IN)
    assert "Votre mot de passe est changé" in stranger.get(SIGN_IN).text
    assert not is_in(stranger), "the link opens no session"
    assert [is_in(here), is_in(there), is_in(signed_in(PASSWORD)), is_in(signed_in(OTHER))] == [False] * 3 + [True]
    assert Client().get(link(text)).status_code == 404, "good once"


def test_known_and_unknown_addresses_are_answered_alike_and_nothing_is_left_of_nobody(
    cast: Any, post_office: Path, at: Any
) -> None:
    suspended, waiting = cast.user("workshop@canal.example"), asked.requested(at)
    actions.suspend(user_id=suspended.id, by=second_factor.BY, at=at)
    approved = actions.approve(
        request_id=asked.requested(at, email="lou@canal.example").id,
        role="workshop",
        place=cast.site("CANAL"),
        by=second_factor.BY,
        at=at,
    )
    before = counter.rows()
    seen = set()
    for number, email in enumerate((UNKNOWN, suspended.email, waiting.email, approved.email)):
        answer = forget(email, REMOTE_ADDR=f"192.0.2.{number + 1}")
        seen.add((answer.status_code, answer.headers["Location"], tuple(answer.cookies), answer.content))
    assert {**counter.rows(), "network_throttle": 0} == {**before, "network_throttle": 0}
    answer = forget(counter.ADVISER, REMOTE_ADDR="192.0.2.9")
    seen.add((answer.status_code, answer.headers["Location"], tuple(answer.cookies), answer.content))
    assert len(seen) == 1
    assert [recipient for recipient, _ in letters()] == [counter.ADVISER]


def test_a_look_alike_address_gets_no_letter_of_anothers_account(cast: Any, post_office: Path) -> None:
    for email in ("counter.adv\u0131ser@tilleul.example", "counter.adviser@t\u0131lleul.example"):
        forget(email)
    assert letters() == []


def test_three_letters_a_day_are_written_and_the_fourth_is_refused_alike(cast: Any, post_office: Path) -> None:
    told, at = {}, clock.now()
    for email in (counter.ADVISER, UNKNOWN):
        sent = []
        for minutes in range(4):
            with time_machine.travel(at + timedelta(minutes=minutes)):
                sent.append(forget(email, REMOTE_ADDR=f"192.0.2.{minutes + 1}"))
        assert [answer.status_code for answer in sent] == [302, 302, 302, 200]
        told[email] = counter.TOKEN.sub("", sent[-1].text.replace(email, "…"))
    assert told[counter.ADVISER] == told[UNKNOWN]
    assert "Assez d’e-mails" in told[UNKNOWN]
    assert len(letters()) == 3
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert forget(counter.ADVISER).status_code == 302


def test_a_link_dies_with_its_hour_a_sign_in_or_a_suspension(cast: Any, post_office: Path, at: Any) -> None:
    for number, end in enumerate(("hour", "sign-in", "suspension")):
        email = ("storekeeper@canal.example", "workshop@col.example", "workshop@canal.example")[number]
        forget(email)
        path = link(letters()[-1][1])
        assert Client().get(path).status_code == 302
        if end == "hour":
            with time_machine.travel(clock.now() + timedelta(minutes=61)):
                assert Client().get(path).status_code == 404
            continue
        if end == "sign-in":
            assert is_in(signed_in(PASSWORD, email))
        else:
            actions.suspend(user_id=cast.user(email).id, by=second_factor.BY, at=at)
        assert Client().get(path).status_code == 404, end


def test_a_forged_link_is_none(cast: Any, post_office: Path) -> None:
    forget(counter.ADVISER)
    head, user_id, key = link(letters()[0][1]).strip("/").rsplit("/", 2)
    other = cast.user("site.manager@tilleul.example").id.hex
    for forged in (
        f"/{head}/{other}/{key}/",
        f"/{head}/{user_id}/{key[:-1]}0/",
        f"/{head}/none/{key}/",
        f"/{head}/none/set-password/",
    ):
        if forged != f"/{head}/{user_id}/{key}/":
            assert Client().get(forged).status_code == 404


def test_a_forged_host_never_stands_in_a_letter(cast: Any, post_office: Path) -> None:
    assert Client(HTTP_HOST="zoro.example").post(FORGOTTEN, {"email": counter.ADVISER}).status_code == 400
    forget(counter.ADVISER, HTTP_X_FORWARDED_HOST="zoro.example")
    assert [text for _, text in letters() if "zoro" in text] == []


def test_a_second_factor_outlives_a_forgotten_password(cast: Any, post_office: Path) -> None:
    forget(ADMINISTRATOR)
    assert renewed(Client(), link(letters()[0][1])).status_code == 302
    client = Client()
    half = client.post(SIGN_IN, {"login": ADMINISTRATOR, "password": OTHER})
    assert half.headers["Location"] == "/compte/connexion/code/"
    assert client.get("/reseau/personnes/").status_code == 302
    secret = next(login.secret for login in cast.logins if login.email == ADMINISTRATOR)
    client.post("/compte/connexion/code/", {"code": second_factor.code(secret)})
    assert client.get("/reseau/personnes/").status_code == 200


def test_who_was_tried_too_often_comes_back_by_a_letter(cast: Any, post_office: Path) -> None:
    for number in range(5):
        Client(REMOTE_ADDR=f"192.0.2.{number + 1}").post(SIGN_IN, {"login": counter.ADVISER, "password": "faux"})
    assert not is_in(signed_in(PASSWORD))
    forget(counter.ADVISER)
    renewed(Client(), link(letters()[0][1]))
    assert is_in(signed_in(OTHER))


def test_without_mail_the_page_says_whom_to_ask_and_writes_nothing(cast: Any) -> None:
    assert "prévenez la tête de réseau" in Client().get(FORGOTTEN).text
    assert forget(counter.ADVISER).headers["Location"] == SENT
    assert letters() == []


def test_another_password_keeps_this_session_and_ends_the_others(cast: Any) -> None:
    here, there = signed_in(PASSWORD), signed_in(PASSWORD)
    wrong = here.post(CHANGE, {"oldpassword": "pas celui-là", "password1": OTHER})
    assert (wrong.status_code, "mot de passe actuel" in wrong.text) == (200, True)
    assert here.post(CHANGE, {"oldpassword": PASSWORD, "password1": OTHER}).headers["Location"] == "/compte/"
    assert [is_in(here), is_in(there), is_in(signed_in(PASSWORD)), is_in(signed_in(OTHER))] == [
        True,
        False,
        False,
        True,
    ]


def test_a_present_password_is_counted_like_any_try(cast: Any) -> None:
    here = signed_in(PASSWORD)
    for _ in range(5):
        here.post(CHANGE, {"oldpassword": "pas celui-là", "password1": OTHER})
    refused = here.post(CHANGE, {"oldpassword": PASSWORD, "password1": OTHER})
    assert (refused.status_code, "Trop d’essais" in refused.text) == (200, True)


def test_an_account_that_may_not_sign_in_gets_no_password(cast: Any, at: Any) -> None:
    user = cast.user(counter.ADVISER)
    User.objects.filter(id=user.id).update(state=UserState.SUSPENDED)
    with pytest.raises(actions.NotActiveError):
        actions.change_password(user_id=user.id, password=OTHER, by=second_factor.BY, at=at)


def test_the_letter_is_a_service_message_and_its_row_holds_no_address_in_clear(cast: Any, post_office: Path) -> None:
    forget(counter.ADVISER)
    from gardien.base import scope
    from gardien.network import queries
    from gardien.network.rules import PartyKind

    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        message = Message.objects.get()
    assert (message.kind, message.purpose) == ("service", "user.use.accounts")
    assert not re.search(rb"tilleul", bytes(message.letter) + bytes(message.recipient))


def test_one_s_data_is_handed_over_to_who_proved_it_lately_only(cast: Any) -> None:
    client = second_factor.sign_in(Client(), cast.user(counter.ADVISER))
    assert client.get("/compte/donnees/").headers["Content-Type"] == "application/json"
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert client.get("/compte/donnees/").headers["Location"] == "/compte/preuve/?next=/compte/donnees/"
