"""How long a session lasts, and what ends it at once on every device."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from gardien.base import clock
from gardien.commitment.registry import registry
from gardien.network.models import Membership, User
from gardien.network.rules import UserState
from gardien.web.shared import limits, sessions
from tests import second_factor
from tests.conftest import PASSWORD
from tests.web import counter

DESK = "/devis/"


def is_open(client: Client) -> bool:
    return client.get(DESK).status_code == 200


@pytest.fixture
def two(cast: Any) -> tuple[Client, Client]:
    """One person at two machines."""
    clients = (Client(), Client())
    for client in clients:
        typed = {"login": counter.ADVISER, "password": PASSWORD}
        assert counter.post(client, "/compte/connexion/", typed).status_code == 302
        assert is_open(client)
    return clients


def test_half_an_hour_without_a_request_ends_a_session_and_one_with_requests_goes_on(sign_in: Any) -> None:
    used, idle, at = sign_in(counter.ADVISER), sign_in(counter.ADVISER), clock.now()
    assert [is_open(used), is_open(idle)] == [True, True]
    for minutes in (10, 20, 29):
        with time_machine.travel(at + timedelta(minutes=minutes)):
            assert is_open(used)
    with time_machine.travel(at + timedelta(minutes=31)):
        assert [is_open(used), is_open(idle)] == [True, False]
    assert not is_open(idle), "it does not come back with an earlier clock"


def test_twelve_hours_end_a_session_that_never_rested(sign_in: Any) -> None:
    client, at = sign_in(counter.ADVISER), clock.now()
    for quarter in range(48):
        with time_machine.travel(at + timedelta(minutes=15 * quarter)):
            assert is_open(client), quarter
    with time_machine.travel(at + timedelta(hours=12, minutes=1)):
        assert not is_open(client)


def test_both_times_begin_at_sign_in_not_at_the_first_page(cast: Any) -> None:
    typed, clients, at = {"login": counter.ADVISER, "password": PASSWORD}, (Client(), Client()), clock.now()
    for client in clients:
        assert counter.post(client, "/compte/connexion/", typed).status_code == 302
    used, unused = clients
    with time_machine.travel(at + timedelta(minutes=31)):
        assert not is_open(unused)
    for minutes in range(20, 12 * 60, 20):
        with time_machine.travel(at + timedelta(minutes=minutes)):
            assert is_open(used), minutes
    with time_machine.travel(at + timedelta(hours=12, minutes=1)):
        assert not is_open(used)


@pytest.mark.parametrize("lost", [limits.BEGAN, limits.SEEN])
def test_a_session_that_does_not_say_since_when_it_is_open_is_over(sign_in: Any, lost: str) -> None:
    client = sign_in(counter.ADVISER)
    session = client.session
    session.pop(lost, None)
    session.save()
    assert not is_open(client)


def test_what_was_typed_as_the_session_ended_is_kept(sign_in: Any) -> None:
    client, at = sign_in(counter.ADVISER), clock.now()
    form = counter.heard(client)
    proof = client.get(form).text.partition('name="filled_by" value="')[2].partition('"')[0]
    with time_machine.travel(at + timedelta(minutes=31)):
        sent = counter.post(client, form, {"last_name": "Moreau", "filled_by": proof})
        assert sent.headers["Location"] == "/compte/connexion/?next=/compte/reprise/"


def test_signing_out_ends_this_session_on_the_next_request(two: tuple[Client, Client]) -> None:
    here, there = two
    session = here.cookies["session"].value
    here.post("/compte/deconnexion/")
    stolen = Client()
    stolen.cookies["session"] = session
    assert [is_open(stolen), is_open(there)] == [False, True]


def test_another_password_ends_every_session_on_the_next_request(two: tuple[Client, Client], cast: Any) -> None:
    user = cast.user(counter.ADVISER)
    user.set_password("une phrase de sept mots, longue et nouvelle")
    user.save()
    assert [is_open(client) for client in two] == [False, False]


@pytest.mark.parametrize("state", sorted(set(UserState) - {UserState.ACTIVE}))
def test_an_account_that_is_not_active_any_more_is_out_on_the_next_request(
    two: tuple[Client, Client], state: str
) -> None:
    User.objects.filter(email=counter.ADVISER).update(state=state)
    assert [is_open(client) for client in two] == [False, False]


def test_a_role_taken_away_opens_nothing_from_the_next_request_on(two: tuple[Client, Client], cast: Any) -> None:
    Membership.objects.filter(user__email=counter.ADVISER).update(until_at=clock.now())
    assert [client.get(DESK).status_code for client in two] == [403, 403]


def test_a_second_factor_taken_away_leaves_only_its_set_up_on_the_next_request(cast: Any, sign_in: Any) -> None:
    from gardien.network import actions

    email = "network.administrator@sarvane.example"
    clients = [sign_in(email), sign_in(email)]
    assert [client.get("/reseau/reparateurs/").status_code for client in clients] == [200, 200]
    actions.reset_second_factor(user=cast.user(email), by=second_factor.BY, at=clock.now())
    left = [client.get("/reseau/reparateurs/").headers["Location"] for client in clients]
    assert left == ["/compte/securite/?next=/reseau/reparateurs/"] * 2


def test_a_session_set_before_signing_in_is_never_the_one_that_is_signed_in(cast: Any) -> None:
    planted = sessions.SessionStore()
    planted["planted"] = True
    planted.create()
    client, thief = Client(), Client()
    client.cookies["session"] = thief.cookies["session"] = planted.session_key
    counter.post(client, "/compte/connexion/", {"login": counter.ADVISER, "password": PASSWORD})
    assert is_open(client)
    assert client.session["planted"], "the session that was planted was taken up"
    assert client.cookies["session"].value != planted.session_key
    assert not is_open(thief)


def test_the_night_s_tidying_deletes_sessions_that_are_over_and_no_other(sign_in: Any) -> None:
    client, at = sign_in(counter.ADVISER), clock.now()
    other = sign_in("counter.adviser@canal.example")
    assert sessions.forget_ended(at=at) == 0
    with time_machine.travel(at + timedelta(hours=6)):
        late = sign_in("site.manager@canal.example")
    rows = sessions.SessionStore.get_model_class().objects
    assert sessions.forget_ended(at=at + timedelta(hours=13)) == 2
    assert set(rows.values_list("session_key", flat=True)) == {late.session.session_key}
    assert [is_open(client), is_open(other)] == [False, False]
    assert sessions.forget_ended in [each.run for each in registry.tidies()]
