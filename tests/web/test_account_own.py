"""One's own account: a new version is read before anything else, sessions end, consents are withdrawn, data is handed over."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as agreed
from gardien.consent.models import Acknowledgement
from gardien.consent.rules import Channel, How, Sender
from gardien.network import actions, queries
from gardien.network.models import User
from gardien.network.rules import PartyKind, UserState
from tests.conftest import PASSWORD, as_role
from tests.web import counter

ADVISER, MANAGER = "counter.adviser@tilleul.example", "site.manager@tilleul.example"
PAGE = "/compte/engagement/"
_TOKEN = re.compile(rb'(?<=csrfmiddlewaretoken" value=)"\w+"|"X-CSRFToken": "\w+"')


def network() -> Any:
    return scope.entered(queries.central_party(PartyKind.NETWORK).id)


@pytest.fixture
def unread(cast: Any) -> None:
    """Forget what everybody has read."""
    with as_role("sweep") as sweep:
        sweep.execute(
            "SELECT set_config('gardien.controller', %s, true)", [str(queries.central_party(PartyKind.NETWORK).id)]
        )
        sweep.execute("DELETE FROM consent_acknowledgement")


def test_nothing_opens_before_the_version_in_force_was_read(unread: None, sign_in: Any, at: datetime) -> None:
    client = sign_in(ADVISER)
    for path in ("/", "/devis/", "/clients/nouveau/", "/compte/reprise/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert client.get("/devis/", HTTP_HX_REQUEST="true").status_code == 401
    version = commitment.in_force(at.date())
    page = client.get(PAGE).content.decode()
    assert documents.sentence_read(version, "fr") in page
    assert "checked" not in page
    before = counter.rows()
    assert client.post(PAGE, {}).status_code == 422
    assert counter.rows() == before
    assert client.post(PAGE, {"has_read": "1"}).headers["Location"] == "/"
    with network():
        read = Acknowledgement.objects.get()
    expected = documents.notice(version, "user", "fr").sha256
    assert (read.version, read.notice_sha256) == (version.id, expected)
    assert client.get("/devis/").status_code == 200
    assert sign_in(ADVISER).get("/devis/").status_code == 200
    assert sign_in(MANAGER).get("/devis/").status_code == 302


def test_a_role_that_may_not_open_a_page_is_refused_before_it_is_asked_to_read(unread: None, sign_in: Any) -> None:
    assert sign_in("workshop@tilleul.example").get("/devis/").status_code == 403


def test_a_new_version_is_asked_for_in_a_session_that_had_read_the_one_before(
    cast: Any, sign_in: Any, settings: Any, tmp_path: Path, at: datetime
) -> None:
    client = sign_in(ADVISER)
    assert client.get("/devis/").status_code == 200
    for path in Path(settings.GARDIEN_VERSIONS_FOLDER).glob("*.yaml"):
        if path.stem <= "2026-11-21":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    newest = Path(settings.GARDIEN_VERSIONS_FOLDER) / f"{commitment.in_force(at.date()).id}.yaml"
    text = newest.read_text().replace(f"effective_date: {newest.stem}", "effective_date: 2026-11-21")
    (tmp_path / "2026-11-21.yaml").write_text(text)
    settings.GARDIEN_VERSIONS_FOLDER = tmp_path
    assert client.get("/devis/").headers["Location"] == PAGE
    assert client.post(PAGE, {"has_read": "1"}).status_code == 302
    assert client.get("/devis/").status_code == 200


def test_what_was_typed_waits_while_a_new_version_is_read(unread: None, sign_in: Any) -> None:
    client = sign_in(ADVISER)
    page = client.get(PAGE).content.decode()
    proof = page.split('name="filled_by" value="')[1].split('"')[0]
    assert client.post("/clients/nouveau/", {"filled_by": proof}).headers["Location"] == PAGE
    assert client.post(PAGE, {"has_read": "1"}).headers["Location"] == "/compte/reprise/"
    assert 'action="/clients/nouveau/"' in client.get("/compte/reprise/").content.decode()


def signed_in(email: str) -> Client:
    """Sign in by the form, with a session of its own."""
    client = Client()
    assert client.post("/compte/connexion/", {"login": email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/compte/").status_code == 200)


def test_one_session_or_all_others_end_at_once(cast: Any) -> None:
    here, there, elsewhere, other = (signed_in(email) for email in (ADVISER, ADVISER, ADVISER, MANAGER))
    page = here.get("/compte/").content.decode()
    handles = [part.split('"')[0] for part in page.split('name="session" value="')[1:]]
    assert len(handles) == 2
    assert not [key for key in (there.session.session_key, elsewhere.session.session_key) if key in page]
    assert other.post("/compte/sessions/fermer/", {"session": handles[0]}).status_code == 404
    assert here.post("/compte/sessions/fermer/", {"session": handles[0]}).status_code == 302
    assert sorted(is_in(client) for client in (there, elsewhere)) == [False, True]
    assert here.post("/compte/sessions/fermer-les-autres/").status_code == 302
    assert [is_in(client) for client in (here, there, elsewhere, other)] == [True, False, False, True]


@pytest.mark.parametrize("leave", [actions.suspend, actions.close])
def test_a_suspended_or_closed_account_is_out_on_its_next_request_everywhere(
    cast: Any, at: datetime, leave: Any
) -> None:
    one, two = signed_in(ADVISER), signed_in(ADVISER)
    assert (is_in(one), is_in(two)) == (True, True)
    user = cast.user(ADVISER)
    leave(user_id=user.id, by=Actor.program("tests"), at=at)
    assert (is_in(one), is_in(two)) == (False, False)
    refused, unknown = Client(), Client()
    pages = [
        client.post("/compte/connexion/", {"login": ADVISER, "password": password}).content
        for client, password in ((refused, PASSWORD), (unknown, "quite another one"))
    ]
    assert _TOKEN.sub(b"", pages[0]) == _TOKEN.sub(b"", pages[1])
    assert not is_in(refused)
    if leave is actions.suspend:
        actions.resume(user_id=user.id, by=Actor.program("tests"), at=at)
        assert (is_in(one), is_in(signed_in(ADVISER))) == (False, True)


def test_a_role_that_ended_is_gone_on_the_next_request(cast: Any, at: datetime) -> None:
    client = signed_in(ADVISER)
    assert client.get("/devis/").status_code == 200
    actions.end_role(membership_id=cast.membership(ADVISER).id, by=Actor.program("tests"), at=at)
    assert client.get("/devis/").status_code == 403


def test_a_consent_is_shown_and_withdrawn(cast: Any, sign_in: Any, at: datetime) -> None:
    user, version = cast.user(ADVISER), commitment.in_force(at.date())
    question = agreed.asked(version, "fr", "user")[0]
    with network():
        answer = consent.Answer(question.purpose, question.channel, "", True, question.document)
        by = Actor(user.id, "counter_adviser")
        consent.decide(subject=user.reference, answers=[answer], how=How.FORM, by=by, at=at)
    client = sign_in(ADVISER)
    assert f'name="purpose" value="{question.purpose}"' in client.get("/compte/").content.decode()
    assert client.post("/compte/retrait/", {"purpose": question.purpose}).status_code == 302
    with network():
        assert {each.is_given for each in agreed.current([user.reference])} == {False}
    assert client.post("/compte/retrait/", {"purpose": "user.use.accounts"}).status_code == 400
    assert f'name="purpose" value="{question.purpose}"' not in client.get("/compte/").content.decode()
    assert User.objects.get(id=user.id).state == UserState.ACTIVE


def agree(user: User, at: datetime) -> str:
    """Let a user agree to what they are asked first; return the purpose."""
    question = agreed.asked(commitment.in_force(at.date()), "fr", "user")[0]
    answer = consent.Answer(question.purpose, question.channel, "", True, question.document)
    with network():
        by = Actor(user.id, "counter_adviser")
        consent.decide(subject=user.reference, answers=[answer], how=How.FORM, by=by, at=at)
    return question.purpose


def rights_of(client: Client, user: User, at: datetime) -> list[Any]:
    """Use each right over one's own account; return what was answered and what came of it."""
    purpose, elsewhere = agree(user, at), signed_in(ADVISER)
    answers = [
        client.get("/compte/").status_code,
        client.get("/compte/donnees/").headers["Content-Type"],
        client.get("/compte/securite/mot-de-passe/").status_code,
        client.post("/compte/opposition/", {"offer": "email:partners"}).headers["Location"],
        client.post("/compte/retrait/", {"purpose": purpose}).headers["Location"],
        client.post("/compte/sessions/fermer-les-autres/").headers["Location"],
        is_in(elsewhere),
    ]
    with network():
        return [*answers, {each.is_given for each in agreed.current([user.reference])}]


