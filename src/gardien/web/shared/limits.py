"""How long a session lasts: a time without a request, and a time in all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from gardien.base import clock

BEGAN, SEEN = "began_at", "seen_at"
"""Of the session: when its user signed in, and when they last asked for something, to the minute."""
_WRITTEN_AFTER = timedelta(minutes=1)


def limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End a session that is over before anything is served, whatever its cookie or its row say."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            at = clock.now()
            if is_over(request.session, at):
                logout(request)
            else:
                _see(request.session, at)
        return get_response(request)

    return handle


def is_over(session: Any, at: datetime) -> bool:
    """Say whether the session was idle, or lasted, for too long at `at`."""
    began, seen = session.get(BEGAN), session.get(SEEN)
    idle = timedelta(minutes=settings.GARDIEN_IDLE_MINUTES)
    longest = timedelta(hours=settings.GARDIEN_SESSION_HOURS)
    return (began is not None and at >= datetime.fromisoformat(began) + longest) or (
        seen is not None and at >= datetime.fromisoformat(seen) + idle
    )


def _see(session: Any, at: datetime) -> None:
    """Remember this request; a write a minute is enough."""
    session.setdefault(BEGAN, at.isoformat())
    if SEEN not in session or at - datetime.fromisoformat(session[SEEN]) >= _WRITTEN_AFTER:
        session[SEEN] = at.isoformat()
