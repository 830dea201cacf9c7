"""No action that is not declared exempt touches a restricted person: every action of every room, called on one."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from gardien.base import clock, ids, scope
from gardien.catalogue import queries as catalogue
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.commitment.registry import registry
from gardien.consent import queries as heard
from gardien.consent import rules as agreement
from gardien.customers import actions as customers
from gardien.customers import rules
from gardien.messaging.rules import Folder, Outcome, Result
from gardien.portal import stack
from gardien.quotes import actions as quotes
from gardien.quotes.rules.vocabulary import CancelReason, ReusedParts, State
from gardien.standing.rules import EndReason, Event, Ground, Motive
from tests import scene
from tests.conftest import as_role
from tests.messaging import post
from tests.standing import person as persons
from tests.standing.person import Person

ORAL, COUNTER = agreement.How.ORAL, agreement.How.COUNTER
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
"""A day of the first version, which asks consent to quotes."""

NOT_OF_A_PERSON = {
    "catalogue": "articles and price lists are of no customer",
    "journal": "the journal tells what happened, by references, and only grows",
    "network": "users and organisations are not a repairer's customers",
    "retention": "it deletes, as a role of its own, and passes over who is restricted: tests/retention",
}
"""Rooms whose actions take nothing of a customer, with the reason."""
RESTORED = {f"customers.{name}_again" for name in ("rectify", "change_plate", "remove_notes", "part")} | {
    "consent.object_again",
    "standing.hold_again",
    "standing.release_again",
}
UNOWNED = {"messaging.remove_files"}
"""What a restored database does again (tests/customers/test_replaying.py), and what removes what is nobody's."""


def modules() -> Iterator[ModuleType]:
    """Return the actions of each room, a package's own modules too."""
    for room in settings.ROOMS:
        folder = import_module(f"gardien.{room}").__path__
        if any(found.name == "actions" for found in iter_modules(folder)):
            shelf = import_module(f"gardien.{room}.actions")
            yield shelf
            for inner in iter_modules(getattr(shelf, "__path__", ())):
                yield import_module(f"{shelf.__name__}.{inner.name}")


def actions() -> dict[str, Callable[..., Any]]:
    """Return every public function of these modules that takes `by` and `at`, as `room.name`."""
    pairs = ((module.__name__, function) for module in modules() for function in vars(module).values())
    own = [(home, each) for home, each in pairs if inspect.isfunction(each) and each.__module__.startswith(home)]
    return {
        f"{home.split('.')[1]}.{each.__name__}": each
        for home, each in own
        if each.__name__[0] != "_" and {"by", "at"} <= set(inspect.signature(each).parameters)
    }


def exempt() -> set[Callable[..., object]]:
    return {each.action for each in registry.exempt()}


def told() -> customers.Details:
    return customers.Details(last_name="Moreau", first_name="Élodie")


def offer() -> quotes.Offer:
    return quotes.Offer("Montage", Decimal(4), Decimal("18.50"), Decimal(20))


def line_of(person: Person) -> dict[str, Any]:
    return {"quote_id": person.ids["draft"], "line_id": person.ids["line"]}


def vehicle() -> customers.VehicleDetails:
    return customers.VehicleDetails(rules.parse_plate("CC-123-CC"), "Sarvane", "Altis")


