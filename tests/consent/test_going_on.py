"""After a withdrawal: what a new yes lets go on, and what a restriction made wait until it is lifted."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest

from gardien.base import scope
from gardien.commitment.policy import Period, legal_time
from gardien.customers import actions as customers
from gardien.quotes import actions as quotes
from gardien.quotes.models import Quote
from gardien.standing import actions as standing
from gardien.standing import queries
from gardien.standing.rules import Event
from tests import scene
from tests.consent.ledger import USE, decide, use, withdraw
from tests.quotes.counter import Counter, day, rows
from tests.quotes.test_drafting import at_once
from tests.walls.house import fingerprints

AT = day(2025, 2)
"""While the first version is in force, by which quotes rest on consent."""
ON_CONTRACT = day(2027, 1)
"""While they rest on the person's request."""
HOUR = timedelta(hours=1)
STORAGE = "client.use.storage"


def kept(counter: Counter, *subjects: str, at: Any = AT) -> queries.KeptUnder:
    """Say until when a person's details and quotes are kept, and why."""
    with scope.entered(counter.tenant):
        found = queries.explain(subjects, date(2025, 2, 15), was_told_again=False, at=at)
    return next(each for each in found if each.clause == "client.retention.quotes")


def withdraw_all(counter: Counter, subject: str, at: Any) -> None:
    for purpose in (USE, STORAGE):
        withdraw(counter, subject, purpose, at)


def test_a_new_yes_lets_the_purpose_go_on_and_moves_no_clock(counter: Counter) -> None:
    subject = counter.customer(AT).reference
    before = kept(counter, subject)
    assert before.until_at == legal_time.retention_end(AT, Period(years=2))
    withdraw_all(counter, subject, AT + HOUR)
    ended = kept(counter, subject, at=AT + HOUR)
    assert (ended.ended, ended.until_at) == ("consent_withdrawn", AT + HOUR)
    decide(counter, subject, use(is_given=True), at=AT + 2 * HOUR)
    assert kept(counter, subject, at=AT + 2 * HOUR) == before
    withdraw(counter, subject, USE, AT + 3 * HOUR)
    again = kept(counter, subject, at=AT + 3 * HOUR)
    assert (again.ended, again.until_at) == ("consent_withdrawn", AT + 3 * HOUR)


def test_a_yes_to_one_purpose_leaves_the_other_one_over(counter: Counter) -> None:
    subject = counter.customer(AT).reference
    withdraw_all(counter, subject, AT + HOUR)
    decide(counter, subject, use(is_given=True, purpose=STORAGE), at=AT + 2 * HOUR)
    assert [each.purpose for each in counter.read(list_endings, [subject])] == [USE]


def list_endings(subjects: list[str]) -> list[Any]:
    return list(queries.endings(subjects))


def test_a_first_yes_has_nothing_to_let_go_on(counter: Counter) -> None:
    subject = counter.customer(AT).reference
    decide(counter, subject, use(is_given=True))
    assert rows("SELECT count(*) FROM standing_resumption WHERE subject = %s", subject) == [(0,)]


def test_a_quote_that_is_asked_for_under_a_contract_goes_on_from_its_issue(counter: Counter) -> None:
    customer = counter.customer(AT)
    decide(counter, customer.reference, use(is_given=True), use(is_given=True, purpose=STORAGE), at=AT)
    withdraw_all(counter, customer.reference, ON_CONTRACT)
    assert kept(counter, customer.reference, at=ON_CONTRACT).ended == "consent_withdrawn"
    later = ON_CONTRACT + HOUR
    with scope.entered(counter.tenant):
        draft = scene.draft(counter.membership, customer, later, "10.00")
    counter.issue(draft, later)
    found = kept(counter, customer.reference, at=later)
    assert (found.ended, found.because) == (None, (Event.QUOTE_ISSUED, later))


