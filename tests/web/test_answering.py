"""The page of a link in a letter: what it shows, what it changes, and whom it turns away."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.network import queries as network
from gardien.quotes import actions, queries
from gardien.quotes.rules.vocabulary import CancelReason
from gardien.standing import actions as standing
from tests.conftest import as_role
from tests.web import answers, counter
from tests.web.answers import Offered

UNKNOWN = "Ce lien n’ouvre aucun devis"
TOO_LATE = "Il n’est plus possible de répondre ici à ce devis : demandez à votre garage."
PERSON = {"last_name": "Vauquelin", "first_name": "Solène", "email": "solene@courriel.example"}
ACCEPT, REFUSE = "accepter/", "refuser/"
YES = {"has_read": "on", "option": "2"}
AFTER = datetime.fromisoformat("2031-01-01T12:00:00+00:00")


@pytest.fixture
def offered(cast: SimpleNamespace, at: datetime) -> Offered:
    return answers.issue(cast.membership(counter.ADVISER), at, *answers.PRICES, **PERSON)


@pytest.fixture
def person() -> Client:
    """A browser of nobody known here, that sends its forms' tokens as browsers do."""
    return Client(enforce_csrf_checks=True)


def send(person: Client, offered: Offered, to: str, told: dict[str, str]) -> Any:
    """Open the page as it stands, and send one of its forms."""
    page = person.get(offered.address()).text
    guard = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return person.post(offered.address(to), {**told, "csrfmiddlewaretoken": guard[0] if guard else ""})


def activity(offered: Offered) -> list[str]:
    with as_role("audit") as connection:
        found = connection.execute(
            "SELECT event FROM standing_fact WHERE source_id = %s ORDER BY id", [offered.quote.id]
        )
        return [event for (event,) in found]


def test_to_look_at_a_quote_changes_no_row(offered: Offered, person: Client) -> None:
    ahead = {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}
    before = answers.rows()
    for address in (offered.address(), offered.address("pdf/")):
        looks = [person.get(address), person.head(address), person.get(address, headers=ahead)]
        assert [look.status_code for look in looks] == [200, 200, 200]
    assert answers.rows() == before
    assert "session" not in person.cookies


def test_to_look_where_a_button_leads_is_refused_and_changes_no_row(offered: Offered, person: Client) -> None:
    before = answers.rows()
    for address in (offered.address(ACCEPT), offered.address(REFUSE)):
        assert [person.get(address).status_code, person.head(address).status_code] == [405, 405]
    assert answers.rows() == before


def test_the_terms_the_offers_and_the_pdf_stand_before_the_button(offered: Offered, person: Client) -> None:
    said = answers.main(person.get(offered.address()).text)
    parts = ("L’accepter vaut commande", "Montage", "Offre A", "259,60 €", "Offre C", "Lire le devis entier")
    places = [said.find(part) for part in parts if part != "Montage"]
    assert -1 not in places
    assert max(places) < said.index("J’accepte ce devis") < said.index("Je refuse ce devis")


def test_the_page_needs_no_script_and_no_session(offered: Offered, person: Client) -> None:
    page = person.get(offered.address())
    forms = re.findall(r"<form[^>]*>", page.text)
    assert forms == [f'<form method="post" action="{offered.address(to)}" novalidate>' for to in (ACCEPT, REFUSE)]
    assert re.search(r"<main.*(?:hx-|<script|onclick|data-opens).*</main>", page.text, re.DOTALL) is None
    assert send(person, offered, ACCEPT, YES).status_code == 302
    assert "session" not in person.cookies


def test_the_very_pdf_that_was_frozen_is_handed_over(offered: Offered, person: Client) -> None:
    answer = person.get(offered.address("pdf/"))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == offered.document.sha256
    assert answer.content == offered.pdf()


def test_the_chosen_offer_is_accepted_and_said_on_the_page(offered: Offered, person: Client) -> None:
    answer = send(person, offered, ACCEPT, YES)
    assert (answer.status_code, answer.headers["Location"]) == (302, offered.address())
    assert offered.stands() == ("accepted", 2, "")
    assert activity(offered) == ["quote_issued", "quote_accepted"]
    said = answers.main(person.get(offered.address()).text)
    assert "Vous l’avez accepté" in said
    assert "Offre B." in said
    assert "J’accepte ce devis" not in said


