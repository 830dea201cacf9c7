"""The days of a quote: its last second in Paris, the night that ends it, and what is to be followed up before."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app

from gardien.base import clock
from gardien.quotes import actions, jobs, queries
from gardien.quotes.actions import answering
from gardien.quotes.models import Quote
from gardien.quotes.rules import vocabulary
from gardien.quotes.rules.vocabulary import State
from gardien.retention.models import Run
from tests.conftest import as_role
from tests.quotes.counter import Counter, day, rows
from tests.quotes.test_documents import run_worker

PARIS = ZoneInfo("Europe/Paris")
LAST_DAYS = {
    "winter": date(2065, 1, 20),
    "summer": date(2065, 7, 20),
    "the day with 23 hours": date(2065, 3, 29),
    "the day before it": date(2065, 3, 28),
    "the day with 25 hours": date(2065, 10, 25),
    "the day before that": date(2065, 10, 24),
    "the last day of the year": date(2064, 12, 31),
    "29 February": date(2064, 2, 29),
}
TOLD = "SELECT count(*) FROM journal_entry WHERE tag = 'quotes:quote:expired' AND \"references\"->>'quote' = ANY(%s)"


def midnight_after(last: date) -> datetime:
    """Return the instant at which the day after `last` begins in Paris."""
    return datetime.combine(last + timedelta(days=1), time.min, PARIS).astimezone(UTC)


def ending(counter: Counter, last: date) -> Quote:
    """Issue a quote whose last day is `last`."""
    noon = datetime.combine(last - timedelta(days=30), time(12), UTC)
    quote = counter.sell(noon)
    assert quote.valid_until_date == last
    return quote


def states(counter: Counter, *quotes: Quote) -> list[str]:
    return [counter.read(queries.by_id, quote.id).state for quote in quotes]


@pytest.mark.parametrize("last", LAST_DAYS.values(), ids=LAST_DAYS)
def test_a_quote_holds_to_the_last_second_of_its_last_day_in_paris(counter: Counter, last: date) -> None:
    midnight = midnight_after(last)
    second = midnight - timedelta(seconds=1)
    in_time, too_late = ending(counter, last), ending(counter, last)
    counter.do(actions.expire, second)
    assert states(counter, in_time, too_late) == ["issued", "issued"]
    assert counter.do(actions.accept, second, quote_id=in_time.id).state == "accepted"
    with pytest.raises(actions.ExpiredError):
        counter.do(actions.accept, midnight, quote_id=too_late.id)
    counter.do(actions.expire, midnight)
    assert states(counter, in_time, too_late) == ["accepted", "expired"]


@pytest.mark.parametrize("last", LAST_DAYS.values(), ids=LAST_DAYS)
def test_a_link_answers_to_that_same_second(counter: Counter, last: date) -> None:
    quote = ending(counter, last)
    link = counter.read(lambda: queries.answer_link(quote, queries.document(quote.id)))
    assert link.expires_at == midnight_after(last) - timedelta(seconds=1)


def test_what_is_over_is_neither_given_nor_revised_before_the_night_has_passed(counter: Counter) -> None:
    quote, late = ending(counter, date(2066, 1, 31)), day(2066, 2, 1)
    for act, what in ((actions.give, {"state": State.SENT}), (actions.revise, {"draft_key": quote.id})):
        with pytest.raises(actions.ExpiredError):
            counter.do(act, late, quote_id=quote.id, **what)
    assert states(counter, quote) == ["issued"]


def test_the_night_ends_what_is_over_once_and_touches_nothing_else(counter: Counter) -> None:
    last = date(2067, 1, 31)
    over, given, accepted, refused, cancelled, later = (
        *(ending(counter, last) for _ in range(5)),
        ending(counter, last + timedelta(days=1)),
    )
    draft, at, night = counter.draft(day(2067, 1, 1), "10.00"), day(2067, 1, 20), midnight_after(last)
    counter.do(actions.give, at, quote_id=given.id, state=State.HANDED_OVER)
    counter.do(actions.accept, at, quote_id=accepted.id)
    counter.do(actions.refuse, at, quote_id=refused.id)
    counter.do(actions.cancel, at, quote_id=cancelled.id, reason=vocabulary.CancelReason.MISTAKE)
    everything = (over, given, accepted, refused, cancelled, later, draft)
    counter.do(actions.expire, night)
    ended = ["expired", "expired", "accepted", "refused", "cancelled", "issued", "draft"]
    assert states(counter, *everything) == ended
    assert counter.do(actions.expire, night) == 0
    assert states(counter, *everything) == ended
    assert rows(TOLD, [str(quote.id) for quote in everything]) == [(2,)]


def test_a_night_that_was_missed_is_made_up_for_and_each_repairer_ends_their_own(counters: dict[str, Counter]) -> None:
    ours, theirs = counters["TILLEUL"], counters["CANAL"]
    own = [ending(ours, date(2068, 1, 10) + timedelta(days=each)) for each in range(3)]
    foreign = ending(theirs, date(2068, 1, 10))
    assert ours.do(actions.expire, day(2068, 3, 1)) >= len(own)
    assert (states(ours, *own), states(theirs, foreign)) == (["expired"] * 3, ["issued"])


def test_a_night_takes_as_many_statements_for_many_quotes_as_for_one(counter: Counter) -> None:
    night = midnight_after(date(2069, 1, 31))
    counter.do(actions.expire, night)

    def cost(count: int) -> int:
        made = [ending(counter, date(2069, 1, 31)) for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert counter.do(actions.expire, night) == len(made)
        return len(captured)

    assert cost(1) == cost(12)


def test_many_quotes_end_in_batches_and_one_that_somebody_holds_the_next_time(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = midnight_after(date(2070, 1, 31))
    counter.do(actions.expire, night)
    monkeypatch.setattr(answering, "BATCH", 2)
    made = [ending(counter, date(2070, 1, 31)) for _ in range(5)]
    with as_role("app") as other:
        other.execute("SELECT set_config('gardien.controller', %s, true)", [str(counter.tenant)])
        other.execute("SELECT 1 FROM quotes_quote WHERE id = %s FOR UPDATE", [made[2].id])
        assert counter.do(actions.expire, night) == 4
        assert states(counter, *made) == ["expired", "expired", "issued", "expired", "expired"]
    assert (counter.do(actions.expire, night), states(counter, made[2])) == (1, ["expired"])


def test_the_job_ends_the_quotes_of_every_repairer_one_job_each(counters: dict[str, Counter]) -> None:
    made = {code: ending(counter, date(2021, 6, 30)) for code, counter in counters.items()}
    jobs.expire(0)
    queued = "SELECT args->>'tenant' FROM procrastinate_jobs WHERE task_name = 'quotes.expire_of' AND status = 'todo'"
    tenants = [tenant for (tenant,) in rows(queued)]
    assert {str(counter.tenant) for counter in counters.values()} <= set(tenants)
    assert len(tenants) == len(set(tenants))
    Run.objects.create(as_of=clock.now(), started_at=clock.now(), ended_at=clock.now())  # nothing is due to the sweep
    run_worker()
    assert [states(counters[code], quote) for code, quote in made.items()] == [["expired"], ["expired"]]
    assert rows(queued) == []


@pytest.mark.parametrize("on", [date(2026, 1, 15), date(2026, 7, 15), date(2026, 3, 29), date(2026, 10, 25)])
def test_the_job_comes_in_the_first_minutes_of_a_day_in_paris(on: date) -> None:
    (cron,) = [task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items() if name == "quotes.expire"]
    midnight = midnight_after(on - timedelta(days=1))
    first = croniter(cron, midnight).get_next(datetime)
    assert timedelta(0) < first - midnight <= timedelta(minutes=10)


def test_the_follow_up_names_open_quotes_of_the_next_days_the_nearest_first(counter: Counter) -> None:
    today, at = date(2071, 5, 10), day(2071, 5, 10)
    apart = (2, 0, -1, 3, 4, 0, 1)
    made = {rank: ending(counter, today + timedelta(days=days)) for rank, days in enumerate(apart)}
    counter.do(actions.give, at, quote_id=made[3].id, state=State.SENT)
    counter.do(actions.refuse, at, quote_id=made[6].id)
    near: list[Any] = counter.read(lambda: list(queries.follow_up(counter.membership.site_id, at)))
    assert [quote.id for quote in near] == [made[rank].id for rank in (1, 5, 0, 3)]
    assert [quote.id for quote in near][:2] == sorted([made[1].id, made[5].id])
