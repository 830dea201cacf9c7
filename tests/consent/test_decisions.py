"""The ledger: one answer after another, the latest holds, and what was not answered is no no."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.commitment import documents
from gardien.consent import actions, queries
from gardien.consent.models import Decision
from gardien.consent.rules import How, NotAnAddressError
from tests.conftest import as_role
from tests.consent.ledger import AT, CALLS, FIRST, NUMBER, OTHER, SECOND, USE, asked, call, decide, use, withdraw
from tests.quotes.counter import Counter, rows
from tests.walls.house import fingerprints


def test_a_version_asks_each_use_on_consent_and_sales_calls_per_number() -> None:
    def told(version: Any) -> list[tuple[str, str, bool]]:
        return [(each.purpose, each.channel, each.per_address) for each in queries.asked(version)]

    assert told(FIRST) == [(USE, "", False), ("client.use.storage", "", False)]
    assert told(SECOND) == [(CALLS, "phone", True)]
    question = queries.asked(SECOND, "en")[0].document
    assert question.title == "Sales calls"
    assert question.sections[0].paragraphs[0].startswith("No sales call without your consent, given number by number")
    assert question.sections[0].paragraphs[-1] == "Do you consent to this use of your data?"


def test_a_decision_keeps_who_what_when_how_and_the_words_that_were_read(counter: Counter, subject: str) -> None:
    quote = ids.new()
    (made,) = decide(counter, subject, call(NUMBER, is_given=True), quote_id=quote)
    (kept,) = counter.read(queries.history, [subject])
    words = asked(CALLS, SECOND)
    assert (kept.purpose, kept.channel, kept.is_given, kept.basis, kept.how) == (
        CALLS,
        "phone",
        True,
        "consent",
        "oral",
    )
    assert (kept.version, kept.language, kept.wording_sha256) == (SECOND.id, "fr", words.sha256)
    assert (kept.recorded_by_id, kept.decided_at, kept.quote_id) == (counter.by.id, AT, quote)
    assert NUMBER not in str(vars(kept))
    told = 'SELECT tag, subject, actor_id, "references" FROM journal_entry WHERE subject = %s'
    references = {"decision": str(made.id), "version": SECOND.id, "wording": words.sha256, "quote": str(quote)}
    assert rows(told, subject) == [("consent:decision:recorded", subject, counter.by.id, references)]


def test_an_answer_that_is_missing_is_no_no(counter: Counter, subject: str) -> None:
    decide(counter, subject, call(NUMBER, is_given=True))
    assert counter.read(queries.decision_for, [subject], CALLS, OTHER) is None
    assert counter.read(queries.decision_for, [subject], USE) is None
    assert counter.read(queries.current, [ids.reference("C")]) == []


def test_the_same_answer_to_the_same_words_again_changes_nothing(counter: Counter, subject: str) -> None:
    answers = (use(is_given=True), use(is_given=False, purpose="client.use.storage"))
    first = decide(counter, subject, *answers)
    before = fingerprints()
    again = decide(counter, subject, *answers, at=AT + timedelta(days=1))
    assert [made.id for made in again] == [made.id for made in first]
    assert fingerprints() == before


def test_a_yes_is_not_turned_into_a_no_past_withdrawal(counter: Counter, subject: str) -> None:
    decide(counter, subject, use(is_given=True))
    before = fingerprints()
    with pytest.raises(actions.WithdrawInsteadError):
        decide(counter, subject, use(is_given=True, purpose="client.use.storage"), use(is_given=False))
    assert fingerprints() == before


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (actions.Answer(USE, "", "", True, asked("client.use.storage")), actions.OtherWordingError),
        (actions.Answer(USE, "", "", True, documents.notice(FIRST, "client", "fr")), actions.OtherWordingError),
        (actions.Answer(USE, "phone", NUMBER, True, asked(USE)), NotAnAddressError),
        (actions.Answer(USE, "phone", "", True, asked(USE)), NotAnAddressError),
        (actions.Answer(CALLS, "phone", "", True, asked(CALLS, SECOND)), NotAnAddressError),
        (actions.Answer(CALLS, "phone", "06 39 98 12 34", True, asked(CALLS, SECOND)), NotAnAddressError),
    ],
)
def test_an_answer_to_another_question_or_out_of_place_is_refused(
    counter: Counter, subject: str, answer: actions.Answer, refusal: type[Exception]
) -> None:
    before = fingerprints()
    with pytest.raises(refusal):
        decide(counter, subject, answer)
    assert fingerprints() == before


@pytest.mark.parametrize("how", [How.ORAL, How.COUNTER])
def test_what_was_said_aloud_is_taken_down_by_a_person(counter: Counter, subject: str, how: How) -> None:
    by = Actor.program("import")
    with pytest.raises(actions.NobodyReadError), scope.entered(counter.tenant):
        actions.decide(subject=subject, answers=[use(is_given=True)], how=how, by=by, at=AT)
    with scope.entered(counter.tenant):
        made = actions.decide(subject=subject, answers=[use(is_given=True)], how=How.LINK, by=by, at=AT)
    assert [each.recorded_by_id for each in made] == [None]


def test_a_number_is_found_by_whoever_holds_it_and_by_every_number_s_answer(counter: Counter, subject: str) -> None:
    (yes,) = decide(counter, subject, call(NUMBER, is_given=True))
    assert counter.read(queries.decision_for, [subject], CALLS, NUMBER) == yes
    withdraw(counter, subject, CALLS, AT + timedelta(hours=1))
    for number in (NUMBER, OTHER):
        assert counter.read(queries.decision_for, [subject], CALLS, number).is_given is False
    (again,) = decide(counter, subject, call(OTHER, is_given=True), at=AT + timedelta(hours=2))
    assert counter.read(queries.decision_for, [subject], CALLS, OTHER) == again
    assert counter.read(queries.decision_for, [subject], CALLS, NUMBER).is_given is False


def test_a_household_s_number_is_each_person_s_own_answer(counter: Counter) -> None:
    one, other = ids.reference("C"), ids.reference("C")
    decide(counter, one, call(NUMBER, is_given=True))
    decide(counter, other, call(NUMBER, is_given=False))
    found = [counter.read(queries.decision_for, [each], CALLS, NUMBER) for each in (one, other)]
    assert [decision.is_given for decision in found] == [True, False]
    assert found[0].address_digest == found[1].address_digest


answers = st.lists(
    st.tuples(st.sampled_from([(USE, ""), (CALLS, NUMBER), (CALLS, OTHER)]), st.booleans(), st.integers(0, 3)),
    max_size=10,
)


@settings(max_examples=60, deadline=None)
@given(told=answers)
def test_what_holds_is_a_fold_over_the_history(counters: dict[str, Counter], told: list[Any]) -> None:
    counter, group = counters["TILLEUL"], [ids.reference("C"), ids.reference("C")]
    expected: dict[Any, tuple[int, int, bool]] = {}
    with scope.entered(counter.tenant):
        for rank, ((purpose, number), is_given, hours) in enumerate(told):
            digest = queries.address_digest("phone", number) if number else ""
            Decision.objects.create(
                subject=group[rank % 2],
                purpose=purpose,
                channel="phone" if number else "",
                address_digest=digest,
                basis="consent",
                is_given=is_given,
                how="oral",
                recorded_by_id=counter.by.id,
                decided_at=AT + timedelta(hours=hours),
                version=SECOND.id,
                language="fr",
                wording_sha256="ab" * 32,
            )
            held = expected.get((purpose, number), (-1, -1, False))
            expected[purpose, number] = max(held, (hours, rank, is_given))
        found = queries.current(group)
        for (purpose, number), (_, _, is_given) in expected.items():
            decision = queries.decision_for(group, purpose, number)
            assert decision is not None
            assert decision.is_given == is_given
        transaction.set_rollback(True)
    assert sorted(each.is_given for each in found) == sorted(is_given for *_, is_given in expected.values())
    assert len({(each.purpose, each.address_digest) for each in found}) == len(found) == len(expected)


def test_another_repairer_knows_of_no_decision(counters: dict[str, Counter], subject: str) -> None:
    decide(counters["TILLEUL"], subject, call(NUMBER, is_given=True))
    assert counters["CANAL"].read(queries.history, [subject]) == []
    digests = {each.read(queries.address_digest, "phone", NUMBER) for each in counters.values()}
    assert len(digests) == 2


def test_a_decision_on_other_words_than_its_version_asks_is_counted(counter: Counter, subject: str) -> None:
    count, wrong = counter.read(queries.decided_on_other_words)
    decide(counter, subject, call(NUMBER, is_given=True), use(is_given=True))
    assert counter.read(queries.decided_on_other_words) == (count + 2, wrong)
    faults = (
        {"wording_sha256": "ab" * 32},
        {"version": "2019-01-01"},
        {"language": "de"},
        {"purpose": "client.rights"},
    )
    for number, fault in enumerate(faults, 1):
        (yes, _) = counter.read(queries.history, [subject])
        with scope.entered(counter.tenant):
            told = {field.attname: getattr(yes, field.attname) for field in Decision._meta.local_fields}
            Decision.objects.create(**{**told, "id": ids.new(), **fault})
            assert queries.decided_on_other_words() == (count + 3, wrong + 1), number
            transaction.set_rollback(True)


@pytest.mark.parametrize("wording", ["", "ab" * 31, "AB" * 32])
def test_a_decision_without_the_digest_of_its_words_cannot_be_written(counter: Counter, wording: str) -> None:
    insert = """INSERT INTO consent_decision (id, controller_id, subject, purpose, channel, address_digest, basis, is_given,
        how, decided_at, version, language, wording_sha256)
        VALUES (gen_random_uuid(), %s, 'C-00000000', 'p', '', '', 'consent', true, 'oral', now(), '2020-01-25', 'fr', %s)"""
    with as_role("app") as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("SELECT set_config('gardien.controller', %s, false)", [str(counter.tenant)])
        connection.execute(insert, [counter.tenant, wording])


@pytest.mark.parametrize(
    "statement",
    ["UPDATE consent_decision SET is_given = true", "DELETE FROM consent_decision", "TRUNCATE consent_decision"],
)
def test_the_portal_can_neither_change_nor_remove_a_decision(counter: Counter, statement: str) -> None:
    with as_role("app") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
