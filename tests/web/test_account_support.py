"""Provider support reads at a site that has let it in, as long as it does, never writes, and leaves a trace."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from stdnum import luhn

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.network import actions, queries
from gardien.network.models import SupportAccess, SupportRead
from gardien.network.rules import SupportReason
from tests import scene
from tests.conftest import PASSWORD, read_all_versions
from tests.web import counter

SUPPORT, MANAGER, OTHER = (
    "provider.support@halvec.example",
    "site.manager@canal.example",
    "site.manager@tilleul.example",
)
TOLD = {"ticket": "HLV-2041", "reason": "incident", "hours": "4"}


@pytest.fixture
def quote(cast: Any, at: datetime) -> Any:
    scene.price_list(at)
    return scene.issued(cast.membership("counter.adviser@canal.example"), at)


@pytest.fixture
def access(quote: Any, sign_in: Any) -> SupportAccess:
    assert sign_in(MANAGER).post("/site/support/", TOLD).status_code == 302
    return SupportAccess.objects.get()


def reads(site: Any) -> list[Any]:
    with scope.entered(site.repairer_id):
        return list(SupportRead.objects.filter(access__site=site).order_by("-read_at", "-id"))


def test_support_reads_nothing_by_default(quote: Any, sign_in: Any) -> None:
    client = sign_in(SUPPORT)
    assert "Aucun site" in client.get("/support/").content.decode()
    for path in ("/devis/", f"/devis/{quote.id}/", f"/clients/{quote.customer_id}/"):
        assert client.get(path).status_code == 403
    assert client.post(f"/support/{quote.id}/visite/").status_code == 404


def test_support_that_is_let_in_reads_and_never_writes(
    cast: Any, quote: Any, access: SupportAccess, sign_in: Any
) -> None:
    client = sign_in(SUPPORT)
    assert client.get("/devis/").status_code == 403
    key = client.session.session_key
    assert client.post(f"/support/{access.id}/visite/").status_code == 302
    assert client.session.session_key != key
    page = client.get(f"/clients/{quote.customer_id}/")
    assert (page.status_code, "Moreau" in page.content.decode()) == (200, True)
    assert "HLV-2041" in page.content.decode()
    assert client.get(f"/devis/{quote.id}/").status_code == 200
    before = counter.rows()
    for path in (
        "/clients/nouveau/",
        f"/devis/{quote.id}/reponse/",
        f"/clients/{quote.customer_id}/corriger/",
        "/site/support/",
        "/site/equipe/",
        "/tarif/",
    ):
        assert client.post(path).status_code in (403, 405)
    assert counter.rows() == before


def test_every_read_is_on_record_for_the_manager_and_in_the_journal(
    cast: Any, quote: Any, access: SupportAccess, sign_in: Any
) -> None:
    client = sign_in(SUPPORT)
    client.post(f"/support/{access.id}/visite/")
    client.get(f"/clients/{quote.customer_id}/")
    client.post("/clients/recherche/", {"text": "moreau"})
    found, support = [(each.action, each.object_id, each.user_id) for each in reads(access.site)], cast.user(SUPPORT).id
    assert found == [
        ("customers.search", None, support),
        ("customers.view", quote.customer_id, support),
    ]
    with counter.as_role("backup") as connection:
        entries = connection.execute(
            "SELECT controller_id, actor_role FROM journal_entry WHERE tag = 'network:support:read'"
        ).fetchall()
    assert entries == [(access.site.repairer_id, "support_visit")] * 2
    shown = sign_in(MANAGER).get("/site/support/").content.decode()
    assert shown.count("customers.view") == 1
    assert "customers.view" not in sign_in(OTHER).get("/site/support/").content.decode()


def test_a_read_stays_listed_however_often_support_asks_for_other_pages(
    quote: Any, access: SupportAccess, sign_in: Any
) -> None:
    client, customer, support = sign_in(SUPPORT), quote.customer_id, Actor(access.opened_by_id, "support_visit")
    client.post(f"/support/{access.id}/visite/")
    client.get(f"/clients/{customer}/")
    with scope.entered(access.site.repairer_id):
        told = {"access": access, "object_id": None, "user_id": access.opened_by_id, "by": support}
        for turn in range(120):
            later = access.from_at + timedelta(minutes=1, seconds=turn)
            actions.record_support_read(**told, action="quotes.view", at=later)
        rows = [(each["action"], each["object_id"], each["times"]) for each in queries.reads_of([access])]
    assert sorted(rows) == [("customers.view", customer, 1), ("quotes.view", None, 120)]
    page = sign_in(MANAGER).get("/site/support/").text
    assert (page.count("customers.view"), page.count("quotes.view"), "<td>120</td>" in page) == (1, 1, True)


@pytest.fixture
def neighbour(cast: Any, at: datetime) -> str:
    """Open a second site at the repairer, and return the address of its manager."""
    site = cast.site("CANAL")
    siret, by = site.repairer.siren + "0002", Actor.program("tests")
    place = actions.Place("1 rue du Port", "99200", "Orval", "port@canal.example", "+33199001303")
    told = {"name": "Canal Port", "siret": siret + luhn.calc_check_digit(siret), "place": place}
    port = actions.open_site(repairer=site.repairer, **told, by=by, at=at)
    names = {"first_name": "Ana", "last_name": "Morin", "password": PASSWORD}
    user = actions.open_user(email="ana@canal.example", **names, by=by, at=at)
    actions.give_role(user=user, role="site_manager", place=port, by=by, at=at)
    read_all_versions(at)
    return user.email


def test_support_that_one_site_lets_in_is_seen_and_ended_by_the_managers_of_all(
    quote: Any, neighbour: str, sign_in: Any
) -> None:
    manager, other = sign_in(neighbour), sign_in(MANAGER)
    manager.post("/site/support/", TOLD)
    access, client = SupportAccess.objects.get(), sign_in(SUPPORT)
    assert access.site.name == "Canal Port"
    client.post(f"/support/{access.id}/visite/")
    assert client.get(f"/clients/{quote.customer_id}/").status_code == 200
    for each in (manager, other):
        page = each.get("/site/support/").text
        assert ("Votre entreprise a plusieurs sites" in page, "HLV-2041" in page) == (True, True)
        assert page.count("customers.view") == 1
    assert other.post(f"/site/support/{access.id}/fin/").status_code == 302
    assert client.get(f"/clients/{quote.customer_id}/").status_code == 403


def test_who_has_one_site_is_told_of_no_other(cast: Any, sign_in: Any) -> None:
    assert "plusieurs sites" not in sign_in(MANAGER).get("/site/support/").text


def test_support_is_out_when_its_hours_are_over(quote: Any, access: SupportAccess, sign_in: Any) -> None:
    path = f"/clients/{quote.customer_id}/"
    with time_machine.travel(access.until_at - timedelta(seconds=2)):
        client = sign_in(SUPPORT)
        client.post(f"/support/{access.id}/visite/")
        assert client.get(path).status_code == 200
    with time_machine.travel(access.until_at + timedelta(seconds=1)):
        assert client.get(path).status_code == 403
        assert client.get("/support/").status_code == 200
        assert client.post(f"/support/{access.id}/visite/").status_code == 404
    assert len(reads(access.site)) == 1


def test_support_is_out_on_the_next_request_after_the_manager_ends_it(
    quote: Any, access: SupportAccess, sign_in: Any
) -> None:
    client = sign_in(SUPPORT)
    client.post(f"/support/{access.id}/visite/")
    path = f"/clients/{quote.customer_id}/"
    assert client.get(path).status_code == 200
    assert sign_in(OTHER).post(f"/site/support/{access.id}/fin/").status_code == 404
    assert client.get(path).status_code == 200
    manager = sign_in(MANAGER)
    assert manager.post(f"/site/support/{access.id}/fin/").status_code == 302
    assert client.get(path).status_code == 403
    assert manager.post(f"/site/support/{access.id}/fin/").status_code == 404


def test_support_sees_only_the_site_s_repairer_and_leaves(
    cast: Any, quote: Any, access: SupportAccess, sign_in: Any, at: datetime
) -> None:
    foreign = scene.issued(cast.membership("counter.adviser@tilleul.example"), at)
    client = sign_in(SUPPORT)
    client.post(f"/support/{access.id}/visite/")
    assert client.get(f"/clients/{foreign.customer_id}/").status_code == 404
    assert client.post("/support/sortie/").status_code == 302
    assert client.get(f"/clients/{quote.customer_id}/").status_code == 403


@pytest.mark.parametrize("email", [MANAGER, "network.administrator@sarvane.example", "customers.dpo@halvec.example"])
def test_an_access_opens_nothing_to_another_role(quote: Any, access: SupportAccess, sign_in: Any, email: str) -> None:
    client = sign_in(email)
    assert client.post(f"/support/{access.id}/visite/").status_code == 403
    session = client.session
    session["visit"] = str(access.id)
    session.save()
    assert client.post("/support/sortie/").status_code == 403
    assert client.get(f"/clients/{quote.customer_id}/").status_code == (200 if email == MANAGER else 403)
    assert reads(access.site) == []


def test_an_access_needs_a_ticket_a_reason_and_an_end(cast: Any, sign_in: Any, at: datetime) -> None:
    manager = sign_in(MANAGER)
    manager.get("/")
    before = counter.rows()
    for wrong in ({"ticket": ""}, {"ticket": "Mme Moreau"}, {"reason": ""}, {"reason": "x"}, {"hours": "48"}):
        assert manager.post("/site/support/", {**TOLD, **wrong}).status_code == 422
    assert counter.rows() == before
    site, user = cast.site("CANAL"), cast.user(MANAGER)
    told = {"site": site, "ticket": "HLV-1", "reason": SupportReason.QUESTION}
    by = Actor(user.id, "site_manager")
    with scope.entered(site.repairer_id):
        for hours in (0, 25):
            with pytest.raises(actions.TooLongError):
                actions.open_support(**told, opened_by=user, hours=hours, by=by, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportAccess.objects.create(**told, opened_by_id=user.id, from_at=at, until_at=at + timedelta(hours=25))


def test_what_support_read_is_never_changed_by_the_portal(cast: Any, quote: Any, access: Any, sign_in: Any) -> None:
    client = sign_in(SUPPORT)
    client.post(f"/support/{access.id}/visite/")
    client.get("/devis/")
    with pytest.raises(Exception, match="permission denied"), scope.entered(access.site.repairer_id):
        SupportRead.objects.all().delete()
    assert len(reads(access.site)) == 1
