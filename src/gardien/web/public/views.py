"""Pages for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gardien.base import clock
from gardien.commitment import documents
from gardien.commitment import queries as commitment


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """Show the commitment in force."""
    version = commitment.in_force(clock.legal_day(clock.now()))
    return render(request, "public/notice.html", {"version": version, "clauses": documents.outline(version, "fr")})
