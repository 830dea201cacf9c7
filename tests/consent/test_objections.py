"""Objections: keyed digests alone, found in any spelling, by no other repairer, and after the person is gone."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps

from gardien.base import ledger, scope
from gardien.base.actor import Actor
from gardien.base.models import LedgerMark
from gardien.consent import actions, queries
from gardien.consent.models import Decision, Objection, Reading
from gardien.consent.rules import Channel, How, NotAnAddressError, Sender
from gardien.customers.models import Customer
from gardien.customers.rules import parse_email, parse_phone
from gardien.portal.commands import restore
from tests.conftest import as_role
from tests.quotes.counter import Counter, day, rows
from tests.walls.house import fingerprints

AT = day(2026, 11, 22)
EMAIL = "zoe.lhote@courriel.example"
OURS = Sender.CONTROLLER


def object_(
    counter: Counter,
    channel: Channel,
    address: str,
    sender: Sender = OURS,
    *,
    at: datetime = AT,
    how: How = How.STOP,
) -> Objection:
    return counter.do(actions.object_, at, channel=channel, address=address, sender=sender, how=how)


def objects(counter: Counter, channel: str, address: str, sender: str = OURS) -> bool:
    return bool(counter.read(queries.has_objected, channel, address, sender))


def test_an_objection_is_found_however_the_address_is_typed_again(counter: Counter) -> None:
    object_(counter, Channel.EMAIL, parse_email("Zoe.Lhote@courriel.example"))
    object_(counter, Channel.SMS, parse_phone("06 39 98 00 01").e164)
    object_(counter, Channel.POST, "7 impasse des Lilas, 99100 Vauclair")
    assert objects(counter, "email", parse_email("zoe.LHOTE@Courriel.Example"))
    assert objects(counter, "sms", parse_phone("+33 6.39.98.00.01").e164)
    assert objects(counter, "post", "7 IMPASSE DES LILAS\n99100 VAUCLAIR")
    with scope.entered(counter.tenant):
        digests = [queries.objection_digest("sms", number, OURS) for number in ("+33639980001", "+33639980404")]
        assert list(queries.objections(digests)) == digests[:1]


def test_it_is_about_one_channel_and_one_sender(counter: Counter) -> None:
    object_(counter, Channel.SMS, "+33639980002")
    assert not objects(counter, "phone", "+33639980002")
    assert not objects(counter, "sms", "+33639980002", Sender.PARTNERS)
    assert not objects(counter, "sms", "+33639980003")
    with scope.entered(counter.tenant):
        ways = [(channel, sender) for channel in (Channel.SMS, Channel.PHONE) for sender in Sender]
        assert len({queries.objection_digest(channel, "+33639980002", sender) for channel, sender in ways}) == 4


def test_an_objection_at_one_repairer_says_nothing_at_another(counters: dict[str, Counter]) -> None:
    ours, theirs = counters["TILLEUL"], counters["CANAL"]
    object_(ours, Channel.EMAIL, "deux@courriel.example")
    assert not objects(theirs, "email", "deux@courriel.example")
    made = [object_(each, Channel.EMAIL, "deux@courriel.example") for each in counters.values()]
    assert made[0].digest != made[1].digest


def test_a_new_objection_starts_its_time_again_and_an_older_one_does_not(counter: Counter) -> None:
    first, latest = object_(counter, Channel.EMAIL, "encore@courriel.example"), AT + timedelta(days=9)
    made = [object_(counter, Channel.EMAIL, "encore@courriel.example", at=at, how=How.POST) for at in (latest, AT)]
    assert [(each.objected_at, each.how) for each in made] == [(latest, "post")] * 2
    assert counter.read(queries.objections, [first.digest])[first.digest].id == made[0].id
    held = "SELECT objected_at, how FROM consent_objection WHERE digest = %s ORDER BY 1"
    assert rows(held, first.digest) == [(AT, "stop"), (latest, "post")]
    told = "SELECT subject FROM journal_entry WHERE tag = 'consent:objection:recorded' AND \"references\"->>'objection' = ANY(%s)"
    assert rows(told, [str(each.id) for each in (first, *made)]) == [("",), ("",)]


def test_a_row_holds_neither_address_nor_reference(counter: Counter) -> None:
    customer = counter.customer(AT, email=EMAIL)
    made = object_(counter, Channel.EMAIL, EMAIL)
    (row,) = rows("SELECT row_to_json(o)::text FROM consent_objection o WHERE id = %s", made.id)
    assert [secret for secret in (EMAIL, "lhote", customer.reference, str(customer.id)) if secret in row[0]] == []
    with scope.entered(counter.tenant):
        assert queries.address_digest("email", EMAIL) != made.digest


def test_it_survives_the_deletion_of_the_person(counter: Counter) -> None:
    customer = counter.customer(AT, email="partie@courriel.example")
    object_(counter, Channel.EMAIL, customer.email)
    with as_role("sweep") as connection:
        connection.execute("SELECT set_config('gardien.controller', %s, false)", [str(counter.tenant)])
        for model in apps.get_app_config("customers").get_models():
            if {field.name for field in model._meta.local_fields} >= {"customer"}:
                connection.execute(f"DELETE FROM {model._meta.db_table} WHERE customer_id = %s", [customer.id])
        connection.execute("DELETE FROM customers_customer WHERE id = %s", [customer.id])
        for model in (Reading, Decision):
            connection.execute(f"DELETE FROM {model._meta.db_table} WHERE subject = %s", [customer.reference])
    assert counter.read(lambda: Customer.objects.filter(id=customer.id).exists()) is False
    assert objects(counter, "email", parse_email("PARTIE@courriel.example"))


def test_what_is_no_address_of_the_channel_is_refused(counter: Counter) -> None:
    before = fingerprints()
    for channel, address in ((Channel.COUNTER, "+33639981234"), (Channel.SMS, "06 39 98 12 34"), (Channel.EMAIL, "")):
        with pytest.raises(NotAnAddressError):
            object_(counter, channel, address)
    assert fingerprints() == before


def test_a_program_can_take_a_stop_but_hear_nothing(counter: Counter) -> None:
    told = {"channel": Channel.SMS, "address": "+33639980009", "sender": OURS, "by": Actor.program("gateway"), "at": AT}
    with pytest.raises(actions.NobodyReadError), scope.entered(counter.tenant):
        actions.object_(how=How.ORAL, **told)
    with scope.entered(counter.tenant):
        actions.object_(how=How.STOP, **told)
    assert objects(counter, "sms", "+33639980009")


def test_an_objection_is_recorded_again_as_old_as_it_was_on_a_database_restored_from_before_it(
    counter: Counter,
) -> None:
    made = object_(counter, Channel.EMAIL, "ana.lhote@courriel.example")
    with as_role("sweep") as sweep:
        sweep.execute("SELECT set_config('gardien.controller', %s, true)", [str(counter.tenant)])
        sweep.execute("DELETE FROM consent_objection WHERE id = %s", [made.id])
    assert not objects(counter, "email", "ana.lhote@courriel.example")
    for _ in range(2):
        LedgerMark.objects.all().delete()
        ledger.replay(restore.apply)
    with scope.entered(counter.tenant):
        (again,) = Objection.objects.filter(id=made.id)
    assert [getattr(again, name) for name in ("digest", "how", "objected_at")] == [made.digest, made.how, AT]
    assert objects(counter, "email", "ana.lhote@courriel.example")
    assert len(rows("SELECT FROM journal_entry WHERE \"references\"->>'objection' = %s", str(made.id))) == 2
