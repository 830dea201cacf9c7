"""Roles with dates, the last one of a place, and accounts that are suspended, let in again and closed."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.commitment import queries as commitment
from gardien.consent import actions as consent
from gardien.consent import queries as asked
from gardien.consent.rules import How
from gardien.journal.models import Entry
from gardien.network import actions, queries
from gardien.network.models import Membership
from gardien.network.rules import PartyKind, Tag, UserState
from tests.network.asked import BY, opened, requested
from tests.web import counter

MANAGER, ADMINISTRATOR = "site.manager@canal.example", "network.administrator@sarvane.example"


def test_a_role_that_ends_is_gone_at_that_instant_and_can_be_given_again(cast: Any, at: datetime) -> None:
    held = cast.membership("workshop@canal.example")
    actions.end_role(membership_id=held.id, by=BY, at=at + timedelta(hours=1))
    assert list(queries.memberships(held.user, at + timedelta(hours=1))) == []
    assert list(queries.memberships(held.user, at + timedelta(minutes=59))) == [held]
    again = actions.give_role(user=held.user, role="workshop", place=held.site, by=BY, at=at + timedelta(hours=2))
    assert list(queries.memberships(held.user, at + timedelta(hours=2))) == [again]
    before = counter.rows()
    assert actions.end_role(membership_id=held.id, by=BY, at=at + timedelta(hours=3)).until_at == at + timedelta(
        hours=1
    )
    assert counter.rows() == before


def test_a_role_can_be_given_until_a_day_and_never_ends_before_it_begins(cast: Any, at: datetime) -> None:
    user, site = cast.user("workshop@canal.example"), cast.site("COL")
    until = at + timedelta(days=7)
    given = actions.give_role(user=user, role="storekeeper", place=site, by=BY, at=at, until_at=until)
    assert given in queries.memberships(user, until - timedelta(seconds=1))
    assert given not in queries.memberships(user, until)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(id=given.id).update(until_at=at - timedelta(seconds=1))


def test_a_role_that_is_held_gets_the_end_that_it_is_given_with(cast: Any, at: datetime) -> None:
    user, site = cast.user("workshop@canal.example"), cast.site("CANAL")
    told = {"user": user, "role": "storekeeper", "place": site, "by": BY, "at": at}
    ends = [at + timedelta(days=2), at + timedelta(days=9), None, None, at + timedelta(days=1)]
    given = [actions.give_role(**told, until_at=end) for end in ends]
    assert len({each.id for each in given}) == 1
    assert [each.until_at for each in given] == ends
    assert Membership.objects.get(user=user, role="storekeeper").until_at == ends[-1]
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        told_of = Entry.objects.filter(tag=Tag.ROLE_GIVEN, references__membership=str(given[0].id))
        assert told_of.count() == 4, "what changes nothing is not told"


def test_a_role_that_has_ended_is_given_anew(cast: Any, at: datetime) -> None:
    told = {"user": cast.user("workshop@canal.example"), "role": "storekeeper", "place": cast.site("CANAL"), "by": BY}
    first = actions.give_role(**told, at=at, until_at=at + timedelta(days=1))
    again = actions.give_role(**told, at=at + timedelta(days=1))
    assert (again.id == first.id, again.until_at) == (False, None)


@pytest.mark.parametrize("email", [MANAGER, "workshop@canal.example"])
def test_no_site_is_left_to_managers_who_leave_on_a_day(cast: Any, at: datetime, email: str) -> None:
    site, until = cast.site("CANAL"), at + timedelta(days=2)
    lasting = cast.membership(MANAGER)
    if email != MANAGER:
        Membership.objects.filter(id=lasting.id).update(until_at=at)
    before = counter.rows()
    with pytest.raises(actions.LastManagerError):
        actions.give_role(user=cast.user(email), role="site_manager", place=site, by=BY, at=at, until_at=until)
    assert counter.rows() == before
    Membership.objects.filter(id=lasting.id).update(until_at=None)
    other = cast.user("workshop@canal.example")
    actions.give_role(user=other, role="site_manager", place=site, by=BY, at=at)
    actions.give_role(user=cast.user(email), role="site_manager", place=site, by=BY, at=at, until_at=until)
    assert queries.active_at(lasting, until).filter(role="site_manager").count() == 1


def test_the_network_is_not_left_to_administrators_who_leave_on_a_day(cast: Any, at: datetime) -> None:
    held, party = cast.membership(ADMINISTRATOR), queries.central_party(PartyKind.NETWORK)
    told = {"role": "network_administrator", "place": party, "by": BY, "at": at, "until_at": at + timedelta(days=2)}
    with pytest.raises(actions.LastAdministratorError):
        actions.give_role(user=held.user, **told)
    second = opened("ana@sarvane.example", at)
    assert actions.give_role(user=second, **told).until_at == at + timedelta(days=2)
    with pytest.raises(actions.LastAdministratorError):
        actions.give_role(user=held.user, **told)


def test_the_last_manager_of_a_site_with_people_stays(cast: Any, at: datetime) -> None:
    held = cast.membership(MANAGER)
    before = counter.rows()
    for leave in (
        lambda: actions.end_role(membership_id=held.id, by=BY, at=at),
        lambda: actions.suspend(user_id=held.user_id, by=BY, at=at),
        lambda: actions.close(user_id=held.user_id, by=BY, at=at),
    ):
        with pytest.raises(actions.LastManagerError):
            leave()
    assert counter.rows() == before


def test_a_manager_who_cannot_sign_in_or_leaves_soon_is_no_second_one(cast: Any, at: datetime) -> None:
    held, site = cast.membership(MANAGER), cast.site("CANAL")
    suspended, leaving = opened("ana@canal.example", at), opened("leo@canal.example", at)
    actions.give_role(user=suspended, role="site_manager", place=site, by=BY, at=at)
    actions.give_role(user=leaving, role="site_manager", place=site, by=BY, at=at, until_at=at + timedelta(days=1))
    actions.suspend(user_id=suspended.id, by=BY, at=at)
    with pytest.raises(actions.LastManagerError):
        actions.end_role(membership_id=held.id, by=BY, at=at)


def test_the_last_manager_leaves_with_the_last_people(cast: Any, at: datetime) -> None:
    held = cast.membership(MANAGER)
    for other in sorted(queries.people_of(held.site, at), key=lambda each: each.id == held.id):
        actions.end_role(membership_id=other.id, by=BY, at=at)
    assert queries.people_of(held.site, at) == []


def test_the_last_administrator_of_the_network_stays(cast: Any, at: datetime) -> None:
    held = cast.membership(ADMINISTRATOR)
    before = counter.rows()
    for leave in (
        lambda: actions.end_role(membership_id=held.id, by=BY, at=at),
        lambda: actions.suspend(user_id=held.user_id, by=BY, at=at),
        lambda: actions.close(user_id=held.user_id, by=BY, at=at),
    ):
        with pytest.raises(actions.LastAdministratorError):
            leave()
    assert counter.rows() == before
    second = opened("ana@sarvane.example", at)
    party = queries.central_party(PartyKind.NETWORK)
    actions.give_role(user=second, role="network_administrator", place=party, by=BY, at=at)
    assert actions.end_role(membership_id=held.id, by=BY, at=at).until_at == at


def together(*acts: Any) -> list[str]:
    """Run each in a thread and a transaction of its own, all at once; return how each ended, sorted."""
    ready, ended = threading.Barrier(len(acts)), list[str]()

    def run(act: Any) -> None:
        try:
            ready.wait()
            act()
            ended.append("left")
        except (actions.LastManagerError, actions.LastAdministratorError) as refusal:
            ended.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


@pytest.mark.parametrize("turn", range(5))
def test_two_managers_who_end_each_other_at_once_leave_one(cast: Any, at: datetime, turn: int) -> None:
    one, site = cast.membership(MANAGER), cast.site("CANAL")
    user = opened("ana@canal.example", at)
    other = actions.give_role(user=user, role="site_manager", place=site, by=BY, at=at)
    by = [Actor(each.user_id, each.role) for each in (one, other)]
    acts = (
        lambda: actions.end_role(membership_id=other.id, by=by[0], at=at),
        lambda: (
            actions.suspend(user_id=one.user_id, by=by[1], at=at)
            if turn % 2
            else actions.end_role(membership_id=one.id, by=by[1], at=at)
        ),
    )
    assert together(*acts) == ["LastManagerError", "left"]
    managers = queries.active_at(one, at).filter(role="site_manager")
    assert managers.count() == 1


def test_two_administrators_who_close_each_other_at_once_leave_one(cast: Any, at: datetime) -> None:
    one, party = cast.membership(ADMINISTRATOR), queries.central_party(PartyKind.NETWORK)
    user = opened("ana@sarvane.example", at)
    other = actions.give_role(user=user, role="network_administrator", place=party, by=BY, at=at)
    acts = [lambda user_id=each: actions.close(user_id=user_id, by=BY, at=at) for each in (one.user_id, other.user_id)]
    assert together(*acts) == ["LastAdministratorError", "left"]
    assert queries.active_at(one, at).filter(role="network_administrator").count() == 1


def test_a_suspended_account_comes_back_with_its_roles_and_without_its_sessions(cast: Any, at: datetime) -> None:
    user = cast.user("workshop@canal.example")
    proof = user.get_session_auth_hash()
    suspended = actions.suspend(user_id=user.id, by=BY, at=at)
    assert (suspended.state, suspended.is_active) == (UserState.SUSPENDED, False)
    resumed = actions.resume(user_id=user.id, by=BY, at=at)
    assert (resumed.state, [held.role for held in queries.memberships(resumed, at)]) == (UserState.ACTIVE, ["workshop"])
    assert proof not in {suspended.get_session_auth_hash(), resumed.get_session_auth_hash()}
    with pytest.raises(actions.NotInStateError):
        actions.resume(user_id=user.id, by=BY, at=at)


def test_a_closed_account_holds_nothing_and_never_comes_back(cast: Any, at: datetime) -> None:
    user = cast.user("workshop@canal.example")
    closed = actions.close(user_id=user.id, by=BY, at=at)
    assert (closed.state, list(queries.memberships(closed, at))) == (UserState.CLOSED, [])
    before = counter.rows()
    for act in (actions.resume, actions.suspend, actions.close):
        with pytest.raises(actions.NotInStateError):
            act(user_id=user.id, by=BY, at=at)
    assert counter.rows() == before


def test_who_withdraws_consent_to_an_account_is_suspended_even_the_last_manager(cast: Any, at: datetime) -> None:
    user, first = cast.user(MANAGER), commitment.versions().all[0]
    question = next(each for each in asked.asked(first, "fr", "user") if each.purpose == "user.use.accounts")
    by = Actor(user.id, "site_manager")
    with scope.entered(queries.central_party(PartyKind.NETWORK).id):
        answer = consent.Answer(question.purpose, question.channel, "", True, question.document)
        consent.decide(subject=user.reference, answers=[answer], how=How.FORM, by=by, at=at)
        consent.withdraw(subjects=[user.reference], purpose="user.use.accounts", how=How.FORM, by=by, at=at)
    user.refresh_from_db()
    assert user.state == UserState.SUSPENDED


@pytest.mark.parametrize(
    ("email", "role"),
    [("network.administrator@sarvane.example", "site_manager"), ("workshop@canal.example", "network_reader")],
)
def test_nobody_works_on_both_sides_of_the_wall(cast: Any, at: datetime, email: str, role: str) -> None:
    place = cast.site("TILLEUL") if role == "site_manager" else queries.central_party(PartyKind.NETWORK)
    user, before = cast.user(email), counter.rows()
    with pytest.raises(actions.BothSidesError):
        actions.give_role(user=user, role=role, place=place, by=BY, at=at)
    asked_for = requested(at, email=email)
    with pytest.raises(actions.BothSidesError):
        actions.approve(request_id=asked_for.id, role=role, place=place, by=BY, at=at)
    assert counter.rows()["network_membership"] == before["network_membership"]
