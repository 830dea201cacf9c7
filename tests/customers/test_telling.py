"""Taking down what is told: once, with its draft, and the start of the clock; notes; what a withdrawal ends."""

import json
from typing import Any

import pytest

from gardien.base import clock, crypto, ids, scope
from gardien.base.actor import Actor
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.commitment.registry import registry
from gardien.consent import actions as consent
from gardien.consent import queries as readings
from gardien.customers import actions, queries, rules
from gardien.customers.models import IntakeDraft
from gardien.quotes.queries import paper
from gardien.standing import actions as freezing
from gardien.standing import queries as standing
from tests.customers.together import at_once
from tests.quotes.counter import Counter, day, rows
from tests.walls.house import fingerprints

AT, LATER = day(2026, 6), day(2026, 7)
TYPED = {"last_name": "Moreau 张伟 <b>", "mobile": "06 39 98", "note": ""}
OTHER = Actor(id=ids.new(), role="counter_adviser")


def heard(counter: Counter, subject: str | None = None) -> Any:
    """Read the wording to somebody."""
    version = commitment.in_force(clock.legal_day(AT))
    wording = documents.reading(version, paper.controller(counter.membership.site.repairer), "fr")
    return counter.do(consent.record_reading, AT, wording=wording, subject=subject)


def record(counter: Counter, reading: Any) -> Any:
    return counter.do(actions.record, AT, details=rules.Details(last_name="Moreau"), vehicle=None, reading=reading)


def drafts(reading: Any) -> int:
    return rows("SELECT count(*) FROM customers_intakedraft WHERE reading_id = %s", reading.id)[0][0]


def test_details_told_start_the_clock_once(counter: Counter) -> None:
    reading = heard(counter)
    one, again = record(counter, reading), record(counter, reading)
    assert one.id == again.id
    fact = counter.read(standing.last_activity, [one.reference])
    assert (fact.event, fact.happened_at, fact.source_id) == ("details_told", AT, one.id)
    told = "SELECT count(*) FROM journal_entry WHERE subject = %s AND tag = 'customers:customer:told'"
    assert rows(told, one.reference) == [(1,)]
    assert [each.action for each in registry.activity() if each.event == "details_told"] == [actions.record]


def test_a_form_sent_twice_at_once_records_one_customer(counter: Counter) -> None:
    reading, told = heard(counter), rules.Details(last_name="Moreau")
    deed = lambda: actions.record(details=told, vehicle=None, reading=reading, by=counter.by, at=AT)  # noqa: E731
    assert len({each.id for each in at_once(counter, deed, deed, deed)}) == 1


def test_a_reading_to_a_known_customer_records_nobody(counter: Counter) -> None:
    known = record(counter, heard(counter))
    with pytest.raises(actions.AlreadyKnownError):
        record(counter, heard(counter, subject=known.reference))


def test_details_that_no_letter_reaches_are_refused(counter: Counter) -> None:
    told = rules.Details(last_name="Moreau", city="V" * 38, postcode="99100")
    with pytest.raises(rules.AddressRefused):
        counter.do(actions.record, AT, details=told, vehicle=None, reading=heard(counter))


def test_a_draft_comes_back_to_its_reader_and_the_last_one_counts(counter: Counter) -> None:
    reading = heard(counter)
    for typed in ({"last_name": "M"}, TYPED):
        counter.do(actions.save_intake_draft, AT, reading_id=reading.id, typed=typed)
    assert counter.read(queries.intake_draft, reading.id, counter.by) == TYPED
    assert counter.read(queries.intake_draft, heard(counter).id, counter.by) == {}
    assert drafts(reading) == 1


def test_a_draft_is_nobody_elses(counters: dict[str, Counter]) -> None:
    counter, reading = counters["TILLEUL"], heard(counters["TILLEUL"])
    counter.do(actions.save_intake_draft, AT, reading_id=reading.id, typed=TYPED)
    for by in (OTHER, Actor.program("job")):
        with pytest.raises(queries.NotReadByError):
            counter.read(queries.intake_draft, reading.id, by)
        with pytest.raises(actions.NotReadByError), scope.entered(counter.tenant):
            actions.save_intake_draft(reading_id=reading.id, typed={}, by=by, at=AT)
    with pytest.raises(readings.NeverReadError):
        counters["CANAL"].read(queries.intake_draft, reading.id, counter.by)
    assert counter.read(queries.intake_draft, reading.id, counter.by) == TYPED


def test_a_draft_is_sealed_and_opens_in_its_own_place_only(counters: dict[str, Counter]) -> None:
    counter = counters["TILLEUL"]
    one, other = heard(counter), heard(counter)
    counter.do(actions.save_intake_draft, AT, reading_id=one.id, typed=TYPED)
    sealed = rows("SELECT sealed FROM customers_intakedraft WHERE reading_id = %s", one.id)[0][0]
    assert b"Moreau" not in bytes(sealed)
    with scope.entered(counter.tenant):
        IntakeDraft.objects.create(reading_id=other.id, sealed=sealed, typed_at=AT, typed_by_id=counter.by.id)
    with pytest.raises(crypto.Unreadable):
        counter.read(queries.intake_draft, other.id, counter.by)


