"""What those who watch over the commitment see so far: each clause and the code that keeps it."""

from django.http import HttpResponse
from django.shortcuts import render

from gardien.base import clock
from gardien.commitment import documents, status
from gardien.commitment import queries as commitment
from gardien.web.shared.access import Request, page


@page("clauses.view")
def clauses(request: Request) -> HttpResponse:
    """Show the clauses of the version in force with their keepers."""
    version = commitment.in_force(clock.legal_day(clock.now()))
    kept = status.kept(version)
    rows = [{**clause, "keepers": status.keepers(clause["id"])} for clause in documents.outline(version, "fr")]
    return render(request, "privacy/clauses.html", {"version": version, "clauses": rows, "kept": len(kept)})
