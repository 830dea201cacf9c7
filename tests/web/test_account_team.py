"""What a site manager does with people of their site, and what the network does with accounts."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from gardien.base import clock
from gardien.network import queries
from gardien.network.models import AccountRequest, Membership, Site, User
from gardien.network.rules import Origin, RequestState, UserState
from tests import second_factor
from tests.conftest import PASSWORD
from tests.network.asked import requested
from tests.web import counter
from tests.web.accounts import ask, letters, link, post_office

__all__ = ["post_office"]
MANAGER, ADMINISTRATOR = "site.manager@canal.example", "network.administrator@sarvane.example"
COLLEAGUE = {"last_name": "Morin", "first_name": "Ana", "email": "ana@canal.example", "role": "storekeeper"}


def test_a_manager_s_request_is_confirmed_by_its_person_and_decided_by_the_network(
    cast: Any, sign_in: Any, post_office: Any
) -> None:
    manager = sign_in(MANAGER)
    assert manager.post("/site/equipe/", COLLEAGUE).status_code == 302
    found = AccountRequest.objects.get()
    assert (found.origin, found.site, found.role) == (Origin.MANAGER, cast.site("CANAL"), "storekeeper")
    assert "n’a pas encore confirmé" in manager.get("/site/equipe/").content.decode()
    assert queries.by_email(COLLEAGUE["email"]) is None
    sign_in("workshop@col.example").post(link(letters()[0][1]))
    assert AccountRequest.objects.get().state == RequestState.VERIFIED
    administrator = sign_in(ADMINISTRATOR)
    told = {"place": f"site:{found.site_id}", "role": "storekeeper"}
    assert administrator.post(f"/reseau/demandes/{found.id}/approuver/", told).status_code == 302
    assert User.objects.get(email=COLLEAGUE["email"]).state == UserState.APPROVED


def test_a_manager_asks_for_site_roles_only(cast: Any, sign_in: Any, post_office: Any) -> None:
    manager = sign_in(MANAGER)
    manager.get("/")
    before = counter.rows()
    for role in ("network_administrator", "support_visit", "provider_support", ""):
        assert manager.post("/site/equipe/", {**COLLEAGUE, "role": role}).status_code == 422
        told = {"user": cast.user("workshop@canal.example").id, "role": role}
        assert manager.post("/site/equipe/role/", told).status_code == 400
    assert counter.rows() == before


def test_a_manager_gives_and_ends_roles_at_the_own_site(cast: Any, sign_in: Any, at: datetime) -> None:
    manager, user = sign_in(MANAGER), cast.user("workshop@canal.example")
    assert manager.post("/site/equipe/role/", {"user": user.id, "role": "storekeeper"}).status_code == 302
    held = Membership.objects.get(user=user, role="storekeeper")
    assert manager.post(f"/site/equipe/{held.id}/fin/").status_code == 302
    held.refresh_from_db()
    assert held.until_at is not None


def test_a_manager_moves_nothing_at_another_site(cast: Any, sign_in: Any) -> None:
    manager = sign_in(MANAGER)
    manager.get("/")
    foreign = cast.membership("workshop@tilleul.example")
    before = counter.rows()
    absent = manager.post(f"/site/equipe/{foreign.user_id}/fin/")
    answer = manager.post(f"/site/equipe/{foreign.id}/fin/")
    assert (answer.status_code, answer.content) == (404, absent.content)
    assert manager.post("/site/equipe/role/", {"user": foreign.user_id, "role": "workshop"}).status_code == 400
    assert counter.rows() == before


def test_the_last_manager_and_the_last_administrator_are_told_why_they_stay(cast: Any, sign_in: Any) -> None:
    manager, held = sign_in(MANAGER), cast.membership(MANAGER)
    answer = manager.post(f"/site/equipe/{held.id}/fin/", follow=True)
    assert "Personne d’autre n’est responsable de ce site" in answer.content.decode()
    administrator, own = sign_in(ADMINISTRATOR), cast.membership(ADMINISTRATOR)
    for path in (f"/reseau/roles/{own.id}/fin/", f"/reseau/personnes/{own.user_id}/suspendre/"):
        assert "Le réseau serait sans administrateur" in administrator.post(path, follow=True).content.decode()
    assert Membership.objects.filter(until_at=None).count() == Membership.objects.count()


def test_the_network_suspends_lets_in_and_closes(cast: Any, sign_in: Any) -> None:
    administrator, user = sign_in(ADMINISTRATOR), cast.user("workshop@canal.example")
    states = []
    for act in ("suspendre", "reprendre", "fermer"):
        assert administrator.post(f"/reseau/personnes/{user.id}/{act}/").status_code == 302
        states.append(User.objects.get(id=user.id).state)
    assert states == ["suspended", "active", "closed"]
    assert user.email not in administrator.get("/reseau/personnes/").content.decode()
    late = administrator.post(f"/reseau/personnes/{user.id}/reprendre/", follow=True)
    assert "a changé entre-temps" in late.content.decode()


def test_the_network_gives_a_role_once_and_only_where_it_is_held(cast: Any, sign_in: Any) -> None:
    administrator, user = sign_in(ADMINISTRATOR), cast.user("workshop@canal.example")
    told = {"place": f"site:{cast.site('COL').id}", "role": "workshop"}
    for _ in range(2):
        assert administrator.post(f"/reseau/personnes/{user.id}/", told).status_code == 302
    assert Membership.objects.filter(user=user).count() == 2
    assert administrator.post(f"/reseau/personnes/{user.id}/", {**told, "role": "auditor"}).status_code == 422


def test_a_role_given_until_a_day_lasts_to_its_midnight_in_paris(cast: Any, sign_in: Any, at: datetime) -> None:
    administrator, user = sign_in(ADMINISTRATOR), cast.user("workshop@canal.example")
    told = {"place": f"site:{cast.site('COL').id}", "role": "workshop"}
    page, last_day = f"/reseau/personnes/{user.id}/", clock.legal_day(at) + timedelta(days=40)
    over = administrator.post(page, {**told, "last_day": str(clock.legal_day(at) - timedelta(days=1))})
    assert (over.status_code, "Ce jour est passé" in over.text) == (422, True)
    assert administrator.post(page, {**told, "last_day": "31/13/2026"}).status_code == 422
    assert administrator.post(page, {**told, "last_day": str(last_day)}).status_code == 302
    end = Membership.objects.get(user=user, site=cast.site("COL")).until_at
    assert end.astimezone(clock.PARIS) == datetime.combine(last_day + timedelta(days=1), time(), clock.PARIS)
    assert "jusqu’au" in administrator.get(page).text
    held = [len(queries.memberships(user, end + timedelta(seconds=late))) for late in (-1, 0)]
    assert held == [2, 1]


def test_the_network_asks_for_an_account_of_its_own(cast: Any, sign_in: Any, post_office: Any) -> None:
    administrator = sign_in(ADMINISTRATOR)
    told = {name: COLLEAGUE[name] for name in ("last_name", "first_name", "email")}
    assert administrator.post("/reseau/personnes/", told).status_code == 302
    found = AccountRequest.objects.get()
    administrator.post(link(letters()[0][1]))
    place = {"place": f"network:{queries.parties()[0].id}", "role": "network_reader"}
    assert administrator.post(f"/reseau/demandes/{found.id}/approuver/", place).status_code == 302
    user = User.objects.get(email=COLLEAGUE["email"])
    assert administrator.post(f"/reseau/personnes/{user.id}/lettre/").status_code == 302
    assert [recipient for recipient, _ in letters()] == [COLLEAGUE["email"]] * 3


def test_a_stranger_s_requests_use_up_no_letter_of_a_manager_or_of_the_network(
    cast: Any, sign_in: Any, post_office: Any
) -> None:
    for _ in range(4):
        ask(email=COLLEAGUE["email"])
    assert len(letters()) == 3
    told = {name: COLLEAGUE[name] for name in ("last_name", "first_name", "email")}
    for client, page, typed in (
        (sign_in(MANAGER), "/site/equipe/", COLLEAGUE),
        (sign_in(ADMINISTRATOR), "/reseau/personnes/", told),
    ):
        before = len(letters())
        said = [client.post(page, typed, follow=True).text for _ in range(4)]
        assert ["mais aucun e-mail ne part" in text for text in said] == [False, False, False, True]
        assert len(letters()) == before + 3


def test_the_network_unblocks_an_account_and_takes_its_second_factor_away(
    cast: Any, sign_in: Any, post_office: Any
) -> None:
    user, administrator = cast.user("network.reader@sarvane.example"), sign_in(ADMINISTRATOR)
    forgotten, sign_in_page = "/compte/mot-de-passe-oublie/", "/compte/connexion/"
    said = [Client().post(forgotten, {"email": user.email}).status_code for _ in range(4)]
    for number in range(10):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(sign_in_page, {"login": user.email, "password": "non"})
    assert (said, administrator.get(f"/reseau/personnes/{user.id}/").status_code) == ([302, 302, 302, 200], 200)
    assert administrator.post(f"/reseau/personnes/{user.id}/debloquer/").status_code == 302
    assert Client().post(forgotten, {"email": user.email}).status_code == 302
    right = {"login": user.email, "password": PASSWORD}
    assert Client().post(sign_in_page, right).headers["Location"] == "/compte/connexion/code/"
    assert administrator.post(f"/reseau/personnes/{user.id}/second-facteur/").status_code == 302
    assert Client().post(sign_in_page, right).headers["Location"] == "/"
    with counter.as_role("backup") as connection:
        tags = connection.execute(
            "SELECT tag, actor_role FROM journal_entry WHERE subject = %s AND tag LIKE 'network:%%' ORDER BY id DESC",
            [user.reference],
        ).fetchall()
    assert tags[:2] == [(f"network:{what}", "network_administrator") for what in ("factor:reset", "user:unblocked")]


def test_an_old_proof_is_asked_again_before_an_account_is_unblocked(cast: Any) -> None:
    client = second_factor.sign_in(Client(), cast.user(ADMINISTRATOR))
    client.get("/")
    before = counter.rows()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        for act in ("debloquer", "second-facteur"):
            answer = client.post(f"/reseau/personnes/{cast.user(counter.ADVISER).id}/{act}/")
            assert answer.headers["Location"] == "/compte/preuve/?next=/compte/reprise/"
    assert counter.rows() == before


def test_the_managers_of_a_site_are_told_of_each_role_that_the_network_gives_there(
    cast: Any, sign_in: Any, post_office: Any
) -> None:
    administrator, site = sign_in(ADMINISTRATOR), cast.site("CANAL")
    for email, role in (("workshop@col.example", "site_manager"), ("storekeeper@col.example", "workshop")):
        told = {"place": f"site:{site.id}", "role": role}
        administrator.post(f"/reseau/personnes/{cast.user(email).id}/", told)
    sent = letters()
    assert [recipient for recipient, _ in sent] == [MANAGER, *sorted([MANAGER, "workshop@col.example"])]
    assert f"le rôle « Responsable de site » sur le site {site.name}" in sent[0][1].replace("\u00a0", " ")
    party = {"place": f"network:{queries.parties()[0].id}", "role": "network_reader"}
    administrator.post(f"/reseau/personnes/{cast.user('network.reader@sarvane.example').id}/", party)
    assert len(letters()) == 3


def test_the_managers_of_a_site_are_told_of_an_approval_there(cast: Any, sign_in: Any, post_office: Any) -> None:
    ask(email=COLLEAGUE["email"])
    Client().post(link(letters()[0][1]))
    told = {"place": f"site:{cast.site('CANAL').id}", "role": "site_manager"}
    found = AccountRequest.objects.get()
    assert sign_in(ADMINISTRATOR).post(f"/reseau/demandes/{found.id}/approuver/", told).status_code == 302
    assert [recipient for recipient, _ in letters()] == [COLLEAGUE["email"], COLLEAGUE["email"], MANAGER]


def test_who_asked_for_an_account_gives_it_no_role_at_a_site(cast: Any, sign_in: Any, post_office: Any) -> None:
    administrator = sign_in(ADMINISTRATOR)
    administrator.post("/reseau/personnes/", {each: COLLEAGUE[each] for each in ("last_name", "first_name", "email")})
    administrator.post(link(letters()[0][1]))
    found, told = AccountRequest.objects.get(), {"place": f"site:{cast.site('CANAL').id}", "role": "site_manager"}
    before = counter.rows()
    answer = administrator.post(f"/reseau/demandes/{found.id}/approuver/", told)
    assert (answer.status_code, "un autre administrateur lui donne" in answer.text) == (422, True)
    assert counter.rows() == before


def test_an_old_proof_is_asked_again_before_a_role_is_given(cast: Any, at: datetime) -> None:
    client, found = second_factor.sign_in(Client(), cast.user(ADMINISTRATOR)), requested(at)
    told = {"place": f"site:{cast.site('CANAL').id}", "role": "site_manager"}
    person = f"/reseau/personnes/{cast.user(counter.ADVISER).id}/"
    client.get("/")
    before = counter.rows()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        for path in (person, f"/reseau/demandes/{found.id}/approuver/"):
            assert client.post(path, told).headers["Location"] == "/compte/preuve/?next=/compte/reprise/"
        assert client.get(person).status_code == 200
    assert counter.rows() == before


def test_no_page_of_people_shows_a_customer(cast: Any, sign_in: Any, at: datetime) -> None:
    from tests import scene

    scene.issued(cast.membership("counter.adviser@canal.example"), at)
    for path in ("/reseau/personnes/", "/reseau/demandes/"):
        assert "Moreau" not in sign_in(ADMINISTRATOR).get(path).content.decode()


@pytest.mark.parametrize(
    ("told", "status", "kept"), [("45", 302, 45), ("0", 422, 30), ("366", 422, 30), ("x", 422, 30)]
)
def test_a_site_settles_for_how_long_its_quotes_are_valid(
    cast: Any, sign_in: Any, at: datetime, told: str, status: int, kept: int
) -> None:
    from tests import scene

    assert sign_in(MANAGER).post("/site/parametres/", {"quote_days": told}).status_code == status
    assert {site.repairer.code: site.quote_days for site in Site.objects.select_related("repairer")} == {
        "TILLEUL": 30,
        "CANAL": kept,
        "COL": 30,
    }
    quote = scene.issued(cast.membership("counter.adviser@canal.example"), at)
    assert (quote.valid_until_date - at.date()).days in (kept, kept - 1, kept + 1)


def test_a_role_until_a_day_is_lengthened_by_the_network_and_not_by_its_bearer(
    cast: Any, sign_in: Any, at: datetime
) -> None:
    administrator, user, site = sign_in(ADMINISTRATOR), cast.user("workshop@canal.example"), cast.site("CANAL")
    page, told = f"/reseau/personnes/{user.id}/", {"place": f"site:{site.id}", "role": "site_manager"}
    assert administrator.post(page, {**told, "last_day": str(clock.legal_day(at))}).status_code == 302
    bearer = sign_in("workshop@canal.example")
    (manager,) = [each for each in queries.memberships(user, clock.now()) if each.role == "site_manager"]
    bearer.post("/compte/role/", {"membership": manager.id})
    answer = bearer.post("/site/equipe/role/", {"user": user.id, "role": "site_manager"}, follow=True)
    assert "Ce rôle est déjà tenu" in answer.text
    assert Membership.objects.get(id=manager.id).until_at is not None
    assert administrator.post(page, told).status_code == 302
    assert Membership.objects.get(id=manager.id).until_at is None


def test_the_only_manager_is_given_no_last_day(cast: Any, sign_in: Any, at: datetime) -> None:
    client, user, site = sign_in(ADMINISTRATOR), cast.user(MANAGER), cast.site("CANAL")
    told = {"place": f"site:{site.id}", "role": "site_manager", "last_day": str(clock.legal_day(at))}
    answer = client.post(f"/reseau/personnes/{user.id}/", told)
    assert (answer.status_code, "Personne d’autre ne tient ce rôle sans date de fin" in answer.text) == (422, True)
    assert f'value="{told["last_day"]}"' in answer.text
    assert Membership.objects.get(user=user).until_at is None


def test_the_network_gives_itself_no_role_at_a_garage(cast: Any, sign_in: Any) -> None:
    client, own = sign_in(ADMINISTRATOR), cast.user(ADMINISTRATOR)
    told = {"place": f"site:{cast.site('TILLEUL').id}", "role": "site_manager", "last_day": ""}
    answer = client.post(f"/reseau/personnes/{own.id}/", told)
    assert (answer.status_code, "il en verrait les clients" in answer.content.decode()) == (422, True)
    assert own.memberships.count() == 1