def test_recording_deletes_the_draft_and_what_comes_late_is_not_kept(counter: Counter) -> None:
    reading = heard(counter)
    counter.do(actions.save_intake_draft, AT, reading_id=reading.id, typed=TYPED)
    record(counter, reading)
    assert drafts(reading) == 0
    counter.do(actions.save_intake_draft, AT, reading_id=reading.id, typed=TYPED)
    assert drafts(reading) == 0


@pytest.mark.parametrize("round_", range(5))
def test_a_draft_saved_while_the_customer_is_recorded_is_not_left_behind(counter: Counter, round_: int) -> None:
    reading, told = heard(counter), rules.Details(last_name="Moreau")
    done = at_once(
        counter,
        lambda: actions.save_intake_draft(reading_id=reading.id, typed=TYPED, by=counter.by, at=AT),
        lambda: actions.record(details=told, vehicle=None, reading=reading, by=counter.by, at=AT),
        lambda: actions.save_intake_draft(reading_id=reading.id, typed=TYPED, by=counter.by, at=AT),
    )
    assert [each for each in done if isinstance(each, Exception)] == []
    assert drafts(reading) == 0


def test_a_draft_longer_than_any_intake_is_refused(counter: Counter) -> None:
    reading = heard(counter)
    with pytest.raises(actions.DraftTooLongError):
        counter.do(actions.save_intake_draft, AT, reading_id=reading.id, typed={"note": "n" * 65_536})
    assert drafts(reading) == 0
    assert len(json.dumps(TYPED)) < 65_536


def test_a_note_is_written_once_read_by_the_whole_person_and_removed_for_good(counter: Counter) -> None:
    kept, absorbed, key = counter.customer(AT), counter.customer(AT), ids.new()
    counter.do(actions.merge, AT, kept_id=kept.id, absorbed_id=absorbed.id)
    notes = [
        counter.do(actions.write_note, AT, customer_id=absorbed.id, text=" calls after six ", note_key=key)
        for _ in range(2)
    ]
    counter.do(actions.write_note, LATER, customer_id=kept.id, text="by the back door", note_key=ids.new())
    group = counter.read(queries.group, kept.id)
    assert [each.text for each in counter.read(queries.notes, group)] == ["by the back door", "calls after six"]
    for _ in range(2):
        counter.do(actions.remove_note, LATER, note_id=notes[1].id)
    assert [each.text for each in counter.read(queries.notes, group)] == ["by the back door"]
    tags = rows(
        "SELECT tag, \"references\" FROM journal_entry WHERE subject = %s AND tag LIKE 'customers:note:%%' ORDER BY id",
        absorbed.reference,
    )
    assert tags == [(f"customers:note:{verb}", {"note": str(notes[0].id)}) for verb in ("written", "removed")]


def test_a_note_of_nothing_or_too_long_is_refused_and_another_repairers_stays(counters: dict[str, Counter]) -> None:
    counter, other = counters["TILLEUL"], counters["CANAL"]
    customer = counter.customer(AT)
    for text in (" ", "n" * 301):
        with pytest.raises(rules.NoteRefused):
            counter.do(actions.write_note, AT, customer_id=customer.id, text=text, note_key=ids.new())
    with pytest.raises(queries.NoSuchCustomerError):
        other.do(actions.write_note, AT, customer_id=customer.id, text="x", note_key=ids.new())
    note = counter.do(actions.write_note, AT, customer_id=customer.id, text="x", note_key=ids.new())
    other.do(actions.remove_note, AT, note_id=note.id)
    assert len(counter.read(queries.notes, [customer])) == 1


@pytest.mark.parametrize("purpose", ["client.use.quote", "client.use.storage"])
def test_a_withdrawal_ends_the_purpose_for_every_reference_of_the_person(counter: Counter, purpose: str) -> None:
    kept, absorbed = counter.customer(AT), counter.customer(AT)
    counter.do(actions.merge, AT, kept_id=kept.id, absorbed_id=absorbed.id)
    subjects = counter.read(queries.subjects, kept.id)
    word = next(each for each in registry.withdrawals(purpose) if each.ends is actions.end_use)
    for _ in range(2):
        with scope.entered(counter.tenant):
            assert word.ends(subjects, purpose, by=counter.by, at=LATER) == ()
    ended = "SELECT subject, purpose, reason, ended_at FROM standing_ending WHERE subject = ANY(%s)"
    assert sorted(rows(ended, list(subjects))) == sorted(
        (each, purpose, "consent_withdrawn", LATER) for each in subjects
    )


def test_a_form_that_comes_again_for_who_is_restricted_meanwhile_is_refused(counter: Counter) -> None:
    reading = heard(counter)
    customer = record(counter, reading)
    counter.do(freezing.restrict, AT, subjects=[customer.reference])
    before = fingerprints()
    with pytest.raises(scope.RestrictedError):
        record(counter, reading)
    with pytest.raises(scope.RestrictedError):
        counter.do(actions.save_intake_draft, AT, reading_id=reading.id, typed={"last_name": "M"})
    assert fingerprints() == before