OPEN = [200, "application/json", 200, "/compte/", "/compte/", "/compte/", False, {False}]


def test_one_s_own_account_opens_before_the_new_version_is_confirmed(
    unread: None, cast: Any, sign_in: Any, at: datetime
) -> None:
    client = sign_in(ADVISER)
    assert rights_of(client, cast.user(ADVISER), at) == OPEN
    assert client.get("/devis/").headers["Location"] == PAGE
    with network():
        assert Acknowledgement.objects.count() == 0


def test_one_s_own_account_opens_to_who_holds_no_role_any_more(cast: Any, sign_in: Any, at: datetime) -> None:
    client = sign_in(ADVISER)
    assert client.get("/devis/").status_code == 200
    actions.end_role(membership_id=cast.membership(ADVISER).id, by=Actor.program("tests"), at=at)
    assert rights_of(client, cast.user(ADVISER), at) == OPEN
    assert client.get("/").headers["Location"] == "/compte/"
    assert "Vous ne tenez aucun rôle" in client.get("/compte/").text
    refused = [client.get(page).status_code for page in ("/devis/", "/compte/role/", "/reseau/personnes/")]
    assert refused == [403] * 3


def test_who_must_choose_a_role_reaches_their_own_account(cast: Any, sign_in: Any, at: datetime) -> None:
    email = "renfort@tilleul.example"
    client = sign_in(email)
    assert client.get("/devis/").status_code == 200
    actions.end_role(membership_id=cast.membership(email).id, by=Actor.program("tests"), at=at)
    assert client.get("/compte/").status_code == 200
    assert client.get("/devis/").headers["Location"] == "/compte/role/"


