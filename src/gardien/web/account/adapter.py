"""How allauth serves this portal."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by the network; nobody signs up, and signing in and out says nothing."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: no page opens an account."""
        del request
        return False

    def authenticate(self, request: HttpRequest, **credentials: object) -> object:
        """Return the user of right credentials; one who may not sign in is answered as for a wrong password."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def add_message(self, *args: object, **values: object) -> None:
        """Say nothing: the next page shows well enough who is signed in."""
