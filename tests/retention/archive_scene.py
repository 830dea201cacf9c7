"""People whose time is over, what is held of them, and what the archive then keeps."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from gardien.base import clock, scope
from gardien.base.actor import Actor
from gardien.base.crypto import Unreadable
from gardien.network import queries as network
from gardien.network.rules import PartyKind
from gardien.retention.actions import _archiving
from gardien.retention.rules import Leaving
from gardien.standing import actions as standing
from gardien.standing import queries
from gardien.standing.models import Archived, Closure, Hold
from gardien.standing.rules import Ground, Motive
from tests import scene

CLAUSE = "client.retention.quotes"
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
DUE = datetime(2026, 5, 31, 22, tzinfo=UTC)
DAY = date(2026, 6, 2)
LAST = date(2031, 6, 1)
INVOICED = ("last_name", "first_name", "address")
PROGRAM = Actor.program("sweep")
TOLD = {
    "last_name": "Lhôte",
    "first_name": "Zoé",
    "street": "14 rue des Tamaris",
    "postcode": "58200",
    "city": "Orval",
    "email": "zoe.lhote@courriel.example",
    "mobile": "+33639981234",
}

__all__ = ["Repairer", "Unreadable"]


class Repairer:
    """One repairer's counter, each call in a transaction of its own."""

    def __init__(self, membership: Any) -> None:
        self.membership = membership
        self.id = network.controller(membership)
        self.by = network.actor(membership)

    def customer(self, plate: str = "GH-482-KL", **told: Any) -> Any:
        """Record a customer, with all that may be told."""
        with scope.entered(self.id):
            return scene.customer(self.membership, AT, plate, **(TOLD | told))

    def hold(self, subject: str, *categories: str, ground: Ground = Ground.BILLING, until: date = LAST) -> list[Hold]:
        """Hold categories of a person's data on one ground."""
        about = {"subject": subject, "ground": ground, "legal_reference": "C. com., L123-22", "until_date": until}
        with scope.entered(self.id):
            return [standing.hold(**about, category=each, by=self.by, at=AT) for each in categories]

    def keep(self, *people: tuple[str, ...], clause: str = CLAUSE, day: date = DAY) -> None:
        """Archive what is held of people, each told by all their references, the one kept first."""
        leaving = [Leaving(references[0], references, DUE) for references in people]
        with scope.entered(self.id):
            _archiving.keep(leaving, clause=clause, as_of=day, at=AT)

    def release(self, day: date) -> int:
        """Let go of what no hold keeps any more."""
        with scope.entered(self.id):
            return _archiving.release(as_of=day, by=PROGRAM, at=AT)

    def close(self, *references: str) -> None:
        """Write that people's records are gone."""
        with scope.entered(self.id):
            for reference in references:
                Closure.objects.create(subject=reference, ended_at=AT)

    def archived(self) -> list[Archived]:
        """Return what is archived, in the order of the holds."""
        with scope.entered(self.id):
            return list(Archived.objects.select_related("hold").order_by("hold__category", "hold_id"))

    def fields(self, archived: Archived) -> Any:
        """Open what is archived."""
        with scope.entered(self.id):
            context = queries.archive_context(archived.id)
        return json.loads(settings.GARDIEN_KEYRING.open_(bytes(archived.sealed), context=context))

    def kept(self) -> dict[str, Any]:
        """Return what is archived, opened, by category."""
        return {each.hold.category: self.fields(each) for each in self.archived()}

    def count(self, model: Any, **where: Any) -> int:
        """Count rows."""
        with scope.entered(self.id):
            return int(model.objects.filter(**where).count())


def played(membership: Any, at: datetime) -> UUID:
    """Archive something of a customer and of a user, look at it, and let something else go; return the customer's row.

    Enters the scopes itself.
    """
    by, day = network.actor(membership), clock.legal_day(at)
    with scope.entered(network.controller(membership)):
        stays, goes = (scene.customer(membership, at, plate, **TOLD) for plate in ("KX-106-AA", "KX-107-AA"))
        _hold(goes.reference, "last_name", day, by, at)
        _keep(goes.reference, CLAUSE, at)
        _archiving.release(as_of=day + timedelta(days=1), by=PROGRAM, at=at)
        kept = opened(stays, by, at)
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        _hold(membership.user.reference, "email", day + timedelta(days=900), by, at)
        _keep(membership.user.reference, "user.retention.contact", at)
    return kept


def opened(of: Any, by: Actor, at: datetime) -> UUID:
    """Archive a customer's name and look at it; return its row. Call inside a scope."""
    _hold(of.reference, "last_name", clock.legal_day(at) + timedelta(days=900), by, at)
    _keep(of.reference, CLAUSE, at)
    kept = Archived.objects.get(subject=of.reference).id
    standing.consult(archived_id=kept, motive=Motive.BILLING, explanation="R-118", by=by, at=at)
    return kept


def left(known: Any, by: Actor, at: datetime) -> UUID:
    """Archive a customer's address, quotes and what is held already, for pages to show; return the address's row."""
    for category in ("address", "derived:quote"):
        _hold(known.reference, category, clock.legal_day(at) + timedelta(days=900), by, at)
    _keep(known.reference, CLAUSE, at)
    return Archived.objects.get(hold__category="address").id


def _hold(subject: str, category: str, until: date, by: Actor, at: datetime) -> None:
    about = {"subject": subject, "ground": Ground.BILLING, "legal_reference": "C. com., L123-22"}
    standing.hold(**about, category=category, until_date=until, by=by, at=at)


def _keep(subject: str, clause: str, at: datetime) -> None:
    _archiving.keep([Leaving(subject, (subject,), at)], clause=clause, as_of=clock.legal_day(at), at=at)
