"""Sessions in the database, found only by keys that Django can have made."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS


class SessionStore(db.SessionStore):
    """Takes a cookie of any other form for no session: a NUL in it would reach the database and fail there."""

    def _validate_session_key(self, key: object) -> bool:
        return isinstance(key, str) and bool(key) and set(key) <= set(VALID_KEY_CHARS)
