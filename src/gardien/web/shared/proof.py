"""What a session has proved of its user: a second factor where the role needs one, and how lately."""

from datetime import timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import logout

from gardien.base import clock
from gardien.network import queries as network

SECOND = "mfa"
"""The method under which allauth records a second factor."""


def is_missing(request: Any) -> bool:
    """Say whether the user's roles need a second factor and there is none."""
    return network.needs_second_factor(request.memberships) and not network.second_factors(request.user)


def is_stale(request: Any) -> bool:
    """End, and say so, a session opened without the second factor that its user has meanwhile and needs."""
    if not network.needs_second_factor(request.memberships) or SECOND in _methods(request):
        return False
    if not network.second_factors(request.user):
        return False
    logout(request)
    return True


def is_recent(request: Any) -> bool:
    """Say whether the session's user proved who they are within the time that sensitive pages allow."""
    records = get_authentication_records(request, request.user)
    since = clock.now() - timedelta(minutes=settings.GARDIEN_PROOF_MINUTES)
    return bool(records) and records[-1]["at"] >= since.timestamp()


def _methods(request: Any) -> set[str]:
    return {record["method"] for record in get_authentication_records(request, request.user)}
