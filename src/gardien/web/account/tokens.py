"""The keys by which a forgotten password is replaced; apart from the pages, for allauth reads it before them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from gardien.base import clock


class Tokens(PasswordResetTokenGenerator):
    """Keys of 128 bits for one account as it stands: a new password, a sign-in or a suspension makes them void."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_stamp}{user.state}"

    def _now(self) -> datetime:
        """Count in universal time: an hour is one hour on the days on which clocks are changed, too."""
        return clock.now().replace(tzinfo=None)
