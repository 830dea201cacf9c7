"""How often a password may be tried: by account and by address, in all processes, known or not, and the way back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connections, transaction
from django.test import Client

from gardien.base import clock
from gardien.network import actions
from gardien.network.rules import Kind
from gardien.retention import actions as retention
from tests import second_factor
from tests.conftest import PASSWORD, as_role
from tests.roles import swept_by
from tests.web import counter

SIGN_IN = "/compte/connexion/"
UNKNOWN = "inconnu@tilleul.example"


@pytest.fixture(scope="module", autouse=True)
def cheap() -> Iterator[None]:
    """Hash with little memory: it is the number of hashes that counts here."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, name, value)
        yield


@pytest.fixture(scope="module")
def hashed_password(cheap: None) -> str:
    return make_password(PASSWORD)


def tried(login: str, password: str = "pas celui-là", client: Client | None = None, **headers: str) -> Any:
    return counter.post(client or Client(**headers), SIGN_IN, {"login": login, "password": password})


def is_in(login: str = counter.ADVISER, **headers: str) -> bool:
    """Try the right password; say whether it opens."""
    return tried(login, PASSWORD, **headers).status_code == 302


def failed(times: int, login: str = counter.ADVISER) -> None:
    """Fail that often from as many addresses, so that only the account counts."""
    for number in range(times):
        tried(login, REMOTE_ADDR=f"192.0.2.{number + 1}")


def throttles() -> list[tuple[int, int]]:
    """Return (failures that count, failures in a row) of each key."""
    with as_role("backup") as connection:
        query = "SELECT cardinality(failed_at), in_a_row FROM network_throttle ORDER BY 2 DESC"
        return connection.execute(query).fetchall()


def test_after_five_failures_the_right_password_waits_a_minute_then_opens(cast: Any) -> None:
    failed(4)
    assert is_in()
    failed(5)
    now = clock.now()
    assert not is_in()
    with time_machine.travel(now + timedelta(seconds=58)):
        assert not is_in()
    with time_machine.travel(now + timedelta(seconds=62)):
        assert is_in()


def test_ten_failures_in_a_row_block_until_the_network_lifts_it(cast: Any) -> None:
    at = clock.now()
    for number in range(10):
        with time_machine.travel(at + timedelta(hours=number)):
            tried(counter.ADVISER, REMOTE_ADDR=f"192.0.2.{number + 1}")
    with time_machine.travel(at + timedelta(days=40)):
        refused = tried(counter.ADVISER, PASSWORD)
        assert refused.status_code == 200
        assert any("Trop d’essais" in sentence for sentence in counter.sentences(refused.text))
        actions.unblock(user=cast.user(counter.ADVISER), by=second_factor.BY, at=clock.now())
        assert is_in()


def test_no_more_than_twenty_five_failures_in_a_day_even_with_successes_between(cast: Any) -> None:
    at, failures = clock.now(), 0
    for round_ in range(12):
        with time_machine.travel(at + timedelta(hours=round_)):
            for _ in range(4):
                said = tried(counter.ADVISER, REMOTE_ADDR=f"192.0.2.{round_ + 1}").text
                failures += "Trop d’essais" not in said
            is_in(REMOTE_ADDR="192.0.2.99")
    assert failures == 25
    with time_machine.travel(at + timedelta(hours=25)):
        assert is_in(REMOTE_ADDR="192.0.2.99")


@pytest.mark.parametrize(
    "variant",
    [
        "COUNTER.ADVISER@TILLEUL.EXAMPLE",
        " counter.adviser@tilleul.example ",
        "Counter.Adviser@Tilleul.Example",
        "counter.adviser@ｔilleul.example",
    ],
)
def test_another_spelling_of_the_address_is_the_same_account(cast: Any, variant: str) -> None:
    failed(4, variant)
    failed(1)
    assert not is_in()


def test_a_forged_header_is_no_other_address(cast: Any) -> None:
    for number in range(60):
        tried(f"nobody{number}@tilleul.example", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}", HTTP_X_REAL_IP="1.2.3.4")
    assert not is_in()
    assert is_in(REMOTE_ADDR="192.0.2.7")


