"""How allauth serves this portal."""

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gardien.base import clock
from gardien.network import actions as network
from gardien.network import queries
from gardien.network.rules import Kind

SEALED = b"web.account.second_factor"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by the network; nobody signs up, and signing in and out says nothing."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many attempts. Wait at least a minute, longer after each try; after ten in a row, ask the network."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: no page opens an account."""
        del request
        return False

    def add_message(self, *args: object, **values: object) -> None:
        """Say nothing: the next page shows well enough who is signed in."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the active user of these credentials, or None; refuse too many attempts without looking at them.

        An address nobody has and an account that is not active take the way and the time of a wrong password.
        """
        at = clock.now()
        try:
            attempts = [
                network.Attempt(Kind.ADDRESS, truncate_ip(self.get_client_ip(request)), at=at),
                network.Attempt(Kind.PASSWORD, credentials["email"], at=at),
            ]
        except network.TooManyAttemptsError:
            raise self.validation_error("too_many_login_attempts") from None
        user = super().authenticate(request, **credentials)
        if user is None or not user.is_active:
            return None
        for attempt in attempts:
            attempt.succeed()
        return user


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the secrets of second factors, and keeps one where the user's role needs it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong or was used. Type the one that your application shows now."),
        "cannot_delete_authenticator": _("Your role needs it: add another application or passkey first."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret under the installation's envelope key."""
        return b64encode(settings.GARDIEN_KEYRING.seal(text.encode(), context=SEALED)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed."""
        return settings.GARDIEN_KEYRING.open_(b64decode(encrypted_text), context=SEALED).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Refuse to take away the last means of somebody whose role needs one."""
        user = authenticator.user
        if not queries.needs_second_factor(queries.memberships(user, clock.now())):
            return True
        return queries.second_factors(user) > 1
