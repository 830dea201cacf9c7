"""Where a request comes from, as attempts are counted by it."""

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """Return the network address of who asks, behind the proxies of the settings; of IPv6 a subscriber's part."""
    sender: str = truncate_ip(get_adapter().get_client_ip(request))
    return sender
