"""The portal's addresses, pages that fail in the middle of their work, and two that fail once it is committed."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from gardien.portal import urls
from gardien.web.shared.access import Request, actor, page, site

handler404, handler500 = urls.handler404, urls.handler500


def write(request: Request) -> None:
    """Write a customer's reading in the scope of who asks."""
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


def fail() -> None:
    """Fail."""
    raise RuntimeError


@page("home.view")
def fails_after_writing(request: Request) -> HttpResponse:
    """Write, then fail."""
    write(request)
    raise RuntimeError


@page("home.view")
def fails_once_committed(request: Request) -> HttpResponse:
    """Write, and fail when the transaction has committed."""
    write(request)
    transaction.on_commit(fail)
    return HttpResponse()


@page("home.view")
def goes_on_once_committed(request: Request) -> StreamingHttpResponse:
    """Write, and send an answer that goes on when the transaction has committed, for clients who leave before its end."""
    write(request)

    def pieces() -> Iterator[bytes]:
        for _ in range(1_000):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM customers_customer")
                yield str(cursor.fetchone()).encode()

    return StreamingHttpResponse(pieces())


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
    path("essai/apres/", fails_once_committed),
    path("essai/depart/", goes_on_once_committed),
]
