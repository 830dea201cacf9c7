"""Asking for an account by the public form, until the first signing in; what an address is known for is never told."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from gardien.base import scope
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent.models import Acknowledgement, Decision
from gardien.network import queries
from gardien.network.models import AccountRequest, User
from gardien.network.rules import PartyKind, RequestState, UserState
from tests.conftest import PASSWORD as OWN
from tests.network.asked import requested
from tests.web import counter
from tests.web.accounts import FORM, PASSWORD, TOLD, ask, letters, link, post_office

__all__ = ["post_office"]
ADMINISTRATOR = "network.administrator@sarvane.example"
_TOKEN = re.compile(rb'"X-CSRFToken": "\w+"')


def network() -> Any:
    return scope.entered(queries.central_party(PartyKind.NETWORK).id)


def test_a_request_is_confirmed_approved_and_signs_in(cast: Any, sign_in: Any, post_office: Any) -> None:
    answer = ask()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/compte/demande/envoyee/")
    ((recipient, text),) = letters()
    assert recipient == TOLD["email"]
    person, where = Client(), link(text)
    assert person.get(where).status_code == 200
    assert AccountRequest.objects.get().state == RequestState.REQUESTED
    assert person.post(where).status_code == 302
    found = AccountRequest.objects.get()
    assert found.state == RequestState.VERIFIED
    administrator = sign_in(ADMINISTRATOR)
    shown = administrator.get(f"/reseau/demandes/{found.id}/").content.decode()
    assert "Aucun site du réseau n’a ce SIRET" in shown
    site = cast.site("CANAL")
    decided = administrator.post(
        f"/reseau/demandes/{found.id}/approuver/", {"place": f"site:{site.id}", "role": "workshop"}
    )
    assert decided.status_code == 302
    choose = link(letters()[1][1])
    refused = person.post(choose, {"password": "azerty"})
    assert (refused.status_code, User.objects.get(email=TOLD["email"]).state) == (422, UserState.APPROVED)
    assert person.post(choose, {"password": PASSWORD}).headers["Location"] == "/compte/connexion/"
    assert person.get(choose).status_code == 410
    answer = person.post("/compte/connexion/", {"login": TOLD["email"], "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert person.get("/").status_code == 200
    assert person.get("/clients/nouveau/").status_code == 403


def test_the_form_marks_what_the_commitment_demands_and_ticks_nothing(cast: Any, post_office: Any) -> None:
    page = Client().get(FORM).content.decode()
    version = commitment.in_force(datetime.now().astimezone().date())
    assert documents.sentence_read(version, "fr") in page
    asterisks = dict(re.findall(r'for="id_(\w+)">[^<]*(<span class="asterisk")?', page))
    marked = {name for name, asterisk in asterisks.items() if asterisk}
    assert marked == {"last_name", "first_name", "email", "company", "siret", "has_read"}
    assert {"phone", "agrees_0"} <= set(asterisks)
    assert "checked" not in page


def test_each_act_is_a_record_of_its_own(cast: Any, post_office: Any) -> None:
    ask(agrees_0="on")
    found = AccountRequest.objects.get()
    version = commitment.in_force(datetime.now().astimezone().date())
    with network():
        read = Acknowledgement.objects.get(subject=found.reference)
        agreed = Decision.objects.get(subject=found.reference)
    assert (read.version, read.notice_sha256) == (version.id, documents.notice(version, "user", "fr").sha256)
    assert (agreed.purpose, agreed.is_given, agreed.how) == ("user.messages.phone", True, "form")


def test_a_box_that_is_not_ticked_agrees_to_nothing(cast: Any, post_office: Any) -> None:
    ask()
    with network():
        assert Decision.objects.filter(subject=AccountRequest.objects.get().reference).count() == 0


@pytest.mark.parametrize(
    "told",
    [
        {"has_read": ""},
        {"last_name": ""},
        {"email": "ana"},
        {"email": "anä@garage.example"},
        {"siret": "12345678901234"},
        {"siret": "1" * 5000},
        {"phone": "12"},
    ],
)
def test_a_form_that_lacks_something_takes_nothing_down(cast: Any, post_office: Any, told: dict[str, str]) -> None:
    before = counter.rows()
    assert ask(**told).status_code == 422
    assert counter.rows() == before


def jobs() -> list[Any]:
    with counter.as_role("backup") as connection:
        return connection.execute("SELECT task_name FROM procrastinate_jobs ORDER BY id").fetchall()


def seen(email: str) -> tuple[Any, ...]:
    """Return all that somebody sees who gives an address, and the jobs that it leaves."""
    before, client = jobs(), Client()
    answer = client.post(FORM, {**TOLD, "email": email})
    following = client.get(answer.headers["Location"])
    facts = (answer.status_code, answer.content, sorted(answer.headers.items()), sorted(client.cookies))
    return (*facts, _TOKEN.sub(b"", following.content), sorted(following.headers.items()), jobs()[len(before) :])


def test_the_answer_is_the_same_for_an_address_with_an_account_and_for_any_other(cast: Any, post_office: Any) -> None:
    addresses = ("nobody@garage-du-port.example", "counter.adviser@tilleul.example", "workshop@canal.example")
    answers = [seen(email) for email in addresses]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][-1] == [("messaging.send",)]
    sent = letters()
    assert [recipient for recipient, _ in sent] == list(addresses)
    assert len({text.replace(link(text), "") for _, text in sent}) == 1


def test_no_mailbox_is_flooded_and_nobody_is_told_so(cast: Any, post_office: Any) -> None:
    answers = {ask().headers["Location"] for _ in range(5)}
    assert answers == {"/compte/demande/envoyee/"}
    assert (AccountRequest.objects.count(), len(letters())) == (5, 3)


def test_one_network_address_asks_twenty_times_an_hour_and_signs_in_all_the_same(cast: Any, post_office: Any) -> None:
    answers = [ask(email=f"ana.{turn}@ailleurs.example") for turn in range(20)]
    assert {answer.status_code for answer in answers} == {302}
    before = counter.rows()
    said = [ask(email=email) for email in ("ana@ailleurs.example", counter.ADVISER)]
    assert [(answer.status_code, "Trop de demandes" in answer.text) for answer in said] == [(422, True)] * 2
    assert (AccountRequest.objects.count(), len(letters())) == (20, 20)
    assert counter.rows() == before
    told = {**TOLD, "email": "ana@ailleurs.example"}
    assert Client(REMOTE_ADDR="192.0.2.7").post(FORM, told).status_code == 302
    login = {"login": counter.ADVISER, "password": OWN}
    assert Client().post("/compte/connexion/", login).status_code == 302
    with time_machine.travel(datetime.now().astimezone() + timedelta(minutes=61)):
        assert ask(email="ana@ailleurs.example").status_code == 302


def test_the_network_sees_fifty_requests_at_a_time(cast: Any, sign_in: Any, at: datetime) -> None:
    for turn in range(52):
        requested(at, email=f"ana.{turn}@ailleurs.example", last_name=f"Morin{turn:02}")
    administrator = sign_in(ADMINISTRATOR)
    page = administrator.get("/reseau/demandes/").text
    assert (page.count("Morin"), "2 autres attendent" in page) == (50, True)
    first = AccountRequest.objects.order_by("verified_at", "id")[0]
    administrator.post(f"/reseau/demandes/{first.id}/refuser/", {"reason": "twice"})
    page = administrator.get("/reseau/demandes/").text
    assert (page.count("Morin"), "1 autre attend" in page) == (50, True)


def test_a_link_is_good_for_a_day_for_its_own_page_and_unaltered(cast: Any, post_office: Any) -> None:
    ask()
    where = link(letters()[0][1])
    token = where.split("/")[-2]
    before = counter.rows()
    swapped = ("A" if token[30] != "A" else "B").join((token[:30], token[31:]))
    for other in (f"/compte/demande/{swapped}/", f"/compte/mot-de-passe/{token}/", f"/compte/demande/{token}A/"):
        assert Client().get(other).status_code == Client().post(other).status_code == 404
    with time_machine.travel(datetime.now().astimezone() + timedelta(hours=25)):
        assert Client().post(where).status_code == 410
    for method in ("get", "head"):
        assert getattr(Client(), method)(where).status_code == 200
    assert counter.rows() == before
    AccountRequest.objects.update(siret="")
    assert Client().post(where).status_code == 404


def test_a_refusal_is_written_to_the_person(cast: Any, sign_in: Any, post_office: Any) -> None:
    ask()
    Client().post(link(letters()[0][1]))
    found, administrator = AccountRequest.objects.get(), sign_in(ADMINISTRATOR)
    assert administrator.post(f"/reseau/demandes/{found.id}/refuser/", {"reason": "because"}).status_code == 422
    answer = administrator.post(f"/reseau/demandes/{found.id}/refuser/", {"reason": "not_of_the_network"})
    assert (answer.status_code, AccountRequest.objects.get().state) == (302, RequestState.REFUSED)
    assert "refusée" in letters()[1][1]
    assert administrator.get(f"/reseau/demandes/{found.id}/").status_code == 404


def test_a_request_that_nobody_confirmed_is_not_on_the_network_s_page(
    cast: Any, sign_in: Any, post_office: Any
) -> None:
    ask()
    found, administrator = AccountRequest.objects.get(), sign_in(ADMINISTRATOR)
    assert "Morin" not in administrator.get("/reseau/demandes/").content.decode()
    before = counter.rows()
    told = {"place": f"site:{cast.site('CANAL').id}", "role": "workshop"}
    assert administrator.post(f"/reseau/demandes/{found.id}/approuver/", told).status_code == 404
    assert counter.rows() == before


def test_an_address_in_other_letters_is_shown_in_both_forms(cast: Any, sign_in: Any, post_office: Any) -> None:
    ask(email="responsable@c\u0430nal.example")
    Client().post(link(letters()[0][1]))
    page = sign_in(ADMINISTRATOR).get(f"/reseau/demandes/{AccountRequest.objects.get().id}/").text
    assert "responsable<wbr>@xn--cnal-53d.example" in page
    assert "responsable<wbr>@c\u0430nal.example" in page
    assert "lettres autres que a à z" in page


def test_an_approval_at_a_place_where_the_role_is_not_held_is_refused(
    cast: Any, sign_in: Any, post_office: Any
) -> None:
    ask()
    Client().post(link(letters()[0][1]))
    found, administrator = AccountRequest.objects.get(), sign_in(ADMINISTRATOR)
    administrator.get("/")
    before = counter.rows()
    for told in (
        {"place": f"site:{cast.site('CANAL').id}", "role": "network_administrator"},
        {"place": f"network:{queries.parties()[0].id}", "role": "site_manager"},
        {"place": f"site:{found.id}", "role": "workshop"},
        {"place": f"site:{cast.site('CANAL').id}", "role": "support_visit"},
    ):
        assert administrator.post(f"/reseau/demandes/{found.id}/approuver/", told).status_code == 422
    assert counter.rows() == before


def test_a_portal_that_sends_nothing_offers_no_form(cast: Any, settings: Any) -> None:
    settings.GARDIEN_MAIL = None
    page = Client().get(FORM).content.decode()
    assert 'name="email"' not in page
    ask()
    assert AccountRequest.objects.count() == 0
