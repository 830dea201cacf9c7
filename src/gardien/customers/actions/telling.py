"""What a customer tells about themselves: taken down, corrected, and kept while it is being typed."""

import json
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gardien.base import ledger, scope
from gardien.base.actor import Actor
from gardien.base.text import fold
from gardien.consent.models import Reading
from gardien.journal import actions as journal
from gardien.standing import actions as standing
from gardien.standing.rules import Event

from ..models import Customer, IntakeDraft
from ..queries import NotReadByError, intakes
from ..queries.drafts import read_by, seal_context
from ..rules import Again, Details, Tag, VehicleDetails, checked, columns, meet
from . import _locks, _rows, _search

LONGEST_DRAFT = 64 * 1024


class AlreadyKnownError(ValueError):
    """The wording was read to a customer who is known already: correct their record instead."""


class DraftTooLongError(ValueError):
    """What was typed is longer than any intake: more than `LONGEST_DRAFT` bytes."""


class StaleError(ValueError):
    """Somebody else changed the same fact since the form was shown: `fields` differ, `present` is what stands now.

    Nothing was changed. Its text names the fields and no value, so that no log quotes a person.
    """

    def __init__(self, fields: tuple[str, ...], present: Details) -> None:
        """Refuse because of `fields` of `Details`."""
        super().__init__(", ".join(fields))
        self.fields = fields
        self.present = present


@transaction.atomic
def record(*, details: Details, vehicle: VehicleDetails | None, reading: Reading, by: Actor, at: datetime) -> Customer:
    """Record a customer of the present repairer under the reference that `reading` reserved; their clock starts.

    Recording the same reading again returns the customer already recorded, unchanged: a form sent twice
    has one effect. Raises `NotReadByError` where another person read the wording, `AlreadyKnownError`,
    `scope.RestrictedError` where the customer is restricted meanwhile, and what `rules.checked` refuses.
    """
    if by.id is None or reading.read_by_id != by.id:
        raise NotReadByError
    _locks.intake(reading.id)
    IntakeDraft.objects.filter(reading_id=reading.id).delete()
    known = intakes.recorded(reading.subject)
    if known is not None and known.reading_id != reading.id:
        raise AlreadyKnownError
    if known is not None:
        return known
    customer = Customer.objects.create(
        **_stored(checked(details)), reading_id=reading.id, reference=reading.subject, told_at=at, told_to_id=by.id
    )
    if vehicle:
        _rows.vehicle(customer, vehicle, at)
    _search.write(customer)
    standing.record_activity(subject=customer.reference, event=Event.DETAILS_TOLD, source_id=customer.id, by=by, at=at)
    journal.record(Tag.TOLD, by=by, at=at, subject=customer.reference, reading=reading.id)
    return customer


@transaction.atomic
def correct(*, customer_id: UUID, details: Details, seen: Details, by: Actor, at: datetime) -> Customer:
    """Correct a record; `seen` is what the form showed before it was changed. A correction moves no clock.

    What the form left as it was stays as it is now, so that two advisers' changes to different facts both stay. A fact
    that somebody else changed otherwise in the meantime (`rules.meet`) is refused with `StaleError`, and nothing is
    changed. Raises `NoSuchCustomerError`, and what `rules.checked` refuses.
    """
    customer = _locks.persons(customer_id)[customer_id]
    present = customer.details
    corrected, conflicts = meet(seen=seen, told=checked(details), present=present)
    if conflicts:
        raise StaleError(conflicts, present)
    if columns(corrected) == columns(present):
        return customer
    stored = _stored(checked(corrected))
    ledger.write(
        Again.RECTIFIED, controller=scope.current(), subjects=[customer.reference], values={"stored": stored}, at=at
    )
    _rows.correct(customer, stored, by, at)
    return customer


@transaction.atomic
def save_intake_draft(*, reading_id: UUID, typed: dict[str, str], by: Actor, at: datetime) -> None:
    """Keep what is typed after a reading, by the names of the form's fields, sealed and for its reader alone.

    Nothing has been told yet: the journal knows of the reading. `record` deletes it, and what arrives after that is
    not kept. Raises `NotReadByError`, `DraftTooLongError`, `consent.queries.NeverReadError` and
    `scope.RestrictedError`.
    """
    reading = read_by(reading_id, by)
    content = json.dumps(typed).encode()
    if len(content) > LONGEST_DRAFT:
        raise DraftTooLongError
    _locks.intake(reading.id)
    if intakes.recorded(reading.subject):
        return
    sealed = settings.GARDIEN_KEYRING.seal(content, context=seal_context(reading.id))
    IntakeDraft.objects.update_or_create(
        reading_id=reading.id, defaults={"sealed": sealed, "typed_at": at, "typed_by_id": by.id}
    )


def _stored(details: Details) -> dict[str, str]:
    names = f"{details.company} {details.last_name} {details.first_name}"
    kind = Customer.Kind.COMPANY if details.company else Customer.Kind.PERSON
    return {**columns(details), "kind": kind, "sort_key": fold(names)[:200]}
