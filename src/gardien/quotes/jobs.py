"""Jobs of quotes."""

import hashlib
from datetime import timedelta
from uuid import UUID

from procrastinate.contrib.django import app

from gardien.base import clock, jobs, scope
from gardien.base.actor import Actor
from gardien.network import queries as network

from . import actions, queries


class AlteredDocumentError(RuntimeError):
    """A stored quote is no longer the one that was frozen."""


@jobs.task("quotes.verify", max_age=timedelta(minutes=1))
def verify(tenant: str, quote: str) -> None:
    """Open the stored PDF of an issued quote and see that it is, to the byte, the one that was frozen."""
    with scope.entered(UUID(tenant)):
        document = queries.document(UUID(quote))
        if hashlib.sha256(queries.pdf(document)).hexdigest() != document.sha256:
            raise AlteredDocumentError
        actions.mark_verified(document=document, by=Actor.program("quotes.verify"), at=clock.now())


@app.periodic(cron="5 0 * * *")
@jobs.task("quotes.expire", max_age=timedelta(minutes=10), queueing_lock="quotes.expire")
def expire(timestamp: int) -> None:
    """End every repairer's quotes whose last day is over, one repairer and one transaction at a time."""
    del timestamp
    at = clock.now()
    for repairer in network.repairers():
        with scope.entered(repairer.id):
            actions.expire(by=Actor.program("quotes.expire"), at=at)
