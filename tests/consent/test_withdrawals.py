"""Taking a yes back: as easy as giving it, for one number or all, and only where there was a consent."""

from datetime import timedelta

import pytest

from gardien.base import ids
from gardien.consent import actions, queries
from gardien.consent.rules import How
from tests.consent.ledger import AT, CALLS, FIRST, NUMBER, OTHER, USE, asked, call, decide, use, withdraw
from tests.quotes.counter import Counter, day, rows
from tests.walls.house import fingerprints


def test_a_withdrawal_repeats_the_words_of_the_yes_and_a_second_one_adds_nothing(
    counter: Counter, subject: str
) -> None:
    (yes,) = decide(counter, subject, call(NUMBER, is_given=True))
    later = AT + timedelta(days=400)
    withdraw(counter, subject, CALLS, later, address=NUMBER, how=How.POST)
    before = fingerprints()
    withdraw(counter, subject, CALLS, later + timedelta(days=1), address=NUMBER)
    assert fingerprints() == before
    _, no = counter.read(queries.history, [subject])
    assert (no.is_given, no.how, no.decided_at, no.recorded_by_id) == (False, "post", later, counter.by.id)
    assert (no.version, no.wording_sha256, no.address_digest) == (yes.version, yes.wording_sha256, yes.address_digest)
    told = "SELECT tag FROM journal_entry WHERE subject = %s ORDER BY at"
    assert rows(told, subject) == [("consent:decision:recorded",), ("consent:decision:withdrawn",)]


def test_a_withdrawal_from_all_takes_back_every_number(counter: Counter, subject: str) -> None:
    decide(counter, subject, call(NUMBER, is_given=True), call(OTHER, is_given=True))
    withdraw(counter, subject, CALLS)
    assert {decision.is_given for decision in counter.read(queries.current, [subject])} == {False}


def test_a_withdrawal_is_written_for_every_reference_of_the_group(counter: Counter) -> None:
    group = [ids.reference("C"), ids.reference("C")]
    decide(counter, group[1], call(NUMBER, is_given=True))
    counter.do(actions.withdraw, AT, subjects=group, purpose=CALLS, how=How.ORAL)
    for each in group:
        assert {decision.is_given for decision in counter.read(queries.current, [each])} == {False}


def test_a_use_that_rests_on_the_contract_is_no_consent_to_withdraw(counter: Counter, subject: str) -> None:
    before = fingerprints()
    for purpose, code in (
        (USE, "contract"),
        ("user.use.reporting", "legitimate-interest"),
        ("client.use.horoscope", "none"),
    ):
        with pytest.raises(actions.NotOnConsentError) as refusal:
            withdraw(counter, subject, purpose)
        assert refusal.value.code == code
    with pytest.raises(actions.NotOnConsentError) as refusal:
        withdraw(counter, subject, USE)
    assert "erasure" in refusal.value.msgid
    assert fingerprints() == before


def test_a_yes_of_the_time_when_the_use_rested_on_consent_can_still_be_withdrawn(
    counter: Counter, subject: str
) -> None:
    decide(counter, subject, use(is_given=True), at=day(2026, 3))
    assert withdraw(counter, subject, USE) == ()
    before = fingerprints()
    assert withdraw(counter, subject, USE, AT + timedelta(days=1)) == ()
    assert fingerprints() == before
    assert counter.read(queries.decision_for, [subject], USE).is_given is False


def test_while_the_use_rests_on_consent_who_was_never_asked_can_withdraw(counter: Counter, subject: str) -> None:
    withdraw(counter, subject, USE, day(2026, 3))
    (no,) = counter.read(queries.history, [subject])
    assert (no.is_given, no.version, no.wording_sha256) == (False, FIRST.id, asked(USE).sha256)
