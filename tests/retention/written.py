"""Generated histories as rows of the real database: written directly where an action would be slow."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from gardien.base import ids, jobs, scope
from gardien.consent.models import Decision, Objection, Reading
from gardien.customers import actions as customers
from gardien.customers.models import Customer, IntakeDraft, Note, SearchToken, Vehicle
from gardien.journal.models import Entry
from gardien.messaging.models import Attempt, Message
from gardien.network import queries as network
from gardien.quotes.models import Quote, QuoteDocument, QuoteLine
from gardien.standing import actions as standing
from gardien.standing.models import Hold, Restriction
from gardien.standing.rules import EndReason, Event

from .histories import PARIS, History, Holding, Record, Somebody, When


def write(history: History, memberships: list[Any]) -> None:
    """Write all of a history, committed, at the counters of these memberships."""
    for rank, membership in enumerate(memberships):
        with scope.entered(network.controller(membership)):
            desk = Desk(history, membership)
            for somebody in (each for repairer, each in history.people if repairer == rank):
                desk.somebody(somebody)
            if rank == 0:
                desk.evidence()


class Desk:
    """One counter in one transaction."""

    def __init__(self, history: History, membership: Any) -> None:
        self.history, self.membership = history, membership
        self.by, self.span = network.actor(membership), history.span(0)

    def at(self, when: When) -> datetime:
        """Return the instant of an event of this history."""
        return when.before(self.history.as_of, self.span)

    def somebody(self, somebody: Somebody) -> None:
        """Write one person."""
        self.span = self.history.span(somebody.span)
        records = [self.record(record) for record in somebody.records]
        self.join(records, somebody)
        for which, purpose, when in somebody.endings:
            self.tell(standing.end, records[which % len(records)], when, purpose=purpose, reason=EndReason.OBJECTION)
        for which, purpose, when in somebody.resumptions:
            self.tell(standing.resume, records[which % len(records)], when, purpose=purpose)
        for which, hold in somebody.holds:
            self.hold(records[which % len(records)].reference, hold)
        if somebody.restriction != "none" and somebody.join != "parted":
            for record in records[: 1 if somebody.join == "apart" else None]:
                self.restrict(record.reference, is_lifted=somebody.restriction == "lifted")

    def tell(self, action: Any, record: Customer, when: When, **told: Any) -> None:
        """Have `standing` record something of a person."""
        action(subject=record.reference, by=self.by, at=self.at(when), **told)

    def join(self, records: list[Customer], somebody: Somebody) -> None:
        """Merge the records of a person as told; of the parted, a quote of the first keeps the other's vehicle."""
        if somebody.join == "apart":
            return
        told = {"by": self.by, "at": self.history.as_of - timedelta(days=30)}
        to_first = [(records[0], each) for each in records[1:]]
        for kept, absorbed in pairwise(records) if somebody.join == "chained" else to_first:
            merge = customers.merge(kept_id=kept.id, absorbed_id=absorbed.id, **told)
            if somebody.join == "parted":
                self.quote(kept, absorbed.vehicles.first(), kept.told_at)
                customers.undo_merge(merge_id=merge.id, **told)

    def record(self, record: Record) -> Customer:
        """Write one record with all that hangs on it."""
        told_at = self.at(record.told)
        made = [self.reading(ids.reference("C"), told_at, None)]
        reference, told = made[0].subject, {"told_at": told_at, "told_to_id": self.by.id}
        customer = Customer.objects.create(
            reference=reference, last_name="Moreau", sort_key="moreau", reading_id=made[0].id, city="Vauclair", **told
        )
        plate = {"plate": reference[2:], "plate_display": reference[2:], "plate_kind": "siv", "plate_country": "F"}
        vehicle = Vehicle.objects.create(customer=customer, told_at=told_at, **plate)
        SearchToken.objects.create(customer=customer, token=reference.lower())
        if record.has_note:
            written = {"written_at": told_at, "written_by_id": self.by.id}
            Note.objects.create(customer=customer, note_key=ids.new(), text="le matin", **written)
        for when, rank in record.readings:
            self.reading(reference, self.at(when), rank)
        for event, when in ((Event.DETAILS_TOLD, record.told), *record.facts):
            self.tell(standing.record_activity, customer, when, event=event, source_id=ids.new())
        quotes = [self.quote(customer, vehicle, told_at, state) for state in record.quotes]
        for _ in range(record.messages):
            self.message(reference, quotes[0].id if quotes else ids.new(), told_at)
        for when in record.warned:
            told = {"clause": "client.retention.quotes", "due_at": self.history.as_of, "message_id": None}
            self.tell(standing.warn, customer, when, warning_id=ids.new(), **told)
        for is_given, when in record.answers:
            told = {"is_given": is_given, "decided_at": self.at(when), "how": "oral", "basis": "consent"}
            words = {"version": "2020-01-25", "language": "fr", "wording_sha256": "0" * 64}
            Decision.objects.create(subject=reference, purpose="client.use.quote", **told, **words)
        return customer

    def reading(self, reference: str, at: datetime, rank: int | None) -> Reading:
        """Write a reading of the version then in force, or of the one of a rank."""
        all_ = self.history.versions
        in_force = [each for each in all_ if each.effective <= at.astimezone(PARIS).date().isoformat()]
        version = (in_force[-1] if in_force else all_[0]) if rank is None else all_[rank % len(all_)]
        words = {"version": version.effective, "language": "fr", "wording_sha256": "0" * 64}
        return Reading.objects.create(subject=reference, read_by_id=self.by.id, read_at=at, **words)

    def quote(self, customer: Customer, vehicle: Any, at: datetime, state: str = "expired") -> Quote:
        """Write a quote of one line, with a document and a job that looks after it."""
        about = {"customer": customer, "vehicle": vehicle, "site": self.membership.site, "author_id": self.by.id}
        told: dict[str, Any] = {"state": state, "drafted_at": at}
        if state != "draft":
            number = ids.new()
            told |= {"issued_at": at, "year": 2026, "rank": number.int % 2**31, "number": str(number)[:30]}
            told |= {"total_ht": 100, "total_vat": 20, "total_ttc": 120, "valid_until_date": at.date()}
            told |= {"answered_at": at} if state == "accepted" else {}
        quote = Quote.objects.create(**about, **told, draft_key=ids.new())
        line = {"kind": "service", "label": "Montage", "quantity": 4, "unit_price": 30, "vat_rate": 20}
        QuoteLine.objects.create(quote=quote, line_key=ids.new(), position=1, **line)
        hashes = {"sha256": "0" * 64, "verso_sha256": "0" * 64, "version": "2020-01-25"}
        QuoteDocument.objects.create(quote=quote, sealed=b"sealed", made_at=at, **hashes)
        jobs.defer("quotes.verify", quote=quote.id, tenant=scope.current())
        return quote

    def message(self, reference: str, document_id: UUID, at: datetime) -> None:
        """Write a message that was sent at the first attempt, and a job about it."""
        about = {"purpose": "client.use.quote", "document_kind": "quote", "document_id": document_id}
        sealed = {"recipient": b"sealed", "recipient_digest": ids.new().hex, "message_id": f"<{ids.new()}@x.example>"}
        ended = {"state": "sent", "version": "2020-01-25", "prepared_at": at, "ended_at": at, "attempts": 1}
        message = Message.objects.create(subject=reference, document_sha256="0" * 64, **about, **sealed, **ended)
        Attempt.objects.create(message=message, number=1, started_at=at, ended_at=at, outcome="accepted")
        jobs.defer("messaging.send", message=message.id, controller=scope.current())

    def hold(self, reference: str, hold: Holding) -> None:
        """Write a hold; there is one at most on a ground for a category."""
        of = {"subject": reference, "ground": hold.ground.value, "category": hold.category}
        if Hold.objects.filter(**of, released_at=None).exists():
            return
        day = self.history.as_of.astimezone(PARIS).date() + timedelta(days=hold.days)
        placed_at = self.history.as_of - timedelta(days=40)
        released = {"released_at": placed_at, "released_by_id": self.by.id} if hold.is_released else {}
        placed = {"placed_at": placed_at, "placed_by_id": self.by.id, "legal_reference": "garantie"}
        Hold.objects.create(**of, **placed, until_date=day, **released)

    def restrict(self, reference: str, *, is_lifted: bool) -> None:
        """Write a restriction that stands, or one that was lifted."""
        at = self.history.as_of - timedelta(days=40)
        said = ("placed", "announced", "lifted") if is_lifted else ("placed",)
        signed = {f"{each}_{what}": value for each in said for what, value in (("at", at), ("by_id", self.by.id))}
        Restriction.objects.create(subject=reference, **signed)

    def evidence(self) -> None:
        """Write what runs on its own: objections, two to an address, entries of the journal, intakes never saved."""
        self.span = self.history.span(2)
        for rank, when in self.history.objections:
            of = {"channel": "email", "sender": "controller", "digest": f"{rank:064}", "objected_at": self.at(when)}
            Objection.objects.get_or_create(**of, defaults={"how": "oral"})
        for when in self.history.entries:
            Entry.objects.create(at=self.at(when), tag="quotes:quote:drafted", actor_role="counter_adviser")
        for when in self.history.abandoned:
            reading = self.reading(ids.reference("C"), self.at(when), None)
            typed = {"typed_at": self.at(when), "typed_by_id": self.by.id}
            IntakeDraft.objects.create(reading_id=reading.id, sealed=b"sealed", **typed)
