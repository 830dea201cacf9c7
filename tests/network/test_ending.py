"""A repairer's end of services, departures and the facts of users: what moves their clocks, what ends them, and when."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gardien.base import clock, ids, scope
from gardien.journal.models import Entry
from gardien.network import actions, queries
from gardien.network.models import Membership, Repairer, User
from gardien.network.rules import PartyKind, Refusal, UserState
from gardien.standing.models import Ending, Fact
from tests.network import asked
from tests.network.asked import BY, PASSWORD
from tests.web import counter

WEEK = timedelta(days=7)


def network() -> Any:
    return scope.entered(queries.central_party(PartyKind.NETWORK).id)


def departed() -> dict[str, datetime]:
    with network():
        return dict(queries.departures())


def tilleul(cast: Any) -> Repairer:
    found: Repairer = cast.site("TILLEUL").repairer
    return found


def end(cast: Any, at: datetime) -> Repairer:
    return actions.end_services(repairer_id=tilleul(cast).id, by=BY, at=at)


def tags() -> Counter[str]:
    """Count the network's journal entries by tag."""
    with network():
        return Counter(Entry.objects.values_list("tag", flat=True))


def endings() -> set[tuple[str, str, str, datetime]]:
    with network():
        return set(Ending.objects.values_list("subject", "purpose", "reason", "ended_at"))


def test_the_end_of_services_closes_who_acts_nowhere_else_and_leaves_others_their_roles(
    cast: Any, at: datetime
) -> None:
    both = cast.user("renfort@tilleul.example")
    gone = User.objects.filter(memberships__site=cast.site("TILLEUL")).exclude(id=both.id)
    ended = end(cast, at + WEEK)
    assert ended.services_ended_at == at + WEEK
    assert set(gone.values_list("state", flat=True)) == {UserState.CLOSED}
    assert not Membership.objects.filter(site__repairer=ended).exclude(until_at=at + WEEK).exists()
    both.refresh_from_db()
    held = [each.site.repairer.code for each in queries.memberships(both, at + WEEK) if each.site]
    assert (both.state, held) == (UserState.ACTIVE, ["CANAL"])
    purposes = ("user.use.accounts", "user.use.product")
    assert endings() == {
        (user.reference, purpose, "end_of_services", at + WEEK) for user in gone for purpose in purposes
    }
    assert User.objects.exclude(state=UserState.CLOSED).filter(memberships__site=cast.site("CANAL")).exists()


def test_a_second_notice_of_the_same_repairer_changes_nothing(cast: Any, at: datetime) -> None:
    end(cast, at)
    before = counter.rows()
    assert end(cast, at + WEEK).services_ended_at == at
    assert counter.rows() == before
    with pytest.raises(queries.NoSuchRepairerError):
        actions.end_services(repairer_id=ids.new(), by=BY, at=at)


def test_an_end_of_services_stands_in_the_network_s_journal_without_a_name(cast: Any, at: datetime) -> None:
    people = Membership.objects.filter(site=cast.site("TILLEUL")).count()
    before = tags()
    end(cast, at)
    assert tags() - before == {
        "network:services:ended": 1,
        "network:role:ended": people,
        "network:user:closed": people - 1,
    }


def test_nobody_gets_a_role_where_services_have_ended(cast: Any, at: datetime) -> None:
    site, user = cast.site("TILLEUL"), cast.user("workshop@canal.example")
    waiting = asked.requested(at, email="ana@tilleul.example")
    end(cast, at)
    before = counter.rows()
    with pytest.raises(actions.ServicesEndedError):
        actions.give_role(user=user, role="workshop", place=site, by=BY, at=at)
    with pytest.raises(actions.ServicesEndedError):
        actions.approve(request_id=waiting.id, role="workshop", place=site, by=BY, at=at)
    assert counter.rows() == before
    assert site not in queries.sites()


def test_a_role_given_while_services_end_is_ended_too_or_refused(cast: Any, at: datetime) -> None:
    site, user = cast.site("TILLEUL"), cast.user("workshop@canal.example")
    actions.give_role(user=user, role="workshop", place=site, by=BY, at=at, until_at=at + 2 * WEEK)
    end(cast, at + WEEK)
    assert user.memberships.get(site=site).until_at == at + WEEK


def test_who_opens_an_account_is_active_from_then_on(cast: Any, at: datetime) -> None:
    user = actions.approve(request_id=asked.requested(at).id, role="workshop", place=cast.site("TILLEUL"), by=BY, at=at)
    with network():
        assert not Fact.objects.filter(subject=user.reference).exists()
    actions.activate(user_id=user.id, password=PASSWORD, by=BY, at=at + WEEK)
    with network():
        fact = Fact.objects.get(subject=user.reference)
    assert (fact.event, fact.happened_at, fact.source_id) == ("account_opened", at + WEEK, user.id)


def test_signing_in_is_one_fact_for_each_day_in_paris(cast: Any) -> None:
    user = cast.user("workshop@canal.example")
    times = [datetime(2026, 6, 1, hour, minute, tzinfo=UTC) for hour, minute in ((7, 0), (21, 59), (22, 0), (22, 1))]
    for at in times:
        actions.record_sign_in(user=user, by=BY, at=at)
    with network():
        told = sorted(Fact.objects.filter(subject=user.reference).values_list("event", "happened_at"))
    assert told == [("signed_in", times[0]), ("signed_in", times[2])]
    assert [clock.legal_day(at).isoformat() for _, at in told] == ["2026-06-01", "2026-06-02"]


def test_a_person_left_when_the_last_of_their_roles_ended(cast: Any, at: datetime) -> None:
    user = cast.user("renfort@tilleul.example")
    assert departed() == {}
    first, second = user.memberships.order_by("id")
    actions.end_role(membership_id=first.id, by=BY, at=at + WEEK)
    assert departed() == {}
    actions.end_role(membership_id=second.id, by=BY, at=at + 2 * WEEK)
    assert departed() == {user.reference: at + 2 * WEEK}
    actions.give_role(user=user, role="workshop", place=cast.site("CANAL"), by=BY, at=at + 3 * WEEK)
    assert departed() == {}


def test_a_closed_account_left_as_it_was_closed(cast: Any, at: datetime) -> None:
    user = cast.user("workshop@canal.example")
    actions.close(user_id=user.id, by=BY, at=at + WEEK)
    assert departed() == {user.reference: at + WEEK}


def test_who_was_refused_or_never_confirmed_left_then_and_who_waits_did_not(cast: Any, at: datetime) -> None:
    refused, silent = asked.requested(at, email="a@x.example"), asked.requested(at, is_verified=False)
    asked.requested(at, email="b@x.example")
    actions.refuse(request_id=refused.id, reason=Refusal.TWICE, by=BY, at=at + WEEK)
    assert departed() == {refused.reference: at + WEEK, silent.reference: at}


def test_a_later_request_s_reference_leaves_and_ends_with_its_user(cast: Any, at: datetime) -> None:
    user = cast.user("workshop@tilleul.example")
    again = asked.requested(at, email=user.email)
    actions.approve(request_id=again.id, role="storekeeper", place=cast.site("TILLEUL"), by=BY, at=at)
    end(cast, at + WEEK)
    left = departed()
    assert (left[user.reference], left[again.reference]) == (at + WEEK, at + WEEK)
    assert {subject for subject, *_ in endings()} >= {user.reference, again.reference}


def test_no_garage_is_told_who_left(cast: Any, at: datetime) -> None:
    actions.close(user_id=cast.user("workshop@canal.example").id, by=BY, at=at)
    with scope.entered(tilleul(cast).id):
        assert list(queries.departures()) == []