def test_behind_a_proxy_the_address_is_the_one_that_it_adds(cast: Any, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(25):
        tried(f"nobody{number}@tilleul.example", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 192.0.2.9")
    assert not is_in(HTTP_X_FORWARDED_FOR="198.51.100.77, 192.0.2.9")
    assert is_in(HTTP_X_FORWARDED_FOR="192.0.2.9, 198.51.100.77")


def test_an_ipv6_network_counts_as_one_address(cast: Any) -> None:
    for number in range(25):
        tried(f"nobody{number}@tilleul.example", REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}")
    assert not is_in(REMOTE_ADDR="2001:db8:1:2:ffff::1")
    assert is_in(REMOTE_ADDR="2001:db8:1:3::1")


def test_one_password_over_fifty_accounts_is_stopped_and_they_may_still_sign_in(cast: Any) -> None:
    emails = [login.email for login in cast.logins] + [f"garage{number}@tilleul.example" for number in range(40)]
    looked = [tried(email, "Printemps 2026 !").text for email in emails[:50]]
    assert sum("Trop d’essais" not in text for text in looked) == 20
    assert is_in(emails[0], REMOTE_ADDR="192.0.2.50")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert is_in(emails[0])


def test_two_at_once_count_as_two_and_a_rollback_forgets_none(cast: Any) -> None:
    def one(number: int) -> bool:
        try:
            with transaction.atomic():
                actions.Attempt(Kind.PASSWORD, counter.ADVISER, at=clock.now())
                transaction.set_rollback(True)
        except actions.TooManyAttemptsError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        let_through = list(pool.map(one, range(24)))
    assert sum(let_through) == 5
    assert throttles() == [(5, 5)]


def test_another_process_and_a_restart_know_the_count(cast: Any) -> None:
    script = (
        "from gardien.portal import boot; boot.load();"
        "from gardien.base import clock; from gardien.network import actions; from gardien.network.rules import Kind;"
        f"[actions.Attempt(Kind.PASSWORD, '{counter.ADVISER}', at=clock.now()) for _ in range(5)]"
    )
    subprocess.run(
        [sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert not is_in()


def test_a_success_ends_the_row_and_leaves_no_failure_of_its_own(cast: Any) -> None:
    failed(3)
    assert is_in(REMOTE_ADDR="192.0.2.1")
    assert (3, 0) in throttles()


def test_no_address_and_no_account_stands_in_the_table(cast: Any) -> None:
    tried(UNKNOWN, REMOTE_ADDR="192.0.2.77")
    with as_role("backup") as connection:
        rows = str(connection.execute("SELECT * FROM network_throttle").fetchall())
    assert [told for told in (UNKNOWN, "192.0.2.77", "tilleul") if told in rows] == []


def seen(login: str) -> tuple[Any, ...]:
    """Return what a visitor can compare: status, headers, cookies and body, less what is random or theirs."""
    answer = tried(login)
    headers = {name: value for name, value in answer.headers.items() if name not in {"Content-Length", "Expires"}}
    return answer.status_code, headers, sorted(answer.cookies), counter.TOKEN.sub("", answer.text.replace(login, "…"))


def test_known_unknown_and_closed_accounts_are_answered_alike_and_cost_one_hash_each(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gardien.network.models import User

    closed = "workshop@canal.example"
    User.objects.filter(email=closed).update(state="closed")
    hashed: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda *told, _name=name, _real=real: (hashed.append(_name), _real(*told))[1]
        )
    answers = {}
    for login in (counter.ADVISER, UNKNOWN, closed):
        hashed.clear()
        answers[login] = (seen(login), len(hashed))
    assert answers[counter.ADVISER] == answers[UNKNOWN] == answers[closed]
    assert answers[UNKNOWN][1] == 1
    assert seen(closed) == (tried(closed, PASSWORD) and seen(UNKNOWN))


def test_the_wait_and_the_block_are_said_alike_of_known_and_unknown(cast: Any) -> None:
    for login in (counter.ADVISER, UNKNOWN):
        failed(5, login)
    assert seen(counter.ADVISER) == seen(UNKNOWN)


def test_time_is_counted_from_the_last_failure(cast: Any) -> None:
    at: datetime = clock.now()
    for number, seconds in enumerate((0, 0, 0, 0, 0, 61, 200, 450, 950)):
        with time_machine.travel(at + timedelta(seconds=seconds + number)):
            assert "Trop d’essais" not in tried(counter.ADVISER, REMOTE_ADDR=f"192.0.2.{number + 1}").text
    assert (9, 9) in throttles()


def swept(at: datetime) -> None:
    with swept_by():
        retention.sweep(as_of=at, by=second_factor.BY, at=at)


def test_attempts_are_forgotten_when_the_security_log_s_time_is_over(cast: Any) -> None:
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    for day, login in ((at, counter.ADVISER), (at + timedelta(days=1), UNKNOWN)):
        with time_machine.travel(day):
            tried(login, REMOTE_ADDR="192.0.2.1")
    left = []
    for day in (at + timedelta(days=364), at + timedelta(days=365), at + timedelta(days=366)):
        swept(day)
        left.append(len(throttles()))
    assert left == [3, 2, 0]


def test_under_a_version_that_tells_no_time_attempts_stay(cast: Any) -> None:
    failed(1)
    swept(datetime(2026, 11, 1, tzinfo=UTC))
    assert len(throttles()) == 2
