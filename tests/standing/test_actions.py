"""Facts, endings, restrictions and holds: each is written once, by a person where a person decides."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.journal.models import Entry
from gardien.standing import actions, queries
from gardien.standing.models import Ending, Fact, Hold, Restriction
from gardien.standing.rules import EndReason, Event, Ground, Tag
from tests.conftest import as_role

AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
LATER = AT + timedelta(days=3)
BY, PROGRAM = Actor(ids.new(), "site_manager"), Actor.program("import")
ONE, TWO = "C-7K3M9QXA", "C-8K3M9QXA"


@pytest.fixture
def controller(committed: None) -> Iterator[Any]:
    found = ids.new()
    with scope.entered(found):
        yield found


def tags() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("at", "id").values_list("tag", "subject"))


def test_a_fact_told_twice_of_one_row_is_one_fact_at_its_first_instant(controller: Any) -> None:
    source = ids.new()
    told = {"subject": ONE, "event": Event.QUOTE_ISSUED, "source_id": source, "by": BY}
    first = actions.record_activity(**told, at=AT)
    assert actions.record_activity(**told, at=LATER) == first
    assert list(Fact.objects.values_list("happened_at", flat=True)) == [AT]
    actions.record_activity(**{**told, "event": Event.QUOTE_ACCEPTED}, at=LATER)
    last = queries.last_activity([TWO, ONE])
    assert last is not None
    assert (last.event, last.happened_at, tags()) == ("quote_accepted", LATER, [])
    assert queries.last_activity([TWO]) is None


def test_an_end_is_written_once_and_stands_until_the_details_are_told_anew(controller: Any) -> None:
    ended = {"subject": ONE, "purpose": "client.use.quote", "reason": EndReason.CONSENT_WITHDRAWN, "by": BY}
    first = actions.end(**ended, at=AT)
    assert actions.end(**ended, at=LATER) == first
    assert actions.end(**{**ended, "purpose": "client.use.storage"}, at=AT) != first
    actions.record_activity(subject=ONE, event=Event.RIGHTS_REQUEST_RECEIVED, source_id=ids.new(), by=BY, at=LATER)
    assert queries.endings([ONE]).count() == 2
    actions.record_activity(subject=ONE, event=Event.DETAILS_TOLD, source_id=ids.new(), by=BY, at=LATER)
    assert queries.endings([ONE]).count() == 0
    assert actions.end(**ended, at=LATER + timedelta(days=1)) != first
    assert Ending.objects.count() == 3


def test_a_restriction_is_placed_announced_and_lifted_once_under_every_reference(controller: Any) -> None:
    both = {"subjects": (ONE, TWO), "by": BY}
    placed = actions.restrict(**both, at=AT)
    assert actions.restrict(**both, at=LATER) == placed
    with pytest.raises(actions.NotAnnouncedError):
        actions.lift(**both, at=LATER)
    assert [each.lifted_at for each in Restriction.objects.all()] == [None, None]
    for at in (LATER, LATER + timedelta(days=1)):
        actions.announce_lift(**both, at=at)
    for _ in range(2):
        actions.lift(**both, at=LATER)
    assert set(Restriction.objects.values_list("placed_at", "announced_at", "lifted_at")) == {(AT, LATER, LATER)}
    assert (queries.restriction((ONE, TWO)), list(queries.restrictions())) == (None, [])
    steps = (Tag.RESTRICTED, Tag.LIFT_ANNOUNCED, Tag.LIFTED)
    assert sorted(tags()) == sorted((tag.value, subject) for tag in steps for subject in (ONE, TWO))


def test_a_person_is_restricted_again_after_a_lift(controller: Any) -> None:
    one = {"subjects": [ONE], "by": BY, "at": AT}
    for step in (actions.restrict, actions.announce_lift, actions.lift, actions.restrict):
        step(**one)  # type: ignore[operator]
    found = queries.restriction([ONE])
    assert found is not None
    assert (found.announced_at, Restriction.objects.count()) == (None, 2)


def held(**other: Any) -> Hold:
    terms = {"subject": ONE, "ground": Ground.WARRANTY, "category": "derived:quote", "legal_reference": "garantie"}
    return actions.hold(**{**terms, "until_date": date(2027, 6, 1), "by": BY, "at": AT, **other})


def test_a_hold_lasts_until_its_day_and_takes_a_new_day_when_it_is_placed_again(controller: Any) -> None:
    placed = held()
    assert held() == placed
    assert [queries.holds([ONE], day).count() for day in (date(2027, 6, 1), date(2027, 6, 2))] == [1, 0]
    assert held(until_date=date(2028, 6, 1), at=LATER).until_date == date(2028, 6, 1)
    assert [queries.holds([ONE], day).count() for day in (date(2027, 6, 2), date(2028, 6, 2))] == [1, 0]
    for _ in range(2):
        actions.release(hold_id=placed.id, by=BY, at=LATER)
    assert (queries.holds([ONE], date(2026, 6, 1)).count(), Hold.objects.count()) == (0, 1)
    assert [tag for tag, _ in tags()] == [Tag.HELD.value, Tag.HELD.value, Tag.RELEASED.value]


def test_a_hold_that_is_over_before_it_begins_and_one_that_is_none_are_refused(controller: Any) -> None:
    with pytest.raises(actions.AlreadyOverError):
        held(until_date=date(2026, 5, 31))
    with pytest.raises(actions.NoSuchHoldError):
        actions.release(hold_id=ids.new(), by=BY, at=AT)
    assert Hold.objects.count() == 0


def test_a_program_decides_nothing(controller: Any) -> None:
    placed = held()
    actions.restrict(subjects=[ONE], by=BY, at=AT)
    for act in (actions.restrict, actions.announce_lift, actions.lift):
        with pytest.raises(actions.NobodyDecidedError):
            act(subjects=[ONE], by=PROGRAM, at=AT)  # type: ignore[operator]
    with pytest.raises(actions.NobodyDecidedError):
        held(by=PROGRAM)
    with pytest.raises(actions.NobodyDecidedError):
        actions.release(hold_id=placed.id, by=PROGRAM, at=AT)
    assert [tag for tag, _ in tags()] == [Tag.HELD.value, Tag.RESTRICTED.value]


@pytest.mark.parametrize("table", ["standing_fact", "standing_ending"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET subject = ''"])
def test_the_portal_can_neither_change_nor_remove_a_fact_or_an_end(committed: None, table: str, verb: str) -> None:
    with as_role("app") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(verb.format(table))  # type: ignore[arg-type]