CALLS: dict[str, Callable[[Person], dict[str, Any]]] = {
    "consent.record_reading": lambda p: {"wording": persons.reading_of(p, AT), "subject": p.references[0]},
    "consent.decide": lambda p: {"subject": p.references[0], "answers": [persons.answer(AT)], "how": ORAL},
    "consent.acknowledge": lambda p: {
        "subject": p.references[0],
        "notice": documents.notice(commitment.in_force(clock.legal_day(AT)), "user", "fr"),
    },
    "consent.withdraw": lambda p: {"subjects": p.references, "purpose": "client.use.quote", "how": COUNTER},
    "consent.object_": lambda _: {
        "channel": agreement.Channel.EMAIL,
        "address": "elodie@courriel.example",
        "sender": agreement.Sender.CONTROLLER,
        "how": COUNTER,
    },
    "customers.record": lambda p: {"details": told(), "vehicle": None, "reading": p.objects["reading"]},
    "customers.correct": lambda p: {
        "customer_id": p.ids["kept"],
        "details": customers.Details(last_name="Morel"),
        "seen": told(),
    },
    "customers.save_intake_draft": lambda p: {"reading_id": p.objects["reading"].id, "typed": {"last_name": "M"}},
    "customers.drop_intake_draft": lambda p: {"reading_id": p.objects["reading"].id},
    "customers.add_vehicle": lambda p: {"customer_id": p.ids["kept"], "vehicle": vehicle()},
    "customers.change_plate": lambda p: {"vehicle_id": p.ids["vehicle"], "plate": vehicle().plate},
    "customers.hand_over": lambda p: {"vehicle_id": p.ids["vehicle"], "to": p.ids["other"]},
    "customers.part_with": lambda p: {"vehicle_id": p.ids["vehicle"]},
    "customers.write_note": lambda p: {"customer_id": p.ids["kept"], "text": "Portail vert", "note_key": ids.new()},
    "customers.remove_note": lambda p: {"note_id": p.ids["note"]},
    "customers.merge": lambda p: {"kept_id": p.ids["kept"], "absorbed_id": p.ids["other"]},
    "customers.undo_merge": lambda p: {"merge_id": p.ids["merge"]},
    "customers.end_use": lambda p: {"subjects": p.references, "purpose": "client.use.quote"},
    "customers.resume_use": lambda p: {"subject": p.references[0], "purpose": "client.use.quote"},
    "quotes.draft": lambda p: {
        "customer": p.objects["kept"],
        "vehicle": None,
        "site": p.membership.site,
        "draft_key": ids.new(),
    },
    "quotes.add_tyre": lambda p: {
        "quote_id": p.ids["draft"],
        "article": catalogue.search("205/55R16")[0],
        "offer": offer(),
        "line_key": ids.new(),
    },
    "quotes.add_service": lambda p: {"quote_id": p.ids["draft"], "offer": offer(), "line_key": ids.new()},
    "quotes.add_fitted": lambda p: {
        "quote_id": p.ids["draft"],
        "article": catalogue.search("205/55R16")[0],
        "offers": [offer(), offer()],
        "line_key": ids.new(),
    },
    "quotes.take_off": lambda p: {**line_of(p), "discount": Decimal("1.00")},
    "quotes.reach": lambda p: {"quote_id": p.ids["draft"], "option": 0, "told": Decimal("50.00")},
    "quotes.excuse_label": lambda p: {**line_of(p), "reason": "Pneu agricole"},
    "quotes.choose_parts": lambda p: {"quote_id": p.ids["draft"], "choice": ReusedParts.NO},
    "quotes.duplicate": lambda p: {"quote_id": p.ids["issued"], "draft_key": ids.new()},
    "quotes.revise": lambda p: {"quote_id": p.ids["issued"], "draft_key": ids.new()},
    "quotes.discard": lambda p: {"quote_id": p.ids["draft"]},
    "quotes.remove_line": line_of,
    "quotes.tell_mileage": lambda p: {"quote_id": p.ids["draft"], "mileage": 48_200},
    "quotes.issue": lambda p: {"quote_id": p.ids["draft"]},
    "quotes.mark_verified": lambda p: {"document": p.objects["document"]},
    "quotes.give": lambda p: {"quote_id": p.ids["issued"], "state": State.HANDED_OVER},
    "quotes.send": lambda p: {"quote_id": p.ids["mailed"], "address_of": "https://portail.example/{}".format},
    "quotes.accept_late": lambda p: {"quote_id": p.ids["over"], "reason": "Prix tenu"},
    "quotes.expire": lambda _: {},
    "quotes.accept": lambda p: {"quote_id": p.ids["issued"]},
    "quotes.refuse": lambda p: {"quote_id": p.ids["issued"]},
    "quotes.cancel": lambda p: {"quote_id": p.ids["issued"], "reason": CancelReason.CONSENT_WITHDRAWN},
    "quotes.end_use": lambda p: {"subjects": p.references, "purpose": "client.use.quote"},
    "messaging.prepare": persons.letter,
    "messaging.begin": lambda p: {"message_id": p.ids["waiting"]},
    "messaging.finish": lambda p: {
        "message_id": p.ids["begun"],
        "attempt_id": p.ids["attempt"],
        "result": Result(Outcome.ACCEPTED, "250"),
    },
    "messaging.stop": lambda p: {"message_id": p.ids["waiting"]},
    "messaging.end_purpose": lambda p: {"subjects": p.references, "purpose": "client.use.quote"},
    "standing.record_activity": lambda p: {
        "subject": p.references[0],
        "event": Event.WHEELS_IN,
        "source_id": ids.new(),
    },
    "standing.warn": persons.warning,
    "standing.end": lambda p: {
        "subject": p.references[0],
        "purpose": "client.use.storage",
        "reason": EndReason.OBJECTION,
    },
    "standing.resume": lambda p: {"subject": p.references[0], "purpose": "client.use.storage"},
    "standing.restrict": lambda p: {"subjects": p.references},
    "standing.announce_lift": lambda p: {"subjects": p.references},
    "standing.lift": lambda p: {"subjects": p.references},
    "standing.hold": lambda p: {
        "subject": p.references[0],
        "ground": Ground.DISPUTE,
        "category": "plate",
        "legal_reference": "litige",
        "until_date": date(2030, 1, 1),
    },
    "standing.release": lambda p: {"hold_id": p.ids["hold"]},
    "standing.close": lambda p: {"people": [(p.references[0], each) for each in p.references]},
    "standing.consult": lambda p: {"archived_id": p.ids["archived"], "motive": Motive.WARRANTY, "explanation": "R-1"},
}
"""How each action is called on a person. An action of a room yet to come must be added, else the first test fails."""

