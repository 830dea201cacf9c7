"""Sessions in the database, found only by keys that Django can have made."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS


class SessionStore(db.SessionStore):
    """Takes a cookie of any other form for no session: a NUL in it would reach the database and fail there."""

    def _validate_session_key(self, key: object) -> bool:
        return isinstance(key, str) and bool(key) and set(key) <= set(VALID_KEY_CHARS)


def forget_ended(*, at: datetime) -> int:
    """Delete the sessions whose time is over at `at`, and return how many: Django does so only when told."""
    return int(SessionStore.get_model_class().objects.filter(expire_date__lt=at).delete()[0])
