"""The network holds what a dispute needs of a user, who then leaves: only that stays, and each opening is on record."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gardien.base import clock, scope
from gardien.network import actions, queries
from gardien.network.models import User
from gardien.network.rules import PartyKind
from gardien.standing.models import Archived, Consultation, Hold
from tests.network.asked import BY
from tests.retention.test_sweep import TWO_YEARS, figure, swept
from tests.web.test_archive import TELLS_WHY, typed

NETWORK, MANAGER = "network.administrator@sarvane.example", "site.manager@tilleul.example"
LEAVER = "workshop@canal.example"


@pytest.fixture
def network(sign_in: Any) -> Any:
    return sign_in(NETWORK)


@pytest.fixture
def leaver(cast: Any) -> User:
    found: User = cast.user(LEAVER)
    return found


def placed() -> list[Hold]:
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        return list(Hold.objects.order_by("category"))


def garder(client: Any, user: User, **told: Any) -> Any:
    return client.post(f"/reseau/personnes/{user.id}/garder/", typed(categories=["email"], ground="dispute") | told)


def test_a_hold_is_placed_shown_and_released(network: Any, leaver: User) -> None:
    assert garder(network, leaver).status_code == 302
    (hold,) = placed()
    assert (hold.subject, hold.category, hold.ground) == (leaver.reference, "email", "dispute")
    page = network.get(f"/reseau/personnes/{leaver.id}/").text
    assert "C. com., L123-22" in page
    lever = f"/reseau/personnes/{leaver.id}/{hold.id}/lever/"
    assert lever in page
    assert network.post(lever).status_code == 302
    assert placed()[0].released_at is not None
    assert lever not in network.get(f"/reseau/personnes/{leaver.id}/").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"categories": []}, "Choisissez ce que le motif exige"),
        ({"categories": ["plate"]}, "liste"),
        ({"ground": "custody"}, "liste"),
        ({"until_date": "2020-01-01"}, "Ce jour est passé"),
    ],
)
def test_a_refused_form_comes_back_as_it_was_typed(
    network: Any, leaver: User, wrong: dict[str, Any], said: str
) -> None:
    answer = garder(network, leaver, **{"legal_reference": "affaire 26-118", **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert "affaire 26-118" in answer.text
    assert placed() == []


def test_only_what_is_held_stays_of_who_left_and_opening_it_is_on_record(
    network: Any, leaver: User, at: datetime
) -> None:
    email, name = leaver.email, leaver.last_name
    garder(network, leaver, until_date=(clock.legal_day(at) + timedelta(days=1500)).isoformat())
    actions.end_role(membership_id=leaver.memberships.get().id, by=BY, at=at)
    told = figure(swept(at + TWO_YEARS, at), "user.retention.leavers")
    assert (told["due"], told["held"]) == (0, {"dispute": 1})
    assert not User.objects.filter(id=leaver.id).exists()
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        kept = Archived.objects.get(clause="user.retention.contact")
    listed = network.get("/archive/").text
    assert leaver.reference in listed
    assert email not in listed
    opened = network.post(f"/archive/{kept.id}/", TELLS_WHY).text
    assert email in opened
    assert name not in opened.partition("<main")[2]
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        assert Consultation.objects.get().explanation == TELLS_WHY["explanation"]
    assert network.post(f"/archive/{kept.id}/lever/").status_code == 302
    swept(at + TWO_YEARS + timedelta(days=1), at)
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        assert (Archived.objects.count(), Hold.objects.count()) == (0, 0)


def test_a_garage_sees_neither_the_networks_archive_nor_its_holds(
    network: Any, sign_in: Any, leaver: User, at: datetime
) -> None:
    garder(network, leaver)
    manager = sign_in(MANAGER)
    assert garder(manager, leaver).status_code == 403
    actions.end_role(membership_id=leaver.memberships.get().id, by=BY, at=at)
    swept(at + TWO_YEARS, at)
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        kept = list(Archived.objects.all())
    assert leaver.reference not in manager.get("/archive/").text
    assert [manager.get(f"/archive/{each.id}/").status_code for each in kept] == [404] * len(kept)
