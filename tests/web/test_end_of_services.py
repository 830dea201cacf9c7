"""The page on which the network ends a repairer's services, and signing in as a fact."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from gardien.base import clock, scope
from gardien.network import queries
from gardien.network.models import Repairer, SupportAccess
from gardien.network.rules import PartyKind
from gardien.standing.models import Fact
from tests import second_factor
from tests.conftest import PASSWORD
from tests.web import counter

ADMINISTRATOR, READER = "network.administrator@sarvane.example", "network.reader@sarvane.example"
ADVISER, MANAGER = "counter.adviser@tilleul.example", "site.manager@tilleul.example"


@pytest.fixture
def page(cast: Any) -> str:
    return f"/reseau/reparateurs/{cast.site('TILLEUL').repairer_id}/fin-des-services/"


def facts() -> list[tuple[str, str]]:
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        return list(Fact.objects.order_by("id").values_list("subject", "event"))


def test_the_end_of_services_says_what_it_does_and_does_it_on_a_tick_only(page: str, sign_in: Any, cast: Any) -> None:
    client, staff = sign_in(ADMINISTRATOR), sign_in(ADVISER)
    shown = client.get(page).content.decode()
    assert "5 personnes y travaillent" in shown
    assert "4 comptes qui n’agissent nulle part ailleurs sont fermés" in shown
    before = counter.rows()
    answer = client.post(page, {})
    assert (answer.status_code, "Cochez cette case" in answer.content.decode()) == (422, True)
    assert (counter.rows(), staff.get("/devis/").status_code) == (before, 200)
    assert client.post(page, {"has_notice": "on"}).headers["Location"] == "/reseau/reparateurs/"
    listed = client.get("/reseau/reparateurs/").content.decode()
    assert (listed.count("terminés le"), page in listed) == (1, False)
    assert "Les services ont pris fin le" in client.get(page).content.decode()
    assert staff.get("/devis/").status_code == 302
    assert Client().post("/compte/connexion/", {"login": ADVISER, "password": PASSWORD}).status_code == 200


def test_the_network_s_reader_sees_the_state_and_ends_nothing(page: str, sign_in: Any) -> None:
    client = sign_in(READER)
    assert page not in client.get("/reseau/reparateurs/").content.decode()
    assert [client.get(page).status_code, client.post(page, {"has_notice": "on"}).status_code] == [403, 403]
    assert not Repairer.objects.exclude(services_ended_at=None).exists()


def test_an_old_proof_ends_no_services(page: str, cast: Any) -> None:
    client = second_factor.sign_in(Client(), cast.user(ADMINISTRATOR), ahead=-3600)
    answer = client.post(page, {"has_notice": "on"})
    assert answer.headers["Location"].startswith("/compte/preuve/")
    assert not Repairer.objects.exclude(services_ended_at=None).exists()


def test_support_is_out_with_the_end_of_services(page: str, sign_in: Any, cast: Any) -> None:
    told = {"ticket": "HLV-2041", "reason": "incident", "hours": "4"}
    assert sign_in(MANAGER).post("/site/support/", told).status_code == 302
    support = sign_in("provider.support@halvec.example")
    support.post(f"/support/{SupportAccess.objects.get().id}/visite/")
    assert support.get("/devis/").status_code == 200
    sign_in(ADMINISTRATOR).post(page, {"has_notice": "on"})
    assert support.get("/devis/").status_code == 403


def test_signing_in_is_a_fact_once_a_day_and_a_wrong_password_is_none(cast: Any) -> None:
    told = {"login": "counter.adviser@canal.example", "password": PASSWORD}
    reference = cast.user(told["login"]).reference
    assert Client().post("/compte/connexion/", {**told, "password": "wrong"}).status_code == 200
    assert facts() == []
    for _ in range(2):
        assert Client().post("/compte/connexion/", told).status_code == 302
    assert facts() == [(reference, "signed_in")]
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert Client().post("/compte/connexion/", told).status_code == 302
    assert facts() == [(reference, "signed_in")] * 2


def test_a_password_without_the_code_that_the_role_needs_is_no_fact(cast: Any) -> None:
    client, secret = Client(), next(each.secret for each in cast.logins if each.email == ADMINISTRATOR)
    client.post("/compte/connexion/", {"login": ADMINISTRATOR, "password": PASSWORD})
    assert facts() == []
    client.post("/compte/connexion/code/", {"code": second_factor.code(secret)})
    assert facts() == [(cast.user(ADMINISTRATOR).reference, "signed_in")]
