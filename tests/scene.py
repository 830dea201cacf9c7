"""The counter scene in plain actions: reading, customer, draft, lines, issued quote."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gardien.base import clock, ids, scope
from gardien.base.actor import Actor
from gardien.catalogue import actions as catalogue
from gardien.catalogue.demo import PRICE_LIST
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as asking
from gardien.consent.rules import Channel, How, Sender
from gardien.customers import actions as customers
from gardien.customers import rules
from gardien.customers.models import Customer
from gardien.network import queries as network
from gardien.quotes import actions as quotes
from gardien.quotes.models import Quote
from gardien.quotes.queries import paper
from gardien.quotes.rules.vocabulary import MAX_DAYS, CancelReason, ReusedParts, State
from gardien.standing import actions as standing
from gardien.standing.rules import EndReason, Ground


def price_list(at: datetime) -> Any:
    """Import the committed list."""
    by = Actor.program("import")
    return catalogue.import_tyres(
        raw=PRICE_LIST.read_bytes(), file_name=PRICE_LIST.name, supplier="demo", currency="EUR", by=by, at=at
    )


def heard(membership: Any, at: datetime, subject: str | None = None) -> Any:
    """Read the wording to whom `subject` names, or to somebody who has not told their details yet; call in a scope."""
    version = commitment.in_force(clock.legal_day(at))
    wording = documents.reading(version, paper.controller(membership.site.repairer), "fr")
    return consent.record_reading(wording=wording, by=network.actor(membership), at=at, subject=subject)


def customer(membership: Any, at: datetime, plate: str = "GH-482-KL", **details: Any) -> Customer:
    """Record a customer at the counter of `membership`; call inside its scope."""
    by, reading = network.actor(membership), heard(membership, at)
    told = customers.Details(**{"last_name": "Moreau", "first_name": "Élodie", **details})
    vehicle = customers.VehicleDetails(rules.parse_plate(plate), "Sarvane", "Altis")
    return customers.record(details=told, vehicle=vehicle, reading=reading, by=by, at=at)


def draft(membership: Any, of: Customer, at: datetime, *prices: str) -> Quote:
    """Open a draft with one service line of four pieces per price."""
    by = network.actor(membership)
    opened = quotes.draft(
        customer=of, vehicle=of.vehicles.first(), site=membership.site, draft_key=ids.new(), by=by, at=at
    )
    for price in prices:
        offer = quotes.Offer(f"Pneu à {price}", Decimal(4), Decimal(price), Decimal(20))
        quotes.add_service(quote_id=opened.id, offer=offer, line_key=ids.new(), by=by, at=at)
    return opened


def issued(membership: Any, at: datetime, *prices: str, **details: Any) -> Quote:
    """Record a customer and issue them a quote; enters the scope itself."""
    with scope.entered(network.controller(membership)):
        opened = draft(membership, customer(membership, at, **details), at, *(prices or ("99.99",)))
        return quotes.issue(quote_id=opened.id, by=network.actor(membership), at=at)


def answered(membership: Any, at: datetime) -> None:
    """Play all that persons answer: to the questions, to quotes, and by withdrawing; enters the scope itself."""
    number, by, version = "+33639981234", network.actor(membership), commitment.versions().all[0]
    quote = issued(membership, at)
    for other, act in ((quote, quotes.accept), (issued(membership, at), quotes.refuse)):
        with scope.entered(network.controller(membership)):
            act(quote_id=other.id, by=by, at=at)
    cancelled = issued(membership, at)
    with scope.entered(network.controller(membership)):
        quotes.cancel(quote_id=cancelled.id, reason=CancelReason.MISTAKE, by=by, at=at)
        draft(membership, quote.customer, at, "12.50")
        opened = draft(membership, quote.customer, at, "12.50")
        quotes.issue(quote_id=opened.id, by=by, at=at)
        for question in asking.asked(commitment.in_force(clock.legal_day(at))) + asking.asked(version):
            place = (question.channel, number if question.per_address else "")
            answer = consent.Answer(question.purpose, *place, True, question.document)
            subject = quote.customer.reference
            consent.decide(subject=subject, answers=[answer], how=How.ORAL, by=by, at=at, quote_id=quote.id)
        consent.withdraw(subjects=[subject], purpose="client.use.quote", how=How.ORAL, by=by, at=at)
        told = {"channel": Channel.EMAIL, "address": "zoe.lhote@courriel.example", "sender": Sender.CONTROLLER}
        consent.object_(**told, how=How.ORAL, by=by, at=at)


def options(quote: Quote, by: Actor, at: datetime) -> None:
    """Add two options of one service each to a draft; call inside its scope."""
    for option in (1, 2):
        offer = quotes.Offer("Géométrie", Decimal(1), Decimal("80.00"), Decimal(20), option=option)
        quotes.add_service(quote_id=quote.id, offer=offer, line_key=ids.new(), by=by, at=at)


def lived(membership: Any, at: datetime) -> None:
    """Settle a draft, copy it, hand it over, replace it, and accept what replaced it once it has expired.

    Enters the scope itself; every other open quote of the repairer expires with it.
    """
    by, late = network.actor(membership), at + timedelta(days=MAX_DAYS + 1)
    told: dict[str, Any] = {"by": by, "at": at}
    with scope.entered(network.controller(membership)):
        opened = draft(membership, customer(membership, at, "KX-104-AA"), at, "10.00", "20.00")
        about: dict[str, Any] = {"quote_id": opened.id, **told}
        line = opened.lines.all()[0]
        quotes.take_off(line_id=line.id, discount=Decimal("1.00"), **about)
        quotes.reach(option=0, told=Decimal("100.00"), **about)
        quotes.excuse_label(line_id=line.id, reason="Pneu agricole", **about)
        quotes.choose_parts(choice=ReusedParts.YES, **about)
        copy = quotes.duplicate(draft_key=ids.new(), **about)
        quotes.discard(quote_id=copy.id, **told)
        options(opened, **told)
        quotes.issue(**about)
        quotes.give(state=State.HANDED_OVER, **about)
        newer = quotes.issue(quote_id=quotes.revise(draft_key=ids.new(), **about).id, **told)
        quotes.expire(by=Actor.program("quotes.expire"), at=late)
        quotes.accept_late(quote_id=newer.id, reason="Prix tenu", option=1, by=by, at=late)


def stood(subject: str, by: Actor, at: datetime) -> None:
    """Hold, restrict, end the other purpose, and undo all three; call inside a scope: afterwards the person is free."""
    placed = standing.hold(
        subject=subject,
        ground=Ground.WARRANTY,
        category="derived:quote",
        legal_reference="garantie",
        until_date=clock.legal_day(at),
        by=by,
        at=at,
    )
    standing.release(hold_id=placed.id, by=by, at=at)
    standing.restrict(subjects=[subject], by=by, at=at)
    standing.announce_lift(subjects=[subject], by=by, at=at)
    standing.lift(subjects=[subject], by=by, at=at)
    standing.end(subject=subject, purpose="client.use.storage", reason=EndReason.OBJECTION, by=by, at=at)
    standing.resume(subject=subject, purpose="client.use.storage", by=by, at=at)


def kept_up(membership: Any, at: datetime) -> None:
    """Record two customers, and do to their cards all that can be done; call inside the scope of `membership`."""
    by = network.actor(membership)
    one, other = (customer(membership, at, plate) for plate in ("KX-101-AA", "KX-102-AA"))
    customers.correct(customer_id=one.id, details=replace(one.details, city="Orval"), seen=one.details, by=by, at=at)
    vehicle = one.vehicles.get()
    customers.change_plate(vehicle_id=vehicle.id, plate=rules.parse_plate("KX-103-AA"), by=by, at=at)
    customers.hand_over(vehicle_id=vehicle.id, to=other.id, by=by, at=at)
    note = customers.write_note(customer_id=one.id, text="calls after six", note_key=ids.new(), by=by, at=at)
    customers.remove_note(note_id=note.id, by=by, at=at)
    merge = customers.merge(kept_id=one.id, absorbed_id=other.id, by=by, at=at)
    customers.undo_merge(merge_id=merge.id, by=by, at=at)
    customers.save_intake_draft(reading_id=heard(membership, at).id, typed={"last_name": "M"}, by=by, at=at)
