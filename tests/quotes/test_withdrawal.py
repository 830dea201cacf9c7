"""The end of consent to quotes: no draft and no open quote is left, however close the race."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gardien.base import ids, scope
from gardien.commitment import documents
from gardien.commitment import queries as commitment
from gardien.commitment.registry import Kept
from gardien.consent import actions as consent
from gardien.consent.rules import How
from gardien.customers import actions as customers
from gardien.quotes import actions, queries
from gardien.quotes.models import Quote
from gardien.standing import actions as standing
from tests.quotes.counter import Counter, day, rows
from tests.quotes.test_drafting import at_once
from tests.walls.house import fingerprints

USE = "client.use.quote"
AT = day(2025)
"""While the first version is in force, by which quotes rest on consent."""
ON_CONTRACT = day(2049)
"""While they rest on the person's request."""
WORDS = documents.consent(commitment.versions().all[0], USE, "fr")


def withdraw(counter: Counter, *subjects: str, at: Any = AT) -> tuple[Kept, ...]:
    return counter.do(consent.withdraw, at, subjects=subjects, purpose=USE, how=How.ORAL)


def say(counter: Counter, subject: str, at: Any = AT, *, is_given: bool) -> None:
    answer = consent.Answer(USE, "", "", is_given, WORDS)
    counter.do(consent.decide, at, subject=subject, answers=[answer], how=How.ORAL)


def add(counter: Counter, customer: Any, at: Any = AT) -> Quote:
    """Open one more draft with a line."""
    what = {"customer": customer, "vehicle": None, "site": counter.membership.site, "draft_key": ids.new()}
    draft = counter.do(actions.draft, at, **what)
    counter.add(draft, at)
    return draft


def states(*quotes: Quote) -> list[str | None]:
    found = dict(rows("SELECT id, state FROM quotes_quote WHERE id = ANY(%s)", [quote.id for quote in quotes]))
    return [found.get(quote.id) for quote in quotes]


def test_drafts_go_issued_quotes_are_cancelled_and_accepted_ones_stay_on_their_own_ground(counter: Counter) -> None:
    accepted = counter.sell(AT)
    person = accepted.customer
    draft, issued, refused = (add(counter, person) for _ in range(3))
    for quote in (issued, refused):
        counter.issue(quote, AT)
    counter.do(actions.accept, AT, quote_id=accepted.id)
    counter.do(actions.refuse, AT, quote_id=refused.id)
    stranger = counter.sell(AT)
    kept = withdraw(counter, person.reference, at=AT + timedelta(hours=1))
    assert states(accepted, draft, issued, refused, stranger) == ["accepted", None, "cancelled", "refused", "issued"]
    assert rows("SELECT count(*) FROM quotes_quoteline WHERE quote_id = %s", draft.id) == [(0,)]
    assert counter.read(queries.by_id, issued.id).cancel_reason == "consent_withdrawn"
    assert [(each.count, bool(each.ground)) for each in kept] == [(1, True), (2, False)]
    told = "SELECT tag, \"references\"->>'quote' FROM journal_entry WHERE subject = %s AND at > %s ORDER BY tag"
    assert [(tag, quote) for tag, quote in rows(told, person.reference, AT) if quote] == [
        ("quotes:quote:cancelled", str(issued.id)),
        ("quotes:quote:discarded", str(draft.id)),
    ]


def test_what_is_kept_is_said_in_french(counter: Counter) -> None:
    quote = counter.sell(AT)
    counter.do(actions.accept, AT, quote_id=quote.id)
    (kept,) = withdraw(counter, quote.customer.reference)
    assert kept == Kept("devis acceptés", 1, "le contrat formé par l’acceptation")


def test_a_second_withdrawal_answers_the_same_and_changes_nothing(counter: Counter) -> None:
    quote = counter.sell(AT)
    first = withdraw(counter, quote.customer.reference)
    before = fingerprints()
    assert withdraw(counter, quote.customer.reference, at=AT + timedelta(days=1)) == first
    assert fingerprints() == before


def test_every_record_of_a_merged_group_is_ended(counter: Counter) -> None:
    one, other = counter.sell(AT), counter.sell(AT)
    withdraw(counter, one.customer.reference, other.customer.reference)
    assert states(one, other) == ["cancelled", "cancelled"]


def test_nothing_is_drafted_or_issued_after_a_no(counter: Counter) -> None:
    draft = counter.draft(AT, "10.00")
    say(counter, draft.customer.reference, is_given=False)
    assert states(draft) == [None]
    before = fingerprints()
    with pytest.raises(actions.NotAgreedError):
        add(counter, draft.customer)
    assert fingerprints() == before
    say(counter, draft.customer.reference, AT + timedelta(hours=1), is_given=True)
    late = AT + timedelta(hours=2)
    assert counter.issue(add(counter, draft.customer, late), late).state == "issued"


def test_a_no_on_one_record_of_a_merged_person_holds_for_the_others(counter: Counter) -> None:
    draft, absorbed = counter.draft(AT, "10.00"), counter.customer(AT)
    say(counter, absorbed.reference, is_given=False)
    counter.do(customers.merge, AT, kept_id=draft.customer.id, absorbed_id=absorbed.id)
    for act in (lambda: counter.issue(draft, AT), lambda: add(counter, draft.customer)):
        with pytest.raises(actions.NotAgreedError):
            act()


