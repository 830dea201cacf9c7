"""Until when and why: an activity fact alone moves a clock, an ending ends it, and nothing else does either."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections, transaction
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.base import ids, scope
from gardien.consent import queries as heard
from gardien.customers import actions as customers
from gardien.customers import queries as people
from gardien.messaging.rules import Folder
from gardien.network.models import Membership
from gardien.portal import cast
from gardien.quotes import actions as quotes
from gardien.standing import actions, queries
from gardien.standing.rules import EndReason, Event, Ground
from tests.conftest import PASSWORD, empty_tables
from tests.messaging import post
from tests.standing import person as persons
from tests.standing import test_walk
from tests.standing.person import Person

PARIS = ZoneInfo("Europe/Paris")
FIRST, SECOND = datetime(2024, 2, 27, 9, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)
CLAUSE, PURPOSES = "client.retention.quotes", ("client.use.quote", "client.use.storage")
TOLD = date(2024, 2, 27)
Step = Callable[[Person, datetime], object]


def entry(person: Person, at: datetime, **how: Any) -> queries.KeptUnder:
    found = queries.explain(person.references, TOLD, was_told_again=how.pop("was_told_again", False), at=at, **how)
    return next(each for each in found if each.clause == CLAUSE)


def slow_end(happened_at: datetime) -> datetime:
    """Walk day by day to the same-numbered day two years on, at midnight in Paris; 29 February becomes 28."""
    start = happened_at.astimezone(PARIS).date()
    wanted = (start.month, 28 if (start.month, start.day) == (2, 29) else start.day)
    day = start
    while not (day.year == start.year + 2 and (day.month, day.day) == wanted):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(UTC)


def fact(event: Event) -> Step:
    def tell(person: Person, at: datetime) -> None:
        subject = person.references[at.minute % len(person.references)]
        actions.record_activity(subject=subject, event=event, source_id=ids.new(), by=person.by, at=at)

    return tell


def call(name: str) -> Step:
    """Call an action of a room as the walk does; one that the person's state refuses changes nothing."""

    def act(person: Person, at: datetime) -> None:
        try:
            with transaction.atomic():
                test_walk.actions()[name](**test_walk.CALLS[name](person), by=person.by, at=at)
        except (PermissionError, LookupError, ValueError):
            pass

    return act


MOVING = {
    *(
        "quotes.issue",
        "quotes.accept",
        "quotes.accept_late",
        "quotes.refuse",
        "customers.record",
        "standing.record_activity",
    ),
    *("consent.withdraw", "consent.decide", "customers.end_use", "standing.end", "quotes.end_use"),
    *("customers.resume_use", "standing.resume"),
}
"""The actions that record a fact, an end or that it goes on; the walk's table holds all others too."""
STILL = sorted(set(test_walk.CALLS) - MOVING - {"quotes.add_tyre", "quotes.add_fitted"})
STEPS = st.one_of(
    st.tuples(st.just("fact"), st.sampled_from(list(Event))),
    st.tuples(st.just("end"), st.sampled_from(PURPOSES)),
    st.tuples(st.just("resume"), st.sampled_from(PURPOSES)),
    st.tuples(st.just("call"), st.sampled_from(STILL)),
)


@pytest.fixture(scope="module")
def person(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Person]:
    """The person, committed once: each test rolls back what it does."""
    outbox = tmp_path_factory.mktemp("outbox")
    with django_db_blocker.unblock(), override_settings(GARDIEN_MAIL=Folder(outbox), GARDIEN_MAIL_FROM=post.FROM):
        cast.load(password=PASSWORD, at=FIRST)
        adviser = Membership.objects.select_related("site__repairer").get(user__email="counter.adviser@tilleul.example")
        found = persons.build(adviser, FIRST)
        with scope.entered(found.tenant):
            found.objects["reading"] = heard.reading(found.objects["kept"].reading_id)
            persons.corresponded(found, FIRST)
        yield found
        connections.close_all()
    empty_tables()


def undone(person: Person, body: Callable[[], None]) -> None:
    """Run a body in the person's scope and roll it back."""
    with scope.entered(person.tenant):
        body()
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(STEPS, st.integers(1, 60 * 24 * 40)), max_size=12),
    starts=st.sampled_from([FIRST, SECOND]),
    was_told_again=st.booleans(),
)
def test_a_fact_moves_the_clock_an_end_ends_it_and_no_other_action_does_either(
    person: Person, steps: list[tuple[tuple[str, Any], int]], starts: datetime, was_told_again: bool
) -> None:
    def story() -> None:
        last, told, over, at = FIRST, FIRST, dict[str, datetime](), starts
        for (kind, what), minutes in steps:
            at += timedelta(minutes=minutes)
            if kind == "fact":
                fact(what)(person, at)
                last = at
                told = at if what in (Event.DETAILS_TOLD, Event.QUOTE_ISSUED) else told
            elif kind == "end":
                _end(person, what, at)
                over[what] = at if over.get(what, FIRST) <= told else over[what]
            elif kind == "resume":
                actions.resume(subject=person.references[0], purpose=what, by=person.by, at=at)
                told = at if what == "client.use.quote" else told
            else:
                call(what)(person, at)
            ended = over.get("client.use.quote", FIRST)
            is_over = ended > told
            until = min(slow_end(last), ended) if is_over else slow_end(last)
            found = entry(person, at, was_told_again=was_told_again)
            assert (found.until_at, found.because and found.because[1]) == (until, last), (kind, what)
            assert found.ended == (EndReason.OBJECTION if is_over else None)

    undone(person, story)


