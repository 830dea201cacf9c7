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


@app.periodic(cron="5 22,23 * * *")
@jobs.task("quotes.expire", max_age=timedelta(minutes=10), queueing_lock="quotes.expire")
def expire(timestamp: int) -> None:
    """Queue the end of every repairer's quotes whose last day is over, so that one which fails does so alone.

    The queue's clock is universal time: one of the two hours is just after midnight in Paris, in summer and in winter.
    A night that was missed is made up for by the next one, for whatever is over ends.
    """
    del timestamp
    for repairer in network.repairers():
        jobs.defer("quotes.expire_of", tenant=repairer.id)


@jobs.task("quotes.expire_of", max_age=timedelta(minutes=10))
def expire_of(tenant: str) -> None:
    """End one repairer's quotes whose last day is over; run again it finds none."""
    with scope.entered(UUID(tenant)):
        actions.expire(by=Actor.program("quotes.expire_of"), at=clock.now())
