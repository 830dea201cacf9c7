"""The second factor: who must have one, what a code opens and how often, and how its secret lies."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from gardien.base import clock
from gardien.network.rules import totp_code, totp_counter
from tests import second_factor
from tests.conftest import PASSWORD, as_role
from tests.web import counter

SIGN_IN, CODE, SECURITY = "/compte/connexion/", "/compte/connexion/code/", "/compte/securite/"
SETTING_UP = f"{SECURITY}application/"
NETWORK, READER = "network.administrator@sarvane.example", "network.reader@sarvane.example"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def half_way(client: Client, email: str = NETWORK) -> Client:
    """Type the right password."""
    answer = counter.post(client, SIGN_IN, {"login": email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, CODE)
    return client


def secret_of(cast: Any, email: str = NETWORK) -> str:
    return next(login.secret for login in cast.logins if login.email == email)


def without(cast: Any, email: str = NETWORK) -> Client:
    """Take an account's second factor away, and sign it in by its password."""
    from gardien.network import actions

    actions.reset_second_factor(user=cast.user(email), by=second_factor.BY, at=clock.now())
    client = Client()
    answer = counter.post(client, SIGN_IN, {"login": email, "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    return client


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard_s_appendix(seconds: int, code: str) -> None:
    assert totp_code(SECRET, seconds // 30) == code


def test_a_code_counts_in_its_half_minute_and_one_before_and_after() -> None:
    at = clock.now()
    now = int(at.timestamp()) // 30
    found = [totp_counter(SECRET, totp_code(SECRET, now + step), at) for step in (-2, -1, 0, 1, 2)]
    assert found == [None, now - 1, now, now + 1, None]
    assert totp_counter(SECRET, "é" * 6, at) is None


def test_a_password_alone_opens_nothing_and_the_code_opens_the_rest(cast: Any) -> None:
    client = half_way(Client())
    assert client.get("/reseau/reparateurs/").status_code == 302
    page = client.get(CODE)
    assert page.status_code == 200
    answer = counter.post(client, CODE, {"code": second_factor.code(secret_of(cast))})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/reseau/reparateurs/").status_code == 200


def test_a_wrong_code_is_refused_in_french(cast: Any) -> None:
    answer = counter.post(half_way(Client()), CODE, {"code": "000000"})
    assert answer.status_code == 200
    assert all(map(counter.is_french, counter.sentences(answer.text)))


def test_a_code_serves_once_even_in_another_browser_and_after_a_minute(cast: Any) -> None:
    ahead = second_factor.code(secret_of(cast), later=1)
    first, second = half_way(Client()), half_way(Client())
    assert counter.post(first, CODE, {"code": ahead}).status_code == 302
    assert counter.post(second, CODE, {"code": ahead}).status_code == 200
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=False):
        assert counter.post(second, CODE, {"code": ahead}).status_code == 200


def test_an_older_code_is_dead_once_a_newer_one_was_used(cast: Any) -> None:
    secret = secret_of(cast)
    newer, older = second_factor.code(secret, later=1), second_factor.code(secret)
    assert counter.post(half_way(Client()), CODE, {"code": newer}).status_code == 302
    assert counter.post(half_way(Client()), CODE, {"code": older}).status_code == 200


def test_six_wrong_codes_lock_until_the_network_lifts_it(cast: Any) -> None:
    from gardien.network import actions

    client = half_way(Client())
    for _ in range(6):
        counter.post(client, CODE, {"code": "000000"})
    right = {"code": second_factor.code(secret_of(cast))}
    refused = counter.post(client, CODE, right)
    assert refused.status_code == 200
    assert "Trop d’essais" in refused.text
    with time_machine.travel(clock.now() + timedelta(hours=30)):
        later = half_way(Client())
        assert counter.post(later, CODE, {"code": second_factor.code(secret_of(cast))}).status_code == 200
        actions.unblock(user=cast.user(NETWORK), by=second_factor.BY, at=clock.now())
        assert counter.post(later, CODE, {"code": second_factor.code(secret_of(cast))}).status_code == 302


def test_who_needs_a_second_factor_and_has_none_reaches_only_its_set_up(cast: Any) -> None:
    client = without(cast)
    for address in ("/", "/reseau/reparateurs/", "/reseau/tarifs/", "/clauses/", "/clients/nouveau/"):
        assert client.get(address).headers["Location"].partition("?")[0] == SECURITY
    assert client.post("/reseau/marques/").headers["Location"].partition("?")[0] == SECURITY
    assert client.get(SECURITY).status_code == 200
    page = client.get(SETTING_UP).text
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', page)
    assert counter.post(client, SETTING_UP, {"code": "000000"}).status_code == 200
    done = counter.post(client, SETTING_UP, {"code": second_factor.code(secret)})
    assert (done.status_code, done.headers["Location"]) == (302, f"{SECURITY}secours/")
    assert client.get("/reseau/reparateurs/").status_code == 200
    assert counter.post(half_way(Client()), CODE, {"code": second_factor.code(secret)}).status_code == 200, "used"


def test_wrong_codes_of_a_lost_application_do_not_stop_the_next_one(cast: Any) -> None:
    lost = half_way(Client())
    for _ in range(6):
        counter.post(lost, CODE, {"code": "000000"})
    client = without(cast)
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', client.get(SETTING_UP).text)
    assert counter.post(client, SETTING_UP, {"code": second_factor.code(secret)}).status_code == 302
    assert client.get("/reseau/reparateurs/").status_code == 200
    later = second_factor.code(secret, later=1)
    assert counter.post(half_way(Client()), CODE, {"code": later}).status_code == 302


def test_an_application_is_set_up_while_codes_are_blocked_and_they_stay_so(cast: Any, sign_in: Any) -> None:
    from gardien.network import actions

    told = {"user": cast.user(counter.ADVISER), "by": second_factor.BY}
    for _ in range(6):
        actions.use_code(**told, code="000000", at=clock.now())
    client = sign_in(counter.ADVISER)
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', client.get(SETTING_UP).text)
    assert counter.post(client, SETTING_UP, {"code": second_factor.code(secret)}).status_code == 302
    with pytest.raises(actions.TooManyAttemptsError):
        actions.use_code(**told, code=second_factor.code(secret, later=1), at=clock.now())


def test_another_session_without_proof_ends_once_a_second_factor_is_there(cast: Any) -> None:
    stale = second_factor.sign_in(Client(), cast.user(NETWORK), proved=("password",))
    for address in ("/reseau/reparateurs/", SECURITY, SETTING_UP):
        assert stale.get(address).headers["Location"].startswith(SIGN_IN)


def test_secrets_lie_sealed_in_the_table_and_in_the_session(cast: Any) -> None:
    with as_role("backup") as connection:
        rows = str(connection.execute("SELECT data FROM mfa_authenticator").fetchall())
    assert [login.secret for login in cast.logins if login.secret and login.secret in rows] == []
    client = without(cast)
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', client.get(SETTING_UP).text)
    assert secret not in str(dict(client.session))


def test_a_recovery_code_opens_once(cast: Any) -> None:
    client = without(cast, READER)
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', client.get(SETTING_UP).text)
    counter.post(client, SETTING_UP, {"code": second_factor.code(secret)})
    codes = re.findall(r"<li><code>(\d{8})</code>", client.get(f"{SECURITY}secours/").text)
    assert len(codes) == 10
    assert counter.post(half_way(Client(), READER), CODE, {"code": codes[0]}).status_code == 302
    assert counter.post(half_way(Client(), READER), CODE, {"code": codes[0]}).status_code == 200


def test_a_role_that_needs_it_cannot_take_its_last_one_away_and_others_can(sign_in: Any, cast: Any) -> None:
    answer = sign_in(NETWORK).post(f"{SETTING_UP}retirer/")
    assert answer.status_code == 200
    assert "Votre rôle en a besoin" in answer.text
    adviser = sign_in(counter.ADVISER)
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', adviser.get(SETTING_UP).text)
    counter.post(adviser, SETTING_UP, {"code": second_factor.code(secret)})
    assert adviser.post(f"{SETTING_UP}retirer/").headers["Location"] == SECURITY
    assert "Installer une application" in adviser.get(SECURITY).text


def test_an_old_proof_is_asked_again_before_what_is_sensitive_and_the_form_waits(cast: Any) -> None:
    client = second_factor.sign_in(Client(), cast.user(counter.ADVISER))
    assert client.get(SETTING_UP).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        asked = client.get(SETTING_UP)
        assert asked.headers["Location"] == f"/compte/preuve/?next={SETTING_UP}"
        assert (
            client.post(SETTING_UP, {"code": "123456"}).headers["Location"] == "/compte/preuve/?next=/compte/reprise/"
        )
        proof = {"password": "pas celui-là", "next": SETTING_UP}
        refused = counter.post(client, "/compte/preuve/", proof)
        assert refused.status_code == 200
        assert all(map(counter.is_french, counter.sentences(refused.text)))
        passed = counter.post(client, "/compte/preuve/", {**proof, "password": PASSWORD})
        assert passed.headers["Location"] == SETTING_UP
        assert client.get(SETTING_UP).status_code == 200


@pytest.mark.parametrize("act", ["change_password", "end_sessions", "suspend", "close"])
def test_a_sign_in_that_waits_for_its_code_ends_with_the_sessions_of_its_account(cast: Any, act: str) -> None:
    from gardien.network import actions

    client, user = half_way(Client(), READER), cast.user(READER)
    told = {"password": "une phrase de sept mots, longue et nouvelle"} if act == "change_password" else {}
    getattr(actions, act)(user_id=user.id, **told, by=second_factor.BY, at=clock.now())
    before = counter.rows()
    answer = counter.post(client, CODE, {"code": second_factor.code(secret_of(cast, READER))})
    assert (answer.status_code, answer.headers["Location"]) == (302, SIGN_IN)
    assert {name for name, count in counter.rows().items() if count != before[name]} <= {"network_throttle"}
    page = client.get(SIGN_IN).text
    (refused,) = re.findall(r'role="status">([^<]+)</p>', page)
    wrong = counter.post(Client(), SIGN_IN, {"login": READER, "password": "pas celui-là"})
    assert counter.unescape(refused) in counter.sentences(wrong.text)
    assert client.get("/reseau/reparateurs/").headers["Location"].startswith(SIGN_IN)
    assert not [key for key, _ in client.session.items() if key.startswith(("account_", "_auth"))]
