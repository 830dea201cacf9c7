"""One person under two references, with all that a counter can write of them, and the snapshots that the tests compare."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from gardien.base import clock, ids, scope, walls
from gardien.base.actor import Actor
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.commitment.registry import registry
from gardien.consent import actions as consent
from gardien.customers import actions as customers
from gardien.customers import queries, rules
from gardien.customers.models import Customer
from gardien.messaging import actions as messaging
from gardien.network import queries as network
from gardien.quotes import actions as quotes
from gardien.quotes.queries import paper
from gardien.retention.actions import _archiving
from gardien.retention.rules import Leaving
from gardien.standing import actions as standing
from gardien.standing.models import Archived
from gardien.standing.rules import Ground
from tests import scene
from tests.messaging import post

PROOFS = {model._meta.label for model in walls.scoped_models() if model.is_append_only}
"""Tables that only grow: what was read, decided, done. The app can neither change nor delete their rows."""


@dataclass
class Person:
    """The references of a merged group, and the ids of its rows."""

    membership: Any
    references: tuple[str, ...] = ()
    ids: dict[str, UUID] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        return network.actor(self.membership)

    @property
    def tenant(self) -> UUID:
        return network.controller(self.membership)


def letter(person: Person) -> dict[str, Any]:
    """Return what a letter to them is prepared from."""
    about = post.about(3, subject=person.references[0], document_id=person.ids["issued"])
    return {"about": about, "letter": post.letter(3)}


def warning(person: Person) -> dict[str, Any]:
    """Return what they are warned of, without a letter."""
    due_at = clock.now() + timedelta(days=30)
    of = {"warning_id": ids.new(), "subject": person.references[0]}
    return {**of, "clause": "client.retention.quotes", "due_at": due_at, "message_id": None}


def build(membership: Any, at: datetime) -> Person:
    """Commit the person, and somebody else whom nothing restricts."""
    person = Person(membership)
    with scope.entered(person.tenant):
        kept, absorbed = scene.customer(membership, at), scene.customer(membership, at, plate="AA-123-AA")
        draft = scene.draft(membership, kept, at, "12.50", "80.00")
        issued = quotes.issue(quote_id=scene.draft(membership, kept, at, "99.99").id, by=person.by, at=at)
        vehicle = kept.vehicles.get()
        plate = rules.parse_plate("AB-123-AB")
        customers.change_plate(vehicle_id=vehicle.id, plate=plate, by=person.by, at=at)
        told = {"by": person.by, "at": at}
        note = customers.write_note(customer_id=kept.id, text="Préfère le matin", note_key=ids.new(), **told)
        merge = customers.merge(kept_id=kept.id, absorbed_id=absorbed.id, **told)
        other = scene.customer(membership, at, plate="BB-123-BB", last_name="Vasseur")
        person.references = queries.subjects(kept.id)
        held = standing.hold(
            subject=kept.reference,
            ground=Ground.WARRANTY,
            category="derived:quote",
            legal_reference="garantie",
            until_date=(at + timedelta(days=400)).date(),
            **told,
        )
        person.ids = {
            "kept": kept.id,
            "absorbed": absorbed.id,
            "draft": draft.id,
            "line": draft.lines.all()[0].id,
            "issued": issued.id,
            "vehicle": vehicle.id,
            "note": note.id,
            "merge": merge.id,
            "other": other.id,
            "other_vehicle": other.vehicles.get().id,
            "hold": held.id,
            "archived": _archived(person.references, at),
        }
        person.objects = {"kept": queries.by_id(kept.id), "document": issued.documents.get()}
    return person


def _archived(references: tuple[str, ...], at: datetime) -> UUID:
    """Archive what is held of the person, whose rows stay; return the row's id."""
    leaving = Leaving(references[0], references, at)
    _archiving.keep([leaving], clause="client.retention.quotes", as_of=clock.legal_day(at), at=at)
    return Archived.objects.get(subject=references[0]).id


def corresponded(person: Person, at: datetime) -> None:
    """Leave a quote to mail, one whose last day is over, a message that waits and one being sent; call inside a scope."""
    long_ago, told = at - timedelta(days=400), {"by": person.by, "at": at}
    Customer.objects.filter(id=person.ids["absorbed"]).update(email="elodie@courriel.example")
    mailed, over = (Customer.objects.get(id=person.ids[name]) for name in ("absorbed", "kept"))
    for name, of, then in (("mailed", mailed, at), ("over", over, long_ago)):
        opened = scene.draft(person.membership, of, at, "10.00")
        person.ids[name] = quotes.issue(quote_id=opened.id, by=person.by, at=then).id
    about = {"subject": person.references[0], "document_id": person.ids["issued"]}
    waiting, begun = (
        messaging.prepare(about=post.about(number, **about), letter=post.letter(number), **told) for number in (1, 2)
    )
    attempt = messaging.begin(message_id=begun.id, **told)
    assert attempt
    person.ids |= {"waiting": waiting.id, "begun": begun.id, "attempt": attempt.attempt_id}


def reading_of(person: Person, at: datetime) -> documents.Document:
    """Return the words that are read to the person."""
    return documents.reading(
        commitment.in_force(clock.legal_day(at)), paper.controller(person.membership.site.repairer), "fr"
    )


def answer(at: datetime) -> consent.Answer:
    """Return a yes to quotes."""
    wording = documents.consent(commitment.in_force(clock.legal_day(at)), "client.use.quote", "fr")
    return consent.Answer("client.use.quote", "", "", is_given=True, wording=wording)


def restricted(person: Person, at: datetime) -> Person:
    """Restrict the person, committed."""
    with scope.entered(person.tenant):
        standing.restrict(subjects=person.references, by=person.by, at=at)
    return person


def rows(references: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that the registry declares of these references, by table, as the present connection sees them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for holding in registry.holdings():
        *_, last = holding.found_by.split(".")
        if last in ("reference", "subject") and ":" not in holding.place and holding.place not in found:
            model = apps.get_model(holding.place)
            path = holding.found_by.replace(".", "__")
            theirs = model._base_manager.filter(**{f"{path}__in": references}).order_by("id")
            found[holding.place] = list(theirs.values())
    return found


def seen_by_the_auditor(references: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return `rows` as committed, restricted or not."""
    with being("gardien_audit"):
        return rows(references)


@contextmanager
def being(role: str) -> Iterator[None]:
    """Be another database role for the body, on Django's connection."""
    held = connections["default"]
    connections["default"] = DatabaseWrapper({**connection.settings_dict, "USER": role, "OPTIONS": {}}, alias="default")
    try:
        yield
    finally:
        connection.close()
        connections["default"] = held


def touched(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> set[str]:
    """Return the tables of which a row was changed, removed or, except in a table of proofs, added."""
    found = set()
    for table, was in before.items():
        now = after[table]
        is_kept = all(row in now for row in was)
        if not is_kept or (table not in PROOFS and len(now) != len(was)):
            found.add(table)
    return found