def test_an_objection_to_offers_is_recorded_for_one_channel_and_sender(cast: Any, sign_in: Any) -> None:
    client, number = sign_in(ADVISER), "+33639981277"
    User.objects.filter(email=ADVISER).update(phone=number)
    for offer in ("email:partners", "phone:controller"):
        assert client.post("/compte/opposition/", {"offer": offer}).status_code == 302
    with network():
        places = {Channel.EMAIL: ADVISER, Channel.PHONE: number}
        objects = [
            f"{channel}:{sender}"
            for channel, address in places.items()
            for sender in Sender
            if agreed.has_objected(channel, address, sender)
        ]
    assert objects == ["email:partners", "phone:controller"]
    page = client.get("/compte/").content.decode()
    assert re.findall(r'name="offer" value="([^"]+)"', page) == ["email:controller", "phone:partners"]


@pytest.mark.parametrize("offer", ["", "partners", "email:anybody", "fax:partners", "sms:partners", "post:controller"])
def test_an_objection_to_what_nobody_may_send_is_none(cast: Any, sign_in: Any, offer: str) -> None:
    User.objects.filter(email=ADVISER).update(phone="+33639981277")
    client, before = sign_in(ADVISER), counter.rows()
    assert client.post("/compte/opposition/", {"offer": offer}).status_code == 400
    assert counter.rows() == before


def test_who_has_no_number_objects_to_no_call(cast: Any, sign_in: Any) -> None:
    client = sign_in(ADVISER)
    User.objects.filter(email=ADVISER).update(phone="")
    page = client.get("/compte/").content.decode()
    assert re.findall(r'name="offer" value="([^"]+)"', page) == ["email:controller", "email:partners"]
    assert client.post("/compte/opposition/", {"offer": "phone:partners"}).status_code == 400


def test_the_data_of_one_person_is_handed_over_without_secrets_and_without_others(cast: Any, sign_in: Any) -> None:
    user = cast.user(ADVISER)
    answer = sign_in(ADVISER).get("/compte/donnees/")
    told = json.loads(answer.content)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={user.reference}.json"
    (row,) = told["held"]["network.User"]
    assert (row["email"], row["last_name"], row["reference"]) == (user.email, "Exemple", user.reference)
    assert {"network.Membership", "consent.Acknowledgement", "journal.Entry", "account.EmailAddress"} <= set(
        told["held"]
    )
    text = answer.content.decode()
    assert "argon2" not in text
    assert str(user.session_stamp) not in text
    others = User.objects.exclude(id=user.id)
    assert [other.reference for other in others if other.reference in text or other.email in text] == []


def test_a_withdrawn_consent_to_the_account_itself_ends_the_session(cast: Any, at: datetime) -> None:
    """Under the first version the account rests on consent."""
    user, first = cast.user(ADVISER), commitment.versions().all[0]
    question = next(each for each in agreed.asked(first, "fr", "user") if each.purpose == "user.use.accounts")
    with network():
        answer = consent.Answer(question.purpose, question.channel, "", True, question.document)
        by = Actor(user.id, "counter_adviser")
        consent.decide(subject=user.reference, answers=[answer], how=How.FORM, by=by, at=at)
    client = signed_in(ADVISER)
    assert client.post("/compte/retrait/", {"purpose": "user.use.accounts"}).status_code == 302
    assert User.objects.get(id=user.id).state == UserState.SUSPENDED
    assert not is_in(client)
