"""Requests for accounts: what they give, in which order they are decided, and what makes an approver look twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from stdnum import luhn

from gardien.network import actions, queries
from gardien.network.models import AccountRequest, Membership, User
from gardien.network.rules import Doubt, Origin, Refusal, RequestState, UserState, business_number
from tests.network.asked import BY, PASSWORD, requested, told
from tests.web import counter


def test_a_request_opens_no_account_and_no_role(cast: Any, at: datetime) -> None:
    before = (User.objects.count(), Membership.objects.count())
    found = requested(at, is_verified=False)
    assert (found.state, found.user, queries.by_email(found.email)) == (RequestState.REQUESTED, None, None)
    assert (User.objects.count(), Membership.objects.count()) == before


def test_a_request_whose_address_nobody_confirmed_is_neither_shown_nor_decided(cast: Any, at: datetime) -> None:
    found = requested(at, is_verified=False)
    before = counter.rows()
    with pytest.raises(actions.NotVerifiedError):
        actions.approve(request_id=found.id, role="workshop", place=cast.site("CANAL"), by=BY, at=at)
    with pytest.raises(actions.NotVerifiedError):
        actions.refuse(request_id=found.id, reason=Refusal.TWICE, by=BY, at=at)
    assert counter.rows() == before
    assert list(queries.waiting()) == []


def test_an_approved_request_is_an_account_that_signs_in_once_its_person_chose_a_password(
    cast: Any, at: datetime
) -> None:
    found = requested(at)
    user = actions.approve(request_id=found.id, role="workshop", place=cast.site("CANAL"), by=BY, at=at)
    assert (user.state, user.is_active, user.has_usable_password()) == (UserState.APPROVED, False, False)
    assert [held.role for held in queries.memberships(user, at)] == ["workshop"]
    link = queries.password_digest(user)
    with pytest.raises(ValidationError):
        actions.activate(user_id=user.id, password="azerty", by=BY, at=at)
    active = actions.activate(user_id=user.id, password=PASSWORD, by=BY, at=at)
    assert (active.state, active.is_active, active.check_password(PASSWORD)) == (UserState.ACTIVE, True, True)
    assert queries.password_digest(active) != link
    with pytest.raises(actions.NotInStateError):
        actions.activate(user_id=user.id, password=PASSWORD, by=BY, at=at)


def test_a_request_is_decided_once(cast: Any, at: datetime) -> None:
    found = requested(at)
    actions.refuse(request_id=found.id, reason=Refusal.NOT_OF_THE_NETWORK, by=BY, at=at)
    before = counter.rows()
    with pytest.raises(actions.NotVerifiedError):
        actions.approve(request_id=found.id, role="workshop", place=cast.site("CANAL"), by=BY, at=at)
    assert actions.verify(request_id=found.id, by=BY, at=at).state == RequestState.REFUSED
    assert counter.rows() == before
    assert queries.by_email(found.email) is None


def test_an_account_gets_a_second_repairer_s_role_by_a_request_for_its_address(cast: Any, at: datetime) -> None:
    found = requested(at, email="Counter.Adviser@tilleul.example")
    user = actions.approve(request_id=found.id, role="storekeeper", place=cast.site("CANAL"), by=BY, at=at)
    held = [(each.role, each.site.repairer.code) for each in queries.memberships(user, at)]
    assert held == [("counter_adviser", "TILLEUL"), ("storekeeper", "CANAL")]
    assert queries.references(user) == [user.reference, found.reference]
    assert list(queries.bearing([found.reference])) == [user]


def test_a_suspended_account_gets_no_role_by_a_request(cast: Any, at: datetime) -> None:
    user = cast.user("workshop@canal.example")
    actions.suspend(user_id=user.id, by=BY, at=at)
    found = requested(at, email=user.email)
    before = counter.rows()
    with pytest.raises(actions.AccountClosedError):
        actions.approve(request_id=found.id, role="storekeeper", place=cast.site("CANAL"), by=BY, at=at)
    assert counter.rows() == before


@pytest.mark.parametrize(("role", "is_at_site"), [("auditor", True), ("workshop", False), ("nobody", True)])
def test_a_role_is_given_only_where_it_is_held(cast: Any, at: datetime, role: str, is_at_site: bool) -> None:
    place = cast.site("CANAL") if is_at_site else queries.parties()[0]
    found = requested(at)
    before = counter.rows()
    with pytest.raises(actions.NoSuchRoleError):
        actions.approve(request_id=found.id, role=role, place=place, by=BY, at=at)
    assert counter.rows() == before


def test_a_siret_must_be_one(cast: Any, at: datetime) -> None:
    right = cast.site("CANAL").siret
    post_office, its_first = "35600000049837", "35600000000048"
    assert (luhn.is_valid(post_office), sum(map(int, post_office)) % 5) == (False, 0)
    assert [business_number(each) for each in (right, post_office, its_first)] == [
        right,
        post_office,
        its_first,
    ]
    before = counter.rows()
    for wrong in (right[:-1] + str((int(right[-1]) + 1) % 10), right[:-1], "35600000049838", "A" * 14):
        with pytest.raises(actions.NotABusinessNumberError):
            requested(at, siret=wrong)
    assert counter.rows() == before


def test_an_approver_is_shown_what_looks_wrong(cast: Any, at: datetime) -> None:
    canal = cast.site("CANAL")

    def doubts(**values: Any) -> list[Doubt]:
        return queries.doubts(requested(at, **values))

    named = {"company": canal.repairer.name.upper(), "siret": canal.siret}
    assert doubts(email="ana@canal.example", **named) == []
    assert doubts(email="ana@canal.example", company="Autre nom", siret=canal.siret) == [Doubt.OTHER_NAME]
    unknown = "00090090" + luhn.calc_check_digit("00090090") + "0001"
    unknown += luhn.calc_check_digit(unknown)
    assert doubts(email="ana@canal.example", company="X", siret=unknown) == [Doubt.UNKNOWN_SIRET]
    assert doubts(email="ana.morin@gmail.com") == [Doubt.FREE_MAIL]
    assert doubts(email="ana@ti1leul.example") == [Doubt.LIKE_A_DOMAIN]
    assert doubts(email="ana@tileul.example") == [Doubt.LIKE_A_DOMAIN]
    assert doubts(email="counter.advisor@tilleul.example") == [Doubt.LIKE_AN_ADDRESS]
    assert doubts(email="COUNTER.adviser@tilleul.example") == [Doubt.HAS_ACCOUNT]
    assert doubts(email="ana@garage-du-port.example") == []


def test_the_fourth_request_of_a_day_for_one_address_gets_no_letter(cast: Any, at: datetime) -> None:
    emails = ["ana@canal.example", "ANA@canal.example", "ana@canal.example", "ana@canal.example"]
    found = [requested(at + timedelta(minutes=turn), email=email) for turn, email in enumerate(emails)]
    assert [queries.may_get_a_letter(each) for each in found] == [True, True, True, False]
    assert queries.may_get_a_letter(requested(at + timedelta(days=1, hours=1), email="ana@canal.example"))


def test_each_origin_has_letters_of_its_own(cast: Any, at: datetime) -> None:
    canal, col = cast.site("CANAL"), cast.site("COL")
    origins = [(Origin.FORM, None), (Origin.MANAGER, canal), (Origin.MANAGER, col), (Origin.NETWORK, None)]
    for origin, site in origins:
        asked = told("ana@canal.example", site=site, role="workshop" if site else "")
        may = []
        for turn in range(4):
            later = at + timedelta(minutes=turn)
            found = actions.request_account(told=asked, origin=origin, by=BY, at=later)
            may.append(queries.may_get_a_letter(found))
        assert may == [True, True, True, False]


def test_the_database_refuses_a_decision_that_contradicts_itself(cast: Any, at: datetime) -> None:
    found = requested(at)
    for values in ({"state": "approved"}, {"state": "refused", "decided_at": at}, {"refusal": "twice"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountRequest.objects.filter(id=found.id).update(**values)


def test_each_step_of_a_request_stands_in_the_journal_without_what_it_tells(cast: Any, at: datetime) -> None:
    found = actions.request_account(told=told(phone="+33199001777"), origin=Origin.FORM, by=BY, at=at)
    actions.verify(request_id=found.id, by=BY, at=at)
    actions.approve(request_id=found.id, role="workshop", place=cast.site("CANAL"), by=BY, at=at)
    with counter.as_role("backup") as connection:
        entries = connection.execute(
            'SELECT tag, "references" FROM journal_entry WHERE subject = %s ORDER BY id', [found.reference]
        ).fetchall()
    steps = ["request:received", "request:verified", "role:given", "request:approved"]
    assert [tag for tag, _ in entries] == [f"network:{step}" for step in steps]
    assert not [entry for entry in entries if "tilleul" in str(entry) or "Morin" in str(entry) or "33199" in str(entry)]
