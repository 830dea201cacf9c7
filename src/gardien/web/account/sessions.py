"""The sessions of one account, found in the table of sessions without another record of who was where.

No address and no browser's name is kept. The table holds the sessions of half a day; it is read through when somebody
opens their account, which costs about a tenth of a millisecond a session (docs/decisions/0022).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY

from gardien.base import clock
from gardien.web.shared.access import Request
from gardien.web.shared.sessions import SessionStore


@dataclass(frozen=True)
class Seen:
    """A session of one's own; `handle` names it on the page and opens nothing."""

    handle: str
    written_at: datetime
    is_this: bool


def of(request: Request) -> list[Seen]:
    """Return the user's sessions that still open something, the present one first, then the latest written."""
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found = [
        Seen(_handle(row.session_key), row.expire_date - age, row.session_key == request.session.session_key)
        for row in _own(request)
    ]
    return sorted(found, key=lambda seen: (not seen.is_this, -seen.written_at.timestamp()))


def end(request: Request, handle: str) -> bool:
    """End the user's session of this handle, but the present one; say whether there was one."""
    for row in _own(request):
        if _handle(row.session_key) == handle and row.session_key != request.session.session_key:
            row.delete()
            return True
    return False


def _own(request: Request) -> Iterator[Any]:
    """Return the rows of the user's live sessions; those of before a new password or stamp open nothing."""
    proof, wanted = request.user.get_session_auth_hash(), str(request.user.pk)
    store = SessionStore()
    for row in SessionStore.get_model_class().objects.filter(expire_date__gt=clock.now()).iterator():
        held = store.decode(row.session_data)
        if held.get(SESSION_KEY) == wanted and held.get(HASH_SESSION_KEY) == proof:
            yield row


def _handle(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]
