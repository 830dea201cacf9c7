"""A quote sent by e-mail from its page: a job, a transport, a real SMTP server, the very PDF, and a link that works."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.conftest import as_role
from tests.messaging import post
from tests.messaging.sink import Fault, Sink
from tests.quotes.test_documents import run_worker
from tests.web import answers, counter
from tests.web.answers import Offered

EMAIL = "solene@courriel.example"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """An SMTP server that drops the first attempt after it has kept the message."""
    opened = Sink(lambda _, number: Fault.DROP_KEPT if number == 1 else None)
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = opened.server(timeout=5), post.FROM
    yield opened
    opened.stop()


@pytest.fixture
def offered(cast: SimpleNamespace, at: datetime) -> Offered:
    return answers.issue(cast.membership(counter.ADVISER), at, *answers.PRICES, last_name="Vauquelin", email=EMAIL)


def letter(sink: Sink, rank: int) -> EmailMessage:
    """Return a message that the server keeps."""
    return message_from_bytes(sink.taken[rank].content, _class=EmailMessage, policy=default)


def due() -> None:
    """Let what waits for its next attempt be due now, as minutes later."""
    with as_role("app") as connection:
        connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def test_a_quote_sent_from_its_page_arrives_with_the_frozen_pdf_and_a_link_by_which_it_is_accepted(
    offered: Offered, sign_in: Any, sink: Sink
) -> None:
    desk: Client = sign_in(counter.ADVISER)
    page = f"/devis/{offered.quote.id}/"
    for _ in range(2):
        assert desk.post(f"{page}envoyer/").headers["Location"] == page
    assert "Le devis part par e-mail." in desk.get(page).text
    assert offered.stands()[0] == "sent"
    run_worker()
    due()
    run_worker()
    assert [copy.recipient for copy in sink.taken] == [EMAIL, EMAIL]
    assert sink.taken[0].message_id == sink.taken[1].message_id
    received = letter(sink, 1)
    (attached,) = received.iter_attachments()
    pdf = attached.get_content()
    assert hashlib.sha256(pdf).hexdigest() == offered.document.sha256
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", f"{offered.quote.number}.pdf")
    body = received.get_body()
    assert body is not None
    _accept(re.findall(r"https?://[^/\s]+(/\S+)", body.get_content())[0], pdf)
    assert offered.stands() == ("accepted", 2, "")


def _accept(link: str, pdf: bytes) -> None:
    """Follow the link of a letter as its reader does, and accept the second offer."""
    person = Client(enforce_csrf_checks=True)
    page = person.get(link).text
    assert person.get(f"{link}pdf/").content == pdf
    guard = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    told = {"has_read": "on", "option": "2", "csrfmiddlewaretoken": guard}
    assert person.post(f"{link}accepter/", told).status_code == 302


def test_a_quote_is_not_sent_without_an_address_or_a_route_and_the_page_says_what_to_do(
    cast: SimpleNamespace, at: datetime, sign_in: Any, settings: Any
) -> None:
    desk, adviser = sign_in(counter.ADVISER), cast.membership(counter.ADVISER)
    mute, told = (answers.issue(adviser, at, email=email) for email in ("", EMAIL))
    settings.GARDIEN_MAIL = None
    before = answers.rows()
    for offered, sentence in ((mute, "pas donné d’adresse e-mail"), (told, "ne peut pas encore envoyer")):
        answer = desk.post(f"/devis/{offered.quote.id}/envoyer/")
        assert (answer.status_code, sentence in answers.main(answer.text)) == (422, True), answers.main(answer.text)
    assert {**answers.rows(), "django_session": ""} == {**before, "django_session": ""}
