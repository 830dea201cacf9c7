"""A letter as bytes: the same every time, and nothing typed becomes a header."""

import hashlib
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest

from gardien.base import ids
from gardien.base.text import Refused
from gardien.messaging import _mime
from gardien.messaging.rules import Attachment
from tests import nasty
from tests.messaging import post

ID = ids.new()
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def composed(**told: Any) -> bytes:
    return _mime.compose(post.letter(**told), ID, post.FROM, AT)


def read(content: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(content, policy=default))


def test_a_letter_is_the_same_bytes_each_time_and_goes_through_seven_bits() -> None:
    content = composed(sender_name="Garage Élan & Fils", title="Votre devis à 99,99 €")
    assert content == composed(sender_name="Garage Élan & Fils", title="Votre devis à 99,99 €")
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_what_is_read_back_is_what_was_written() -> None:
    mail = read(composed(sender_name="Garage Élan, Fils", title="Votre devis à 99,99 €", text="Été\n\nÀ bientôt"))
    assert mail["From"].addresses[0].display_name == "Garage Élan, Fils"
    assert mail["From"].addresses[0].addr_spec == post.FROM
    assert (mail["To"], mail["Reply-To"]) == ("destinataire1@courriel.example", "accueil@tilleul.example")
    assert mail["Subject"] == "Votre devis à 99,99 €"
    assert mail["Message-ID"] == f"<{ID.hex}@gardien.example>"
    assert mail["Date"].datetime == AT
    body = mail.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["Été", "", "À bientôt"]
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("devis-1.pdf", "application/pdf")
    assert hashlib.sha256(attached.get_content()).hexdigest() == post.about().document_sha256


HEADERS = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}


FIELDS = ("title", "sender_name", "text", "attachment")


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("field", FIELDS)
def test_nothing_that_people_type_becomes_a_header_or_another_recipient(field: str, every: int) -> None:
    planted = [(name, value) for name, value in nasty.load() if len(value) < 400]
    planted += [
        ("encoded", "=?utf-8?q?a=0D=0ABcc:_x@ailleurs.example?="),
        ("half", "=" * 3 + "?utf-8?b?DQpCY2M6IHg=?="),
    ]
    planted += [("injection", "a\r\nBcc: x@ailleurs.example"), ("bare", "a\nTo: x@ailleurs.example\n\nbody")]
    passed, plain, turn = 0, planted[:-4], FIELDS.index(field) % every
    for name, value in [*plain[turn::every], *planted[-4:]]:
        try:
            told = Attachment(value, post.pdf()) if field == "attachment" else value
            mail = read(composed(**{field: told}))
        except Refused:
            continue
        passed += 1
        assert (name, set(mail.keys()) - {"Content-Transfer-Encoding"}) == (name, HEADERS)
        assert (name, str(mail["To"])) == (name, "destinataire1@courriel.example")
    assert passed > 150 / every


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@courriel.example",
        "élodie@courriel.example",
        "mıke@courriel.example",
        "a@b@courriel.example",
        "a b@courriel.example",
        "a\r\nBcc: x@ailleurs.example",
        "a@courriel.example, x@ailleurs.example",
        "a@courriel.example>",
        '"a b"@courriel.example',
        f"{'a' * 250}@courriel.example",
        "a@" + "b" * 70 + ".example",
    ],
)
def test_what_is_no_address_of_one_mailbox_is_refused(address: str) -> None:
    with pytest.raises(_mime.NotAnAddressError) as refusal:
        _mime.envelope_address(address)
    assert address == "" or address not in str(refusal.value)


def test_a_domain_with_accents_is_written_in_punycode() -> None:
    assert _mime.envelope_address(" elodie@Garage-Élan.example ") == "elodie@xn--garage-lan-h7a.example"
    assert _mime.envelope_address("Elodie.M@Courriel.example") == "Elodie.M@courriel.example"
