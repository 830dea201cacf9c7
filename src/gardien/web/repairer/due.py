"""The garage's calendar: what falls due of its customers' data."""

from django.http import HttpResponse

from gardien.web.shared import due
from gardien.web.shared.access import Request, page


@page("retention.calendar")
def calendar(request: Request) -> HttpResponse:
    """Show what falls due under the customers' clauses, and what the last nights took back."""
    return due.page_of(request)
