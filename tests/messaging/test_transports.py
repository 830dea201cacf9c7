"""A message is handed to a folder, or to a server whose certificate is good; a server that is out of order costs no mail."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gardien.messaging._transports import transport
from gardien.messaging.rules import Folder, Outcome, Result, Server
from tests.messaging import post
from tests.messaging.sink import Sink
from tests.reliability.installation import free_port

CONTENT = b"From: a\r\n\r\n.\r\n..b\r\n"
TO = "destinataire1@courriel.example"
TAKEN = Result(Outcome.ACCEPTED, "250")


class AcceptAll:
    """Takes whatever it is handed."""

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802
        return "250 taken"


def deliver(route: Server | Folder, content: bytes = CONTENT) -> Result:
    return transport(route).deliver(content, name="01a2", sender=post.FROM, recipient=TO)


def test_a_folder_gets_one_file_a_message_for_its_owner_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "outbox")
    assert deliver(folder, b"first") == deliver(folder) == Result(Outcome.ACCEPTED, "file")
    (file,) = folder.path.iterdir()
    assert (file.name, file.read_bytes(), file.stat().st_mode & 0o777) == ("01a2.eml", CONTENT, 0o600)
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_costs_no_mail(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    assert deliver(Folder(tmp_path / "outbox")) == Result(Outcome.DEFERRED, "folder")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relais.example")])
    now = dt.datetime.now(dt.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
    )
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.fixture
def relay(certificate: Path) -> Iterator[Callable[..., int]]:
    """Return a function that starts a relay, by TLS from the start or with STARTTLS, and returns its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    started: list[Controller] = []

    def starts(security: str) -> int:
        def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
            return AuthResult(success=data.password == b"sesame", handled=False)

        tls = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
        told = {
            "hostname": "127.0.0.1",
            "port": free_port(),
            "authenticator": check,
            "auth_required": True,
            "auth_require_tls": False,
        }
        started.append(Controller(AcceptAll(), **told, **tls))
        started[-1].start()
        return int(told["port"])

    yield starts
    for each in started:
        each.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the sink's: a relay may ask for both
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_is_trusted_by_its_certificate_and_ours_by_its_password(
    security: Any, relay: Callable[..., int], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = relay(security)
    server = Server("127.0.0.1", port, security, "porteur", "sesame", timeout=5)
    assert deliver(server) == Result(Outcome.DEFERRED, "unreachable")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert deliver(server) == TAKEN
    wrong = Server("127.0.0.1", port, security, "porteur", "serrure", timeout=5)
    assert deliver(wrong) == Result(Outcome.DEFERRED, "535")
    assert deliver(Server("127.0.0.1", port, security, timeout=5)).outcome is not Outcome.ACCEPTED


def test_a_server_without_tls_is_told_nothing() -> None:
    sink = Sink()
    try:
        assert deliver(Server("127.0.0.1", sink.port, "starttls", timeout=5)) == Result(Outcome.DEFERRED, "not_offered")
        assert (dict(sink.attempts), sink.taken) == ({}, [])
        assert deliver(sink.server()) == TAKEN
        assert [copy.content for copy in sink.taken] == [CONTENT]
    finally:
        sink.stop()