def test_nothing_is_accepted_unread_or_unchosen(offered: Offered, person: Client) -> None:
    before = answers.rows()
    for told, sentence in (
        ({"option": "2"}, "Lisez le devis, puis cochez cette case."),
        ({"has_read": "on"}, "Choisissez une des offres."),
        ({"has_read": "on", "option": "4"}, "Choisissez une des offres."),
        ({"has_read": "on", "option": "0"}, "Choisissez une des offres."),
    ):
        answer = send(person, offered, ACCEPT, told)
        assert (answer.status_code, sentence in answers.main(answer.text)) == (422, True), told
    assert answers.rows() == before


def test_a_quote_without_several_offers_is_accepted_as_it_is(
    cast: SimpleNamespace, at: datetime, person: Client
) -> None:
    plain = answers.issue(cast.membership(counter.ADVISER), at)
    assert 'name="option"' not in person.get(plain.address()).text
    assert send(person, plain, ACCEPT, {"has_read": "on"}).status_code == 302
    assert plain.stands() == ("accepted", None, "")


@pytest.mark.parametrize("reason", ["", "delay"])
def test_a_quote_is_refused_with_a_reason_or_without(offered: Offered, person: Client, reason: str) -> None:
    assert send(person, offered, REFUSE, {"reason": reason}).status_code == 302
    assert offered.stands() == ("refused", None, reason)
    assert activity(offered) == ["quote_issued", "quote_refused"]
    assert "Vous l’avez refusé" in answers.main(person.get(offered.address()).text)


@pytest.mark.parametrize(
    ("first", "told", "again", "then"),
    [
        (ACCEPT, YES, ACCEPT, YES),
        (ACCEPT, YES, ACCEPT, {**YES, "option": "3"}),
        (ACCEPT, YES, REFUSE, {"reason": "price"}),
        (REFUSE, {"reason": "price"}, REFUSE, {"reason": "delay"}),
        (REFUSE, {"reason": "price"}, ACCEPT, YES),
    ],
    ids=["accepted twice", "another offer", "refused after", "refused twice", "accepted after"],
)
def test_a_second_click_changes_nothing(
    offered: Offered, person: Client, first: str, told: dict[str, str], again: str, then: dict[str, str]
) -> None:
    guard = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.get(offered.address()).text)[0]
    assert person.post(offered.address(first), {**told, "csrfmiddlewaretoken": guard}).status_code == 302
    before = answers.rows()
    answer = person.post(offered.address(again), {**then, "csrfmiddlewaretoken": guard})
    assert answer.status_code == (302 if again == first else 422)
    assert answers.rows() == before


def bent(token: str) -> str:
    """Return a token with one character changed, in the middle."""
    return f"{token[:70]}{'A' if token[70] != 'A' else 'B'}{token[71:]}"


