"""Jobs of quotes."""

import hashlib
from uuid import UUID

from procrastinate.contrib.django import app

from gardien.base import clock, jobs, scope
from gardien.base.actor import Actor

from . import actions, queries


class AlteredDocumentError(RuntimeError):
    """A stored quote is no longer the one that was frozen."""


@app.task(name="quotes.verify", retry=jobs.RETRY)
def verify(tenant: str, quote: str) -> None:
    """Open the stored PDF of an issued quote and see that it is, to the byte, the one that was frozen."""
    with scope.entered(UUID(tenant)):
        document = queries.document(UUID(quote))
        if hashlib.sha256(queries.pdf(document)).hexdigest() != document.sha256:
            raise AlteredDocumentError
        actions.mark_verified(document=document, by=Actor.program("quotes.verify"), at=clock.now())
