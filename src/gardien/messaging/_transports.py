"""How a message leaves: by SMTP, or as a file in a folder."""

import os
import smtplib
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from .rules import Folder, Outcome, Result, Server

_FIRST_FINAL = 500
_FIRST_TEMPORARY = 400


class Transport(Protocol):
    """Hands over one complete message. It never raises for what the other side does or fails to do."""

    def deliver(self, content: bytes, *, name: str, sender: str, recipient: str) -> Result:
        """Hand `content` over; `name` is a unique name of the message, the same on every attempt."""


def transport(route: Server | Folder) -> Transport:
    """Return the transport of a configured route."""
    return _Smtp(route) if isinstance(route, Server) else _Files(route.path)


class _Files:
    """Writes each message into a file named by its id, so that a second attempt replaces the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, content: bytes, *, name: str, sender: str, recipient: str) -> Result:
        del sender, recipient
        try:
            self._write(content, name)
        except OSError:
            return Result(Outcome.DEFERRED, "folder")
        return Result(Outcome.ACCEPTED, "file")

    def _write(self, content: bytes, name: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self._folder / f".{name}.half"
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.rename(self._folder / f"{name}.eml")


class _Smtp:
    """One connection per message. What goes wrong before the message is offered says nothing about the message."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def deliver(self, content: bytes, *, name: str, sender: str, recipient: str) -> Result:
        del name
        try:
            client = self._connected(sender)
        except (smtplib.SMTPException, OSError) as error:
            return Result(Outcome.DEFERRED, _code(error))
        try:
            client.sendmail(sender, [recipient], content)
        except smtplib.SMTPRecipientsRefused as refused:
            return _answered(refused.recipients[recipient][0])
        except smtplib.SMTPResponseException as refused:
            return _answered(refused.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            return Result(Outcome.UNKNOWN, _code(error))
        else:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
            return Result(Outcome.ACCEPTED, "250")
        finally:
            client.close()

    def _connected(self, sender: str) -> smtplib.SMTP:
        server = self._server
        ours = sender.rpartition("@")[2]
        if server.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, ours, timeout=server.timeout, context=ssl.create_default_context()
            )
        else:
            client = smtplib.SMTP(server.host, server.port, ours, timeout=server.timeout)
        try:
            if server.security == "starttls":
                client.starttls(context=ssl.create_default_context())
            if server.user:
                client.login(server.user, server.password)
        except (smtplib.SMTPException, OSError):
            client.close()
            raise
        return client


def _answered(code: int) -> Result:
    if code >= _FIRST_FINAL:
        return Result(Outcome.REFUSED, str(code))
    return Result(Outcome.DEFERRED if code >= _FIRST_TEMPORARY else Outcome.UNKNOWN, str(code))


def _code(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib calls it a disconnect
        return "timeout"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "not_offered"
    return "dropped" if isinstance(error, smtplib.SMTPServerDisconnected) else "unreachable"