LEAVES_NO_ROW = {
    "customers.record": "the form of the reading was sent before",
    "customers.save_intake_draft": "the customer is recorded already",
    "customers.drop_intake_draft": "the customer is recorded already",
    "customers.resume_use": "no purpose of theirs is over",
    "standing.announce_lift": "nobody is restricted yet",
    "standing.lift": "nobody is restricted yet",
    "consent.object_": "an objection bears no reference",
}
"""Actions that change nothing of a person without a restriction either, called as above."""
TOUCHING = ("draft", "choose_parts", "tell_mileage", "accept", "accept_late")


@pytest.fixture
def person(cast: Any, settings: Any, tmp_path: Path) -> Person:
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(tmp_path / "outbox"), post.FROM
    scene.price_list(AT)
    found = persons.build(cast.membership("counter.adviser@tilleul.example"), AT)
    with scope.entered(found.tenant):
        found.objects["reading"] = heard.reading(found.objects["kept"].reading_id)
        persons.corresponded(found, AT)
    return found


def run(person: Person, name: str) -> str:
    """Call an action on the person in a transaction of its own; return how it was refused, empty if it was not."""
    try:
        with scope.entered(person.tenant):
            actions()[name](**CALLS[name](person), by=person.by, at=AT)
    except (PermissionError, LookupError, ValueError) as refusal:
        return type(refusal).__name__
    return ""


def walk(person: Person) -> dict[str, set[str]]:
    """Call each action that is not exempt on the restricted person; return what each touched."""
    found, before = {}, persons.seen_by_the_auditor(person.references)
    for name, action in actions().items():
        if name in CALLS and action not in exempt():
            run(person, name)
            after = persons.seen_by_the_auditor(person.references)
            found |= {name: changed} if (changed := persons.touched(before, after)) else {}
            before = after
    return found


def test_every_action_that_takes_something_of_a_customer_is_walked() -> None:
    of_persons = {name for name in actions() if name.split(".")[0] not in NOT_OF_A_PERSON}
    assert of_persons - RESTORED - UNOWNED == set(CALLS)


def test_without_a_restriction_each_call_of_the_walk_changes_something(person: Person) -> None:
    idle = set()
    for name, call in CALLS.items():
        with scope.entered(person.tenant):
            before = persons.rows(person.references)
            actions()[name](**call(person), by=person.by, at=AT)
            if persons.rows(person.references) == before:
                idle.add(name)
            transaction.set_rollback(True)
    assert idle == set(LEAVES_NO_ROW)


def test_a_restricted_person_is_untouched_by_any_action_that_is_not_exempt(person: Person) -> None:
    persons.restricted(person, AT)
    assert walk(person) == {}


def test_an_exempt_action_does_touch_a_restricted_person(person: Person) -> None:
    persons.restricted(person, AT)
    before = persons.seen_by_the_auditor(person.references)
    assert [run(person, f"standing.{name}") for name in ("release", "announce_lift", "lift")] == ["", "", ""]
    after = persons.seen_by_the_auditor(person.references)
    assert persons.touched(before, after) == {"standing.Hold", "standing.Restriction"}


@pytest.mark.parametrize(
    ("table", "touching"),
    [
        ("customers_note", {"customers.write_note": {"customers.Note"}, "customers.remove_note": {"customers.Note"}}),
        ("quotes_quote", {f"quotes.{name}": {"quotes.Quote"} for name in TOUCHING}),
    ],
)
def test_the_walk_finds_what_is_touched_where_the_walls_have_fallen(
    person: Person, table: str, touching: dict[str, set[str]]
) -> None:
    persons.restricted(person, AT)
    try:
        with as_role("owner") as owner:
            owner.execute("DROP POLICY gardien_restriction ON customers_customer")
            owner.execute(f"DROP TRIGGER gardien_restriction ON {table}")
        found = walk(person)
    finally:
        stack.migrate()
    assert found == touching