def _end(person: Person, purpose: str, at: datetime) -> None:
    for subject in person.references:
        actions.end(subject=subject, purpose=purpose, reason=EndReason.OBJECTION, by=person.by, at=at)


@pytest.mark.parametrize("name", STILL)
@pytest.mark.parametrize("at", [FIRST + timedelta(days=200), SECOND])
def test_an_action_that_is_no_activity_leaves_the_clock_where_it_was(person: Person, name: str, at: datetime) -> None:
    def story() -> None:
        before = entry(person, at)
        call(name)(person, at)
        after = entry(person, at)
        assert (after.until_at, after.because, after.ended) == (before.until_at, before.because, before.ended)
        assert after.until_at == slow_end(FIRST)

    undone(person, story)


def test_each_activity_of_the_rooms_moves_the_clock(person: Person) -> None:
    at = FIRST + timedelta(days=5)

    def story() -> None:
        quotes.accept(quote_id=person.ids["issued"], by=person.by, at=at)
        assert entry(person, at).because == (Event.QUOTE_ACCEPTED, at)
        later = at + timedelta(days=400)
        quotes.issue(quote_id=person.ids["draft"], by=person.by, at=later)
        assert (entry(person, later).because, entry(person, later).until_at) == (
            (Event.QUOTE_ISSUED, later),
            slow_end(later),
        )

    undone(person, story)


def test_the_explanation_names_clause_version_words_holds_and_restriction(person: Person) -> None:
    def story() -> None:
        found = entry(person, FIRST)
        assert (found.title, found.version, found.ended) == ("Données et devis", "2020-01-25", None)
        assert found.categories[:3] == ("nom", "prénom", "adresse postale")
        assert "plaque d’immatriculation" in found.categories
        assert all(":" not in word and "_" not in word for word in found.categories)
        assert [(each.ground, each.category) for each in found.holds] == [("warranty", "derived:quote")]
        assert found.until_at == datetime(2026, 2, 26, 23, tzinfo=UTC)
        assert entry(person, SECOND, language="en").title == "Data and quotes"
        assert entry(person, SECOND).version == "2026-11-22"
        actions.restrict(subjects=person.references[:1], by=person.by, at=FIRST)
        assert (found.is_restricted, entry(person, FIRST).is_restricted) == (False, True)

    undone(person, story)


def test_nothing_runs_for_who_was_never_active(person: Person) -> None:
    def story() -> None:
        stranger = queries.explain(["C-00000000"], TOLD, was_told_again=False, at=FIRST)
        assert [(each.until_at, each.because, each.holds) for each in stranger] == [(None, None, ())] * len(stranger)
        assert CLAUSE in [each.clause for each in stranger]

    undone(person, story)


def test_a_group_has_one_clock_and_each_record_its_own_after_the_merge_is_undone(person: Person) -> None:
    at = FIRST + timedelta(days=30)

    def story() -> None:
        kept, absorbed = person.references
        actions.record_activity(subject=absorbed, event=Event.WHEELS_IN, source_id=ids.new(), by=person.by, at=at)
        assert entry(person, at).until_at == slow_end(at)
        customers.undo_merge(merge_id=person.ids["merge"], by=person.by, at=at)
        assert people.subjects(person.ids["kept"]) == (kept,)
        alone = [queries.explain([each], TOLD, was_told_again=False, at=at) for each in (kept, absorbed)]
        ends = [found.until_at for each in alone for found in each if found.clause == CLAUSE]
        assert ends == [slow_end(FIRST), slow_end(at)]

    undone(person, story)


def test_a_hold_says_why_and_leaves_the_clock(person: Person) -> None:
    def story() -> None:
        before = entry(person, FIRST)
        terms = {"legal_reference": "litige", "until_date": date(2030, 1, 1), "by": person.by, "at": FIRST}
        actions.hold(subject=person.references[1], ground=Ground.DISPUTE, category="plate", **terms)
        after = entry(person, FIRST)
        assert [each.ground for each in after.holds] == ["warranty", "dispute"]
        assert after.until_at == before.until_at

    undone(person, story)
