"""What is left where somebody's time was over: a row in each table that the sweep writes for a controller."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from gardien.base import clock, ids
from gardien.base.actor import Actor
from gardien.retention.models import Outlook, Quarantined, Twin
from gardien.standing import actions as standing
from gardien.standing import queries
from gardien.standing.models import Archived, Closure, Consultation
from gardien.standing.rules import Ground, Motive

CLAUSE = "client.retention.quotes"


def left(by: Actor, at: datetime) -> UUID:
    """Leave something archived, a record that resisted, a twin and an outlook; return what is archived. Call in a scope."""
    kept = archived(by, at, "Quetzal")
    Quarantined.objects.create(clause=CLAUSE, key=kept.subject, cause="23503 some_constraint", found_at=at)
    Twin.objects.create(kind="quote", level=1, period="2026-Q1", department="992", size="205/55R16", amount=100)
    Outlook.objects.update_or_create(defaults={"taken_at": at, "figures": [], "months": []})
    return kept.id


def archived(by: Actor, at: datetime, name: str) -> Archived:
    """Leave a closed record, what a hold keeps of it, which tells a name, and who looked; call in a scope."""
    gone = ids.reference("C")
    until: dict[str, Any] = {"legal_reference": "garantie", "until_date": clock.legal_day(at)}
    hold = standing.hold(subject=gone, ground=Ground.WARRANTY, category="derived:quote", **until, by=by, at=at)
    warned: dict[str, Any] = {"clause": CLAUSE, "due_at": at, "message_id": None}
    standing.warn(warning_id=ids.new(), subject=gone, **warned, by=by, at=at)
    Closure.objects.create(subject=gone, last_at=at, ended_at=at)
    kept = Archived(subject=gone, hold=hold, clause=CLAUSE, due_at=at, archived_at=at)
    fields = json.dumps({"customers.Customer": [{"last_name": name}]}).encode()
    kept.sealed = settings.GARDIEN_KEYRING.seal(fields, context=queries.archive_context(kept.id))
    kept.save()
    Consultation.objects.create(
        subject=gone,
        archived_id=kept.id,
        motive=Motive.WARRANTY,
        explanation="one claim",
        consulted_at=at,
        consulted_by_id=by.id,
    )
    return kept
