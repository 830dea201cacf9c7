"""The life of a quote, walked at random beside the table of states that the house agreed on."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gardien.base import ids
from gardien.quotes import actions, queries
from gardien.quotes.rules.vocabulary import OPEN, TRANSITIONS, CancelReason, RefusalReason, State
from tests.quotes.counter import Counter, day, rows

PARIS = ZoneInfo("Europe/Paris")
GIVEN = {"sent", "handed_over"}
ENDS = {"accepted", "refused", "expired", "superseded", "cancelled"}
TABLE = {
    "draft": {"issued"},
    "issued": GIVEN | ENDS,
    "sent": GIVEN | ENDS,
    "handed_over": GIVEN | ENDS,
    "expired": {"accepted"},
    **{state: set() for state in ("accepted", "refused", "superseded", "cancelled")},
}
"""What may follow what: domain.md, table of states; sending again and handing over what was sent change no more."""
ROW = (
    "SELECT state, number, answered_at, cancelled_at, refusal_reason, late_reason, chosen_option, total_ttc::text"
    " FROM quotes_quote WHERE id = %s"
)
TOLD = "SELECT tag FROM journal_entry WHERE \"references\"->>'quote' = %s ORDER BY id"
OFFERS = (Decimal("129.99"), Decimal("99.99"))


def test_the_table_of_states_is_the_one_agreed_on() -> None:
    assert {state.value: {each.value for each in following} for state, following in TRANSITIONS.items()} == TABLE


class Life(RuleBasedStateMachine):
    """A quote and what a reader of the table expects of it."""

    counter: ClassVar[Counter]
    customer: ClassVar[Any]

    @initialize(has_options=st.booleans())
    def begin(self, has_options: bool) -> None:
        """Open a draft."""
        self.at, self.has_options, self.older = day(2063), has_options, list[Any]()
        self.option = 2 if has_options else None
        self.opened()

    def opened(self) -> None:
        what = {"customer": self.customer, "vehicle": None, "site": self.counter.membership.site}
        self.quote = self.do(actions.draft, **what, draft_key=ids.new())
        self.state, self.last, self.told = "draft", None, ["quotes:quote:drafted"]
        for rank, price in enumerate(OFFERS if self.has_options else OFFERS[:1], 1):
            self.add(price, rank if self.has_options else 0)

    def do(self, action: Any, **what: Any) -> Any:
        return self.counter.do(action, self.at, **what)

    def add(self, price: Decimal, option: int) -> None:
        offer = actions.Offer("Pneu", Decimal(4), price, Decimal(20), option=option)
        self.do(actions.add_service, quote_id=self.quote.id, offer=offer, line_key=ids.new())
        self.told.append("quotes:line:added")

    @property
    def is_open(self) -> bool:
        return self.state in {"issued", "sent", "handed_over"}

    @property
    def is_over(self) -> bool:
        return self.last is not None and self.at.astimezone(PARIS).date() > self.last

    def becomes(self, state: str, refusal: type[Exception] | None, action: Any, tag: str = "", /, **what: Any) -> None:
        """Act; expect a new state, or a refusal that moves nothing."""
        before = self.row()
        if refusal:
            with pytest.raises(refusal):
                self.do(action, quote_id=self.quote.id, **what)
            assert self.row() == before
            return
        self.do(action, quote_id=self.quote.id, **what)
        if self.state != state or action is actions.give:
            assert state in TABLE[self.state]
            self.state = state
            self.told.append(f"quotes:quote:{tag or state}")
        else:
            assert self.row() == before

    def closed(self) -> type[Exception] | None:
        """Return how a closed quote refuses what an open one takes."""
        if self.state == "expired" or (self.is_open and self.is_over):
            return actions.ExpiredError
        return None if self.is_open else actions.NotOpenError

    def row(self) -> Any:
        return rows(ROW, self.quote.id)

    @rule(hours=st.sampled_from([1, 24, 24 * 9]))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.at += timedelta(hours=hours)

    @rule(is_after=st.booleans())
    def wait_for_the_last_midnight(self, is_after: bool) -> None:
        """Let time pass until the last second, or the first one after it."""
        if self.last is not None:
            end = datetime.combine(self.last + timedelta(days=1), time.min, PARIS)
            self.at = max(self.at, (end if is_after else end - timedelta(seconds=1)).astimezone(self.at.tzinfo))

    @rule()
    def edit(self) -> None:
        """Add a line."""
        if self.state == "draft":
            self.add(Decimal("10.00"), 0)
        else:
            with pytest.raises(actions.NotADraftError):
                self.add(Decimal("10.00"), 0)

    @rule()
    def issue(self) -> None:
        """Issue it; again changes nothing."""
        is_new = self.state == "draft"
        self.becomes("issued" if is_new else self.state, None, actions.issue)
        if is_new:
            self.quote = self.counter.read(queries.by_id, self.quote.id)
            self.last = self.quote.valid_until_date

    @rule(state=st.sampled_from([State.SENT, State.HANDED_OVER]))
    def give(self, state: State) -> None:
        """Give it to the person."""
        self.becomes(state.value, self.closed(), actions.give, state=state)

    @rule()
    def accept(self) -> None:
        """Accept it in time."""
        refusal = None if self.state == "accepted" else self.closed()
        self.becomes("accepted", refusal, actions.accept, option=self.option)

    @rule(reason=st.sampled_from(["", " \t", "promised by phone"]))
    def accept_late(self, reason: str) -> None:
        """Accept it after its last day."""
        refusal: type[Exception] | None = None
        if self.state != "accepted":
            blank = None if reason.strip() else actions.NoReasonError
            refusal = blank if self.is_over else actions.NotExpiredError
            refusal = refusal if self.is_open or self.state == "expired" else actions.NotOpenError
        self.becomes("accepted", refusal, actions.accept_late, "accepted_late", reason=reason, option=self.option)

    @rule(reason=st.none() | st.sampled_from(RefusalReason))
    def refuse(self, reason: RefusalReason | None) -> None:
        """Refuse it, with a reason of the list or none."""
        refusal = None if self.is_open or self.state == "refused" else actions.NotOpenError
        is_new = self.state != "refused"
        self.becomes("refused", refusal, actions.refuse, reason=reason)
        if not refusal and is_new:
            assert self.row()[0][4] == (reason.value if reason else "")

    @rule()
    def cancel(self) -> None:
        """Cancel it."""
        refusal = None if self.is_open or self.state == "cancelled" else actions.NotOpenError
        self.becomes("cancelled", refusal, actions.cancel, reason=CancelReason.MISTAKE)

    @rule()
    def expire(self) -> None:
        """Run the night's job."""
        self.do(actions.expire)
        if self.is_open and self.is_over:
            self.state = "expired"
            self.told.append("quotes:quote:expired")

    @rule()
    def revise(self) -> None:
        """Replace it; the older one is then closed for good."""
        if refusal := self.closed():
            self.becomes(self.state, refusal, actions.revise, draft_key=ids.new())
            return
        copy = self.do(actions.revise, quote_id=self.quote.id, draft_key=ids.new())
        again = self.do(actions.revise, quote_id=self.quote.id, draft_key=ids.new())
        assert (copy.id, self.row()[0][0]) == (again.id, self.state)
        number = self.quote.number
        self.older.append(self.quote.id)
        self.quote, self.told, self.state = copy, ["quotes:quote:drafted"], "draft"
        self.issue()
        assert self.quote.number == f"{number.split('-R')[0]}-R{len(self.older) + 1}"

    @rule()
    def duplicate_and_discard(self) -> None:
        """Copy it whatever its state, and throw the copy away: it stays as it is."""
        before = self.row()
        copy = self.do(actions.duplicate, quote_id=self.quote.id, draft_key=ids.new())
        assert (copy.state, copy.revision, copy.number) == ("draft", 1, None)
        self.do(actions.discard, quote_id=copy.id)
        assert self.row() == before

    @rule()
    def discard(self) -> None:
        """Throw a draft away, and begin anew."""
        if self.state == "draft":
            self.do(actions.discard, quote_id=self.quote.id)
            assert self.row() == []
            self.opened()
        else:
            self.becomes(self.state, actions.NotADraftError, actions.discard)

    @invariant()
    def it_is_what_the_table_says(self) -> None:
        """Compare rows and journal with what is expected."""
        state, number, answered, cancelled, why, late, option, total = self.row()[0]
        assert state == self.state
        assert [tag for (tag,) in rows(TOLD, str(self.quote.id)) if not tag.startswith("quotes:line")] == [
            tag for tag in self.told if not tag.startswith("quotes:line")
        ]
        assert (number is None, answered is None) == (state == "draft", state not in {"accepted", "refused"})
        assert (cancelled is None, bool(why and state != "refused")) == (state != "cancelled", False)
        assert bool(late) == ("quotes:quote:accepted_late" in self.told)
        assert option == (self.option if state == "accepted" else None)
        if state == "accepted" and self.option:
            assert Decimal(total) >= 4 * OFFERS[1]
        assert {rows(ROW, each)[0][0] for each in self.older} <= {"superseded"}


def test_a_quote_lives_as_the_table_says(counter: Counter) -> None:
    Life.counter, Life.customer = counter, counter.customer(day(2063))
    walked = settings(max_examples=20, stateful_step_count=16, deadline=None, phases=[Phase.generate], database=None)
    run_state_machine_as_test(Life, settings=walked)  # type: ignore[no-untyped-call]


def test_only_an_open_quote_can_expire() -> None:
    assert {state for state, following in TRANSITIONS.items() if State.EXPIRED in following} == OPEN
