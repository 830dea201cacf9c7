"""The codes of an application, and sessions that have proved one."""

from typing import Any

from django.test import Client

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.network.rules import totp_code
from gardien.web.shared import limits

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
BY = Actor.program("test")


def code(secret: str, later: int = 0) -> str:
    """Return the code that an application with this secret shows now, or `later` half minutes from now."""
    return totp_code(secret, int(clock.now().timestamp()) // 30 + later)


def sign_in(client: Client, user: Any, *, proved: tuple[str, ...] = ("password", "mfa"), ahead: int = 0) -> Client:
    """Sign a client in as a user whose session proved just now what `proved` lists, and return it.

    `ahead` seconds keep the proof fresh for a long story.
    """
    client.force_login(user, BACKEND)
    session = client.session
    limits.begin(session, clock.now())
    session["account_authentication_methods"] = [
        {"method": each, "at": clock.now().timestamp() + ahead} for each in proved
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
