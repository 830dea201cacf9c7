"""No line of a log says who a person is: what is typed, where it comes from and what is asked stay out of it."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import structlog
from django.test import Client

from gardien.portal import logs
from tests.environment import CLUSTER
from tests.web import counter

PERSON = {
    "last_name": "Zoroastrowski",
    "first_name": "Philibertine",
    "street": "93 chemin de Trifouillis",
    "postcode": "35793",
    "city": "Trifouillis",
    "company": "Zorobureau",
    "email": "philibertine.z@courriel.example",
    "mobile": "06 39 98 17 77",
    "plate": "QX-739-ZK",
    "plate_country": "FR",
    "make": "Sarvane",
}
ANSWERED = {"kind": "company", "answer_client_phone_prospecting_phone_mobile": "no"}
SEARCHED = "Philibertinade"
ASKED = "zoroquery"
ADDRESS = "203.0.113.77"
PASSWORD = "mot de passe zoroastrien 57"
TRACES = (
    *(value.casefold() for name, value in PERSON.items() if name not in {"plate_country", "make"}),
    *("qx739zk", "639981777", "zoroastr", "philibert", "trifouillis", "zorobureau"),
    *(SEARCHED.casefold(), ASKED, ADDRESS, counter.ADVISER, "tilleul.example", "mot de passe"),
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Collect what the portal's own handler would write."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def traces(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text.casefold()]


@pytest.fixture
def person(sign_in: Any) -> SimpleNamespace:
    """Sign in from an address, record a customer, and quote them something; errors come as pages."""
    client = sign_in(counter.ADVISER)
    client.defaults |= {"REMOTE_ADDR": ADDRESS, "HTTP_X_FORWARDED_FOR": ADDRESS, "HTTP_USER_AGENT": SEARCHED}
    client.raise_request_exception = False
    card = counter.customer(client, **PERSON, **ANSWERED)
    return SimpleNamespace(client=client, card=card, draft=counter.draft(client, card))


def test_the_whole_scene_with_its_refusals_leaves_no_personal_value_in_a_log(person: Any, log: io.StringIO) -> None:
    client, answers = person.client, []
    pages = (f"/clients/{SEARCHED}/", f"/devis/?nom={ASKED}", f"{person.draft}?size={ASKED}", f"/{ASKED}?q={ADDRESS}")
    answers += [client.get(page).status_code for page in pages]
    typed = {**PERSON, "email": "philibertine", "mobile": "zoroastre"}
    answers.append(counter.post(client, counter.heard(client), typed).status_code)
    answers.append(counter.post(client, "/clients/recherche/", {"text": SEARCHED}).status_code)
    answers.append(counter.post(client, "/devis/nouveau/", {"customer": SEARCHED}).status_code)
    answers.append(counter.post(client, "/compte/role/", {"membership": SEARCHED}).status_code)
    answers.append(
        counter.post(client, f"{person.draft}prestations/", counter.service("Pneu de Zoroastrowski")).status_code
    )
    answers.append(client.post(f"{person.draft}emettre/").status_code)
    answers.append(client.get(f"/devis/?{ASKED}", headers={"Host": "zoroastrowski.example"}).status_code)
    answers.append(client.put("/devis/", ASKED).status_code)
    stranger = Client(enforce_csrf_checks=True, REMOTE_ADDR=ADDRESS)
    answers.append(counter.post(stranger, "/compte/connexion/", {"login": counter.ADVISER}).status_code)
    assert answers == [404, 200, 200, 404, 422, 200, 400, 403, 302, 302, 400, 405, 403]
    assert [line["status_code"] for line in lines(log) if "status_code" in line] == [
        404,
        404,
        422,
        400,
        403,
        400,
        405,
        403,
    ]
    assert traces(log.getvalue()) == []


def test_refused_and_granted_logins_leave_neither_address_nor_password(cast: Any, log: io.StringIO) -> None:
    stranger = Client(REMOTE_ADDR=ADDRESS)
    for login in (counter.ADVISER, f"{SEARCHED}@courriel.example", PASSWORD):
        assert counter.post(stranger, "/compte/connexion/", {"login": login, "password": PASSWORD}).status_code == 200
    assert traces(log.getvalue()) == []


def test_a_fault_of_the_database_that_quotes_a_row_is_logged_by_type_and_place_only(
    person: Any, log: io.StringIO
) -> None:
    with counter.as_role("owner") as connection:
        connection.execute("ALTER TABLE customers_vehicle ADD CONSTRAINT planted CHECK (plate <> 'QX738ZK')")
    try:
        answer = counter.post(person.client, counter.heard(person.client), {**PERSON, **ANSWERED, "plate": "QX-738-ZK"})
    finally:
        with counter.as_role("owner") as connection:
            connection.execute("ALTER TABLE customers_vehicle DROP CONSTRAINT planted")
    assert answer.status_code == 500
    assert all(map(counter.is_french, counter.sentences(answer.text)))
    (line,) = [line for line in lines(log) if "exception" in line]
    assert (line["level"], line["exception"], line["status_code"]) == ("error", "IntegrityError", 500)
    assert line["where"]
    assert traces(log.getvalue() + answer.text) == []
    assert "qx738zk" not in log.getvalue().casefold()


def test_the_database_s_own_log_holds_no_personal_value(person: Any) -> None:
    with counter.as_role("app") as connection:
        for fault in (
            "SELECT 'Zoroastrowski'::int",
            "INSERT INTO customers_customer (last_name) VALUES ('Zoroastrowski')",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(fault)
            connection.rollback()
    person.client.post(f"{person.draft}emettre/")
    written = CLUSTER.log_file.read_text()
    assert "database system is ready" in written
    assert traces(written) == []


def test_a_line_holds_facts_of_its_own_and_no_argument_of_a_message(log: io.StringIO) -> None:
    logging.getLogger("someone.else").warning("Not found: %s", PERSON["last_name"], extra={"request": PERSON})
    structlog.stdlib.get_logger("gardien.tests").info("quote verified", plate=PERSON["plate"])
    try:
        int(PERSON["plate"])
    except ValueError:
        logging.getLogger("someone.else").exception("It failed: %s", PERSON["email"])
    first, *_, last = lines(log)
    assert (first["event"], first["level"], first["logger"]) == ("Not found: %s", "warning", "someone.else")
    assert datetime.fromisoformat(first["at"]).tzinfo is not None
    assert (last["event"], last["exception"]) == ("It failed: %s", "ValueError")
    assert traces(log.getvalue()) == []
