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


def begin(session: Any, at: datetime) -> None:
    """Let both times run from `at`, when the session's user signs in."""
    session[BEGAN] = session[SEEN] = at.isoformat()


def is_over(session: Any, at: datetime) -> bool:
    """Say whether the session was idle, or lasted, for too long at `at`, or does not say since when it does."""
    if BEGAN not in session or SEEN not in session:
        return True
    idle = timedelta(minutes=settings.GARDIEN_IDLE_MINUTES)
    longest = timedelta(hours=settings.GARDIEN_SESSION_HOURS)
    began, seen = datetime.fromisoformat(session[BEGAN]), datetime.fromisoformat(session[SEEN])
    return at >= began + longest or at >= seen + idle


def _see(session: Any, at: datetime) -> None:
    """Remember this request; a write a minute is enough."""
    if at - datetime.fromisoformat(session[SEEN]) >= _WRITTEN_AFTER:
        session[SEEN] = at.isoformat()