def test_a_question_that_nobody_answered_is_no_no(counter: Counter) -> None:
    assert counter.sell(AT).state == "issued"


def test_under_a_contract_an_old_no_forbids_nothing(counter: Counter) -> None:
    person = counter.customer(AT)
    say(counter, person.reference, is_given=False)
    assert counter.issue(add(counter, person, ON_CONTRACT), ON_CONTRACT).state == "issued"


def test_a_restricted_person_can_withdraw_and_is_otherwise_left_alone(counter: Counter) -> None:
    quote = counter.sell(AT)
    counter.do(standing.restrict, AT, subjects=[quote.customer.reference])
    for act in (actions.accept, actions.refuse):
        with pytest.raises(queries.NoSuchQuoteError):
            counter.do(act, AT, quote_id=quote.id)
    assert states(quote) == ["issued"]
    withdraw(counter, quote.customer.reference)
    assert states(quote) == ["cancelled"]


def test_a_failure_after_the_withdrawal_leaves_everything_as_it_was(counter: Counter) -> None:
    quote = counter.sell(AT)
    before = fingerprints()
    with pytest.raises(RuntimeError), scope.entered(counter.tenant):
        consent.withdraw(subjects=[quote.customer.reference], purpose=USE, how=How.ORAL, by=counter.by, at=AT)
        raise RuntimeError
    assert fingerprints() == before


def test_an_open_quote_that_a_no_should_have_ended_is_counted(counter: Counter) -> None:
    quote = counter.sell(AT)
    withdraw(counter, quote.customer.reference, at=AT + timedelta(hours=1))
    count, wrong = counter.read(queries.open_after_a_no)
    counter.issue(add(counter, quote.customer, ON_CONTRACT), ON_CONTRACT)
    assert counter.read(queries.open_after_a_no) == (count + 1, wrong)
    with scope.entered(counter.tenant):
        Quote.objects.filter(id=quote.id).update(state="issued", cancelled_at=None, cancel_reason="")
    try:
        assert counter.read(queries.open_after_a_no) == (count + 2, wrong + 1)
    finally:
        withdraw(counter, quote.customer.reference, at=AT + timedelta(hours=2))
    assert counter.read(queries.open_after_a_no) == (count, wrong)


def in_either_order(first: Callable[[], Any], second: Callable[[], Any], counter: Counter) -> list[Any]:
    """Run both at once, the first one having done its work when the second begins; return what each came to."""
    has_acted, answers = threading.Event(), iter((0, 1))

    def act() -> Any:
        if next(answers):
            has_acted.wait(10)
            try:
                return second()
            except (actions.NotAgreedError, actions.NotOpenError, queries.NoSuchQuoteError) as refusal:
                return type(refusal).__name__
        with scope.entered(counter.tenant):
            given = first()
            has_acted.set()
            threading.Event().wait(0.3)
            return given

    return at_once(2, act)


@pytest.mark.parametrize("at", [AT, ON_CONTRACT])
@pytest.mark.parametrize("is_withdrawal_first", [True, False])
@pytest.mark.parametrize("name", ["issue", "draft", "accept"])
def test_no_open_quote_survives_a_withdrawal_at_the_same_time(
    counter: Counter, name: str, at: Any, *, is_withdrawal_first: bool
) -> None:
    draft = counter.draft(at, "10.00")
    person = draft.customer
    say(counter, person.reference, at - timedelta(hours=1), is_given=True)
    if name == "accept":
        counter.issue(draft, at)

    def other() -> Any:
        if name == "draft":
            return counter.issue(add(counter, person, at), at)
        return counter.do(getattr(actions, name), at, quote_id=draft.id)

    def take_back() -> Any:
        return withdraw(counter, person.reference, at=at)

    order = (take_back, other) if is_withdrawal_first else (other, take_back)
    in_either_order(*order, counter)
    left = rows("SELECT state FROM quotes_quote WHERE customer_id = %s", person.id)
    is_new_request = name == "draft" and is_withdrawal_first and at == ON_CONTRACT
    assert {state for (state,) in left} <= {"accepted", "cancelled", *(["issued"] if is_new_request else [])}
    assert ("accepted" in str(left)) == (name == "accept" and not is_withdrawal_first)


def test_withdrawals_drafts_issues_and_answers_in_any_order_never_leave_an_open_quote(counter: Counter) -> None:
    for _ in range(4):
        draft = counter.draft(AT, "10.00")
        issued = counter.issue(add(counter, draft.customer), AT)
        acts = iter(
            [
                lambda draft=draft: counter.issue(draft, AT),
                lambda issued=issued: counter.do(actions.accept, AT, quote_id=issued.id),
                lambda draft=draft: withdraw(counter, draft.customer.reference),
                lambda draft=draft: counter.issue(add(counter, draft.customer), AT),
                lambda draft=draft: counter.add(draft, AT),
            ]
        )

        def act(acts: Any = acts) -> None:
            try:
                next(acts)()
            except (actions.NotAgreedError, actions.NotOpenError, actions.NotADraftError, queries.NoSuchQuoteError):
                return

        at_once(5, act)
        left = rows("SELECT state FROM quotes_quote WHERE customer_id = %s", draft.customer.id)
        assert {state for (state,) in left} <= {"accepted", "cancelled"}