def test_a_yes_under_one_reference_speaks_for_the_merged_person_and_for_no_other_once_parted(counter: Counter) -> None:
    one, other = counter.customer(AT), counter.customer(AT)
    withdraw_all(counter, other.reference, AT + HOUR)
    merge = counter.do(customers.merge, AT + HOUR, kept_id=one.id, absorbed_id=other.id)
    group = (one.reference, other.reference)
    assert kept(counter, *group, at=AT + HOUR).ended == "consent_withdrawn"
    decide(counter, one.reference, use(is_given=True), at=AT + 2 * HOUR)
    assert kept(counter, *group, at=AT + 2 * HOUR).ended is None
    counter.do(customers.undo_merge, AT + 3 * HOUR, merge_id=merge.id)
    assert [kept(counter, each, at=AT + 3 * HOUR).ended for each in group] == [None, "consent_withdrawn"]


class Frozen:
    """A restricted person with a draft, an issued and an accepted quote; their restriction was announced."""

    def __init__(self, counter: Counter) -> None:
        self.counter, self.issued = counter, counter.sell(AT)
        self.subject = self.issued.customer.reference
        with scope.entered(counter.tenant):
            self.draft, opened = (
                scene.draft(counter.membership, self.issued.customer, AT, price) for price in ("12.00", "13.00")
            )
        self.accepted = counter.issue(opened, AT)
        counter.do(quotes.accept, AT, quote_id=self.accepted.id)
        counter.do(standing.restrict, AT, subjects=[self.subject])
        counter.do(standing.announce_lift, AT, subjects=[self.subject])

    def lift(self, at: Any) -> None:
        self.counter.do(standing.lift, at, subjects=[self.subject])

    def states(self) -> list[str | None]:
        ids = [each.id for each in (self.draft, self.issued, self.accepted)]
        found = dict(rows("SELECT id, state FROM quotes_quote WHERE id = ANY(%s)", ids))
        return [found.get(each) for each in ids]


def test_what_a_restricted_person_withdrew_from_ends_when_the_restriction_is_lifted(counter: Counter) -> None:
    frozen = Frozen(counter)
    withdraw(counter, frozen.subject, USE, AT + HOUR)
    assert frozen.states() == ["draft", "issued", "accepted"]
    frozen.lift(AT + 2 * HOUR)
    assert frozen.states() == [None, "cancelled", "accepted"]
    with scope.entered(counter.tenant):
        cancelled = Quote.objects.get(id=frozen.issued.id)
    assert (cancelled.cancel_reason, cancelled.cancelled_at) == ("consent_withdrawn", AT + 2 * HOUR)


def test_lifting_and_ending_are_one_transaction(counter: Counter) -> None:
    frozen = Frozen(counter)
    withdraw(counter, frozen.subject, USE, AT + HOUR)
    before = fingerprints()
    with pytest.raises(RuntimeError), scope.entered(counter.tenant):
        standing.lift(subjects=[frozen.subject], by=counter.by, at=AT + 2 * HOUR)
        raise RuntimeError
    assert fingerprints() == before


def test_lifting_ends_nothing_of_who_withdrew_from_nothing_or_agreed_anew(counter: Counter) -> None:
    untouched, anew = Frozen(counter), Frozen(counter)
    withdraw(counter, anew.subject, USE, AT + HOUR)
    decide(counter, anew.subject, use(is_given=True), at=AT + 2 * HOUR)
    for frozen in (untouched, anew):
        frozen.lift(AT + 3 * HOUR)
        assert frozen.states() == ["draft", "issued", "accepted"]


@pytest.mark.parametrize("is_lift_first", [True, False])
def test_no_open_quote_survives_a_withdrawal_and_a_lift_at_the_same_time(
    counter: Counter, *, is_lift_first: bool
) -> None:
    frozen = Frozen(counter)
    has_acted = threading.Event()
    acts = (lambda: frozen.lift(AT + HOUR), lambda: withdraw(counter, frozen.subject, USE, AT + HOUR))
    first, second = acts if is_lift_first else acts[::-1]
    turns = iter((True, False))

    def act() -> None:
        if next(turns):
            with scope.entered(counter.tenant):
                first()
                has_acted.set()
                threading.Event().wait(0.5)
        else:
            has_acted.wait(10)
            second()

    at_once(2, act)
    assert frozen.states() == [None, "cancelled", "accepted"]
