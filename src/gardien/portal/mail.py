"""Where mail goes, read from one address in the settings."""

from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from gardien.messaging.rules import Folder, Server

Route = Server | Folder
FILE = "file:"
PORTS = {"smtp": 587, "smtps": 465}
HERE = {"localhost", "127.0.0.1", "::1"}
EXPECTED = "expected smtp://USER:PASSWORD@HOST:PORT, smtps:// with the same, or file:"
DEFAULT_SECONDS = "20"
LONGEST = 1000


def checked(url: str) -> str:
    """Return `url` if `route` can read it; the ValueError repeats nothing of it, for it may hold a password."""
    route(url, Path())
    return url


def route(url: str, outbox: Path) -> Route | None:
    """Return the server or folder that `url` names, None if it is empty.

    `smtps` speaks TLS from the start (port 465); `smtp` (port 587) goes over to TLS and refuses a server that does not,
    unless that server is this very machine. `?timeout=SECONDS` bounds each wait for an answer. Raises ValueError, for
    what is not ASCII too.
    """
    if not url:
        return None
    if url == FILE:
        return Folder(outbox)
    if len(url) > LONGEST or not unquote(url).isascii():  # smtplib signs in with ASCII only
        raise ValueError(EXPECTED)
    try:
        parts = urlsplit(url)
        port, timeout = parts.port, float(parse_qs(parts.query).get("timeout", [DEFAULT_SECONDS])[0])
    except ValueError:
        raise ValueError(EXPECTED) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or not timeout > 0:
        raise ValueError(EXPECTED)
    return Server(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        security=_security(parts),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        timeout=timeout,
    )


def _security(parts: SplitResult) -> Literal["tls", "starttls", "none"]:
    if parts.scheme == "smtps":
        return "tls"
    return "none" if parts.hostname in HERE else "starttls"
