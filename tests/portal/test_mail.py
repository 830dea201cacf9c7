"""Where mail goes, read from one address that may hold a password."""

from pathlib import Path

import pytest

from gardien.messaging.rules import Folder, Server
from gardien.portal import mail
from gardien.portal.config import SettingRefusedError, read
from tests import nasty

OUTBOX = Path("/srv/outbox")
URL, FROM = "GARDIEN_MAIL_URL", "GARDIEN_MAIL_FROM"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", None),
        ("file:", Folder(OUTBOX)),
        ("smtp://relais.example", Server("relais.example", 587, "starttls")),
        ("smtps://relais.example", Server("relais.example", 465, "tls")),
        ("smtp://127.0.0.1:2525", Server("127.0.0.1", 2525, "none")),
        ("smtp://localhost?timeout=2.5", Server("localhost", 587, "none", timeout=2.5)),
        (
            "smtps://porte%40il:s%3Ae%2Fcret@relais.example:4650/",
            Server("relais.example", 4650, "tls", "porte@il", "s:e/cret"),
        ),
    ],
)
def test_an_address_names_a_server_or_a_folder(url: str, expected: Server | Folder | None) -> None:
    assert mail.route(url, OUTBOX) == expected


@pytest.mark.parametrize(
    "url",
    [
        "relais.example",
        "http://relais.example",
        "smtp://",
        "smtp://relais.example:port",
        "smtp://relais.example:70000",
        "smtp://relais.example/dossier",
        "smtp://relais.example?timeout=vite",
        "smtp://relais.example?timeout=0",
        "smtp://relais.example?timeout=nan",
        "file:///tmp/outbox",
        "smtp://[::1",
        "smtp://porteur:s%C3%A9same@relais.example",
    ],
)
def test_another_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingRefusedError) as refusal:
        read({URL: url, FROM: "portail@gardien.example"})
    assert str(refusal.value).startswith(URL)
    assert url.removeprefix("smtp://") not in str(refusal.value) or url == "smtp://"


def test_a_nasty_address_is_read_or_refused_by_its_variable() -> None:
    for name, text in nasty.load():
        try:
            read({URL: f"smtp://porteur:{text}@relais.example"})
        except SettingRefusedError as refusal:
            assert (name, len(text) < 9 or text not in str(refusal)) == (name, True)


def test_a_password_is_never_shown() -> None:
    route = mail.route("smtps://porteur:sesame@relais.example", OUTBOX)
    assert "sesame" not in repr(route)


def test_mail_without_a_sender_of_its_own_is_refused() -> None:
    with pytest.raises(SettingRefusedError) as refusal:
        _ = read({URL: "file:"}).mail_route
    assert str(refusal.value).startswith(FROM)
    told = read({URL: "file:", FROM: "portail@gardien.example", "GARDIEN_HOME": "/srv"})
    assert told.mail_route == Folder(Path("/srv/outbox"))
    assert read({}).mail_route is None
