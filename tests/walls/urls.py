"""The portal's addresses, and three pages that fail in the middle of their work."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from gardien.portal import urls
from gardien.web.shared.access import Request, actor, page, site

handler404, handler500 = urls.handler404, urls.handler500


@page("home.view")
def fails_after_writing(request: Request) -> HttpResponse:
    """Write a customer's reading, then fail."""
    from gardien.base import clock
    from gardien.commitment import documents
    from gardien.commitment import queries as commitment
    from gardien.consent import actions as consent
    from gardien.quotes.queries import paper

    at = clock.now()
    wording = documents.reading(
        commitment.in_force(clock.legal_day(at)), paper.controller(site(request).repairer), "fr"
    )
    consent.record_reading(wording=wording, by=actor(request), at=at)
    raise RuntimeError


@page("home.view")
def takes_too_long(request: Request) -> HttpResponse:
    """Have the database end the statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse()


@page("home.view")
def loses_its_connection(request: HttpRequest) -> HttpResponse:
    """Have the server end the connection of this request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


urlpatterns = [
    *urls.urlpatterns,
    path("essai/erreur/", fails_after_writing),
    path("essai/attente/", takes_too_long),
    path("essai/coupure/", loses_its_connection),
]
