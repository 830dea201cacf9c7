"""Telling the journal of the network, the controller of users' data, whoever acts."""

from datetime import datetime
from uuid import UUID

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal

from .. import queries
from ..rules import PartyKind, Tag


def tell(tag: Tag, by: Actor, at: datetime, subject: str = "", **references: UUID | str | int) -> None:
    """Append an entry on behalf of the network; the present scope, if there is one, must be its own."""
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        journal.record(tag, by=by, at=at, subject=subject, **references)
