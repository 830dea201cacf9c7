"""What becomes of an issued quote: accepted, refused or cancelled, once."""

from datetime import timedelta

import pytest

from gardien.base import ids
from gardien.quotes import actions, queries
from gardien.quotes.rules.vocabulary import CancelReason
from tests.quotes.counter import Counter, day, rows
from tests.quotes.test_drafting import at_once
from tests.walls.house import fingerprints

AT = day(2047)
LATER = AT + timedelta(days=3)
FACTS = "SELECT event, happened_at FROM standing_fact WHERE source_id = %s ORDER BY happened_at"
TOLD = "SELECT tag, subject FROM journal_entry WHERE \"references\"->>'quote' = %s AND at >= %s"


def answer(counter: Counter, name: str, quote_id: object, at: object = LATER) -> object:
    what = {"reason": CancelReason.MISTAKE} if name == "cancel" else {}
    return counter.do(getattr(actions, name), at, quote_id=quote_id, **what)


def test_issuing_is_an_activity_of_the_person_and_so_is_each_answer(counter: Counter) -> None:
    for name, state, event in (("accept", "accepted", "quote_accepted"), ("refuse", "refused", "quote_refused")):
        quote = counter.sell(AT)
        answered = answer(counter, name, quote.id)
        assert (answered.state, answered.answered_at, answered.cancel_reason) == (state, LATER, "")
        assert rows(FACTS, quote.id) == [("quote_issued", AT), (event, LATER)]
        assert rows(TOLD, str(quote.id), LATER) == [(f"quotes:quote:{state}", quote.customer.reference)]


def test_a_cancelled_quote_keeps_its_reason_and_moves_no_clock(counter: Counter) -> None:
    quote = counter.sell(AT)
    cancelled = answer(counter, "cancel", quote.id)
    assert (cancelled.state, cancelled.cancelled_at, cancelled.cancel_reason) == ("cancelled", LATER, "mistake")
    assert rows(FACTS, quote.id) == [("quote_issued", AT)]
    assert rows(TOLD, str(quote.id), LATER) == [("quotes:quote:cancelled", quote.customer.reference)]
    assert counter.read(queries.by_id, quote.id).number == quote.number
    assert counter.pdf(quote)[:5] == b"%PDF-"


@pytest.mark.parametrize("name", ["accept", "refuse", "cancel"])
def test_the_same_answer_again_or_at_the_same_time_is_one_answer(counter: Counter, name: str) -> None:
    quote = counter.sell(AT)
    at_once(4, lambda: answer(counter, name, quote.id))
    before = fingerprints()
    assert (
        answer(counter, name, quote.id, LATER + timedelta(days=1)).state == counter.read(queries.by_id, quote.id).state
    )
    assert fingerprints() == before
    assert len(rows(TOLD, str(quote.id), LATER)) == 1


@pytest.mark.parametrize("first", ["accept", "refuse", "cancel"])
def test_an_answered_quote_takes_no_other_answer(counter: Counter, first: str) -> None:
    quote = counter.sell(AT)
    answer(counter, first, quote.id)
    before = fingerprints()
    for name in {"accept", "refuse", "cancel"} - {first}:
        with pytest.raises(actions.NotOpenError):
            answer(counter, name, quote.id)
    assert fingerprints() == before


@pytest.mark.parametrize("name", ["accept", "refuse", "cancel"])
def test_a_draft_and_what_is_no_quote_take_no_answer(counters: dict[str, Counter], name: str) -> None:
    ours, theirs = counters["TILLEUL"], counters["CANAL"]
    draft, foreign = ours.draft(AT, "10.00"), theirs.sell(AT)
    before = fingerprints()
    with pytest.raises(actions.NotOpenError):
        answer(ours, name, draft.id)
    for quote_id in (foreign.id, ids.new()):
        with pytest.raises(queries.NoSuchQuoteError):
            answer(ours, name, quote_id)
    assert fingerprints() == before


def test_a_quote_is_accepted_until_the_end_of_its_last_day_in_paris(counter: Counter) -> None:
    first, second = (counter.sell(day(2048, 6, 15)) for _ in range(2))
    assert str(first.valid_until_date) == "2048-07-15"
    assert answer(counter, "accept", first.id, day(2048, 7, 15, 21, 59)).state == "accepted"
    before = fingerprints()
    with pytest.raises(actions.ExpiredError):
        answer(counter, "accept", second.id, day(2048, 7, 15, 22, 0))
    assert fingerprints() == before
    assert answer(counter, "refuse", second.id, day(2048, 8, 1)).state == "refused"


def test_opposite_answers_at_the_same_time_leave_one(counter: Counter) -> None:
    quote = counter.sell(AT)
    names = iter(["accept", "refuse", "cancel"])

    def any_answer() -> str:
        try:
            return str(answer(counter, next(names), quote.id).state)
        except actions.NotOpenError:
            return ""

    answered = at_once(3, any_answer)
    assert sorted(answered)[:2] == ["", ""]
    assert counter.read(queries.by_id, quote.id).state == max(answered)
