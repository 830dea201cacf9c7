"""What the tests of accounts share: a way to send, letters and their links, and a request by the form."""

import email
import re
from email import policy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from stdnum import luhn

from gardien.base import scope
from gardien.messaging import queries as outbox
from gardien.messaging.models import Message
from gardien.messaging.rules import Folder
from gardien.network import queries
from gardien.network.rules import PartyKind

SIREN = "00070070" + luhn.calc_check_digit("00070070")
SIRET = SIREN + "0001" + luhn.calc_check_digit(SIREN + "0001")
TOLD = {
    "last_name": "Morin",
    "first_name": "Ana",
    "email": "ana.morin@garage-du-port.example",
    "company": "Garage du Port",
    "siret": SIRET,
    "has_read": "on",
}
FORM = "/compte/demande/"
PASSWORD = "poulie bielle carter culasse 57"


@pytest.fixture
def post_office(settings: Any, tmp_path: Path) -> Path:
    """Let the portal send, into a folder."""
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(tmp_path / "outbox"), "portail@sarvane.example"
    return tmp_path


def letters() -> list[tuple[str, str]]:
    """Return the recipient and the text of each letter of the network that waits, the first one first."""
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        found = list(Message.objects.order_by("prepared_at", "id"))
        return [(outbox.recipient(each), _text(outbox.opened(each.letter, each.id, "letter"))) for each in found]


def _text(raw: bytes) -> str:
    body = email.message_from_bytes(raw, policy=policy.default).get_body()  # type: ignore[attr-defined]
    return str(body.get_content())


def link(text: str) -> str:
    """Return the path of the one link of a letter."""
    (path,) = re.findall(r"https?://[^/\s]+(/\S+)", text)
    return str(path)


def ask(**told: str) -> Any:
    """Send the public form."""
    return Client().post(FORM, {**TOLD, **told})