WRONG: dict[str, Callable[[Offered], str]] = {
    "altered": lambda offered: bent(offered.token()),
    "cut": lambda offered: offered.token()[:-1],
    "never ours": lambda _: "A" * 146,
    "of another page": lambda offered: offered.token(purpose="rights.answer"),
    "of another repairer": lambda offered: offered.token(controller=ids.new()),
    "of no quote": lambda offered: offered.token(object_id=ids.new()),
    "of another document": lambda offered: offered.token(sha256="0" * 64),
    "over": lambda offered: offered.token(expires_at=offered.at - timedelta(seconds=2)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_link_that_is_not_ours_or_over_answers_the_same_page_that_says_what_to_do(
    offered: Offered, wrong: str
) -> None:
    before, unknown = answers.rows(), answers.main(Client().get("/devis-recu/none/").text)
    for method, rest in (("get", ""), ("get", "pdf/"), ("post", ACCEPT), ("post", REFUSE)):
        answer = getattr(Client(), method)(f"/devis-recu/{WRONG[wrong](offered)}/{rest}", YES)
        assert (answer.status_code, answers.main(answer.text)) == (404, unknown)
    assert UNKNOWN in unknown
    assert "appelez votre garage" in unknown
    assert counter.is_french(unknown)
    assert answers.rows() == before


def _expired(offered: Offered) -> None:
    with scope.entered(offered.controller):
        assert actions.expire(by=Actor.program("quotes.expire"), at=AFTER) == 1


def _revised(offered: Offered) -> None:
    copy = offered.do(actions.revise, draft_key=ids.new())
    replace(offered, quote=copy).do(actions.issue)


ENDED: dict[str, Callable[[Offered], Any]] = {
    "expired": _expired,
    "cancelled": lambda offered: offered.do(actions.cancel, reason=CancelReason.MISTAKE),
    "superseded": _revised,
}


@pytest.mark.parametrize("state", ENDED)
def test_a_quote_that_has_ended_is_not_answered_by_its_link(offered: Offered, person: Client, state: str) -> None:
    guard = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.get(offered.address()).text)[0]
    ENDED[state](offered)
    before = answers.rows()
    page = person.get(offered.address())
    assert (page.status_code, "J’accepte ce devis" in page.text) == (200, False)
    assert TOO_LATE in answers.main(page.text)
    for to in (ACCEPT, REFUSE):
        answer = person.post(offered.address(to), {**YES, "reason": "price", "csrfmiddlewaretoken": guard})
        assert (answer.status_code, TOO_LATE in answers.main(answer.text)) == (422, True)
    assert (offered.stands(), answers.rows()) == ((state, None, ""), before)


def test_the_last_day_counts_even_where_the_link_would_hold_longer(
    offered: Offered, person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gardien.base import clock

    address = offered.address(ACCEPT, expires_at=AFTER + timedelta(days=1))
    guard = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.get(offered.address()).text)[0]
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    answer = person.post(address, {**YES, "csrfmiddlewaretoken": guard})
    assert (answer.status_code, TOO_LATE in answers.main(answer.text)) == (422, True)
    assert offered.stands() == ("issued", None, "")


def test_a_restricted_persons_quote_is_not_answered_and_the_page_says_whom_to_ask(
    offered: Offered, person: Client
) -> None:
    guard = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.get(offered.address()).text)[0]
    with scope.entered(offered.controller):
        subjects = [offered.quote.customer.reference]
        standing.restrict(subjects=subjects, by=network.actor(offered.membership), at=offered.at)
    before = answers.rows()
    answer = person.post(offered.address(ACCEPT), {**YES, "csrfmiddlewaretoken": guard})
    assert (answer.status_code, UNKNOWN in answers.main(answer.text)) == (404, True)
    assert answers.rows() == before


def test_a_form_without_its_token_is_refused_and_changes_nothing(offered: Offered, person: Client) -> None:
    before = answers.rows()
    assert person.post(offered.address(ACCEPT), YES).status_code == 403
    assert answers.rows() == before


def test_no_address_says_who_the_person_is(offered: Offered, person: Client) -> None:
    page = person.get(offered.address()).text
    with scope.entered(offered.controller):
        customer = queries.by_id(offered.quote.id).customer
    found = re.findall(r'(?:href|action|src)="([^"]*)"', page)
    told = (*PERSON.values(), customer.reference, offered.quote.number, "KW-101-AA", "KW101AA", str(customer.id))
    assert [(address, each) for address in found for each in told if each.lower() in address.lower()] == []


def test_a_page_by_link_is_kept_nowhere_and_never_indexed(offered: Offered, person: Client) -> None:
    for address in (offered.address(), offered.address("pdf/"), "/devis-recu/none/"):
        sent = person.get(address).headers
        assert (sent["Cache-Control"], sent["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
        assert (sent["Referrer-Policy"], sent["X-Content-Type-Options"]) == ("same-origin", "nosniff")
        assert "default-src 'none'" in sent["Content-Security-Policy"]


@pytest.mark.parametrize("email", ["counter.adviser@canal.example", "network.reader@sarvane.example"])
def test_whoever_is_signed_in_the_link_alone_brings_the_repairer(offered: Offered, sign_in: Any, email: str) -> None:
    reader = sign_in(email)
    assert "Garage des Tilleuls" in answers.main(reader.get(offered.address()).text)
    assert reader.post(offered.address(ACCEPT), YES).status_code == 302
    assert offered.stands() == ("accepted", 2, "")
