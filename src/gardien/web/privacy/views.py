"""What those who watch over the commitment see: each clause and the code that keeps it, and what falls due."""

from django.http import HttpResponse
from django.shortcuts import render

from gardien.base import clock
from gardien.commitment import documents, status
from gardien.commitment import queries as commitment
from gardien.web.shared import due
from gardien.web.shared.access import Request, page


@page("clauses.view")
def clauses(request: Request) -> HttpResponse:
    """Show the clauses of the version in force with their keepers."""
    version = commitment.in_force(clock.legal_day(clock.now()))
    kept = status.kept(version)
    rows = [{**clause, "keepers": status.keepers(clause["id"])} for clause in documents.outline(version, "fr")]
    return render(request, "privacy/clauses.html", {"version": version, "clauses": rows, "kept": len(kept)})


@page("retention.users_calendar")
def users_calendar(request: Request) -> HttpResponse:
    """Show what falls due under the users' clauses, and what the last nights took back."""
    return due.page_of(request)
