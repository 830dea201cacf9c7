"""How allauth serves this portal."""

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.network import actions as network
from gardien.network import queries
from gardien.network.rules import Kind
from gardien.web.shared import letters, limits, sender

SEALED = b"web.account.second_factor"
BY = Actor.program("account")
STOOD = "account_stood"
"""Of the session: what sessions of the account proved when its password was typed."""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by the network; nobody signs up, and signing in and out says nothing."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many attempts. Wait at least a minute, longer after each try; after ten in a row, ask the network."
        ),
        "too_many_letters": _(
            "Enough letters for today: look at your mail, also among unwanted letters, or ask the network."
        ),
        "enter_current_password": _("This is not your present password. Type it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: no page opens an account."""
        del request
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer every request with a page."""
        del request
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address of the link in a letter: an account's id and a key that is signed for it."""
        user_id, _, signed = key.partition("-")
        address: str = self.request.build_absolute_uri(
            reverse("account_reset_password_from_key", args=[user_id, signed])
        )
        return address

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Put the letter into the outbox; it goes to the address of the account, never to the one that was typed."""
        del email
        letters.to_renew(user, context["password_reset_url"], by=BY, at=clock.now())

    def set_password(self, user: Any, password: str) -> None:
        """Change a password, forgotten or not."""
        changed = network.change_password(user_id=user.id, password=password, by=BY, at=clock.now())
        user.password, user.session_stamp = changed.password, changed.session_stamp

    def add_message(self, *args: object, **values: object) -> None:
        """Say nothing: the next page shows well enough who is signed in."""

    def pre_login(self, request: HttpRequest, user: Any, **values: Any) -> HttpResponse | None:
        """Remember as what the account stood when its password was typed; a second factor may still be asked for."""
        request.session[STOOD] = user.get_session_auth_hash()
        answer: HttpResponse | None = super().pre_login(request, user, **values)
        return answer

    def login(self, request: HttpRequest, user: Any) -> None:
        """Open the session of who has proved all that their role needs, and record that they signed in, together.

        A new password, an end of all sessions or a suspension since the password was typed makes that void.
        """
        stood = request.session.pop(STOOD, None)
        if not user.is_active or stood != user.get_session_auth_hash():
            clear_login(request)
            messages.error(request, str(self.error_messages["email_password_mismatch"]))
            raise ImmediateHttpResponse(redirect("account_login"))
        at = clock.now()
        with transaction.atomic():
            super().login(request, user)
            limits.begin(request.session, at)
            network.record_sign_in(user=user, by=BY, at=at)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the active user of these credentials, or None; refuse too many attempts without looking at them.

        An address nobody has and an account that is not active take the way and the time of a wrong password.
        """
        at = clock.now()
        try:
            attempts = [
                network.Attempt(Kind.ADDRESS, sender.address(request), at=at),
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
