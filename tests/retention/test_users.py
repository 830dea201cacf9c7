"""Users go with the end of services, or a while after they left; records of support outlive them, and then go too."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress

from gardien.base import scope
from gardien.network import actions, queries
from gardien.network.models import AccountRequest, Membership, SupportAccess, SupportRead, Throttle, User
from gardien.network.rules import Kind, PartyKind, Refusal, SupportReason
from gardien.retention.models import Quarantined
from tests.conftest import as_role
from tests.network import asked
from tests.network.asked import BY
from tests.retention.test_sweep import TWO_YEARS, figure, swept

MANAGER = "site.manager@tilleul.example"
PEOPLE = ["counter.adviser", "site.manager", "storekeeper", "workshop"]


def references(*emails: str) -> set[str]:
    return set(User.objects.filter(email__in=emails).values_list("reference", flat=True))


def everybody() -> set[str]:
    return set(User.objects.values_list("email", flat=True))


@pytest.fixture
def access(cast: SimpleNamespace, at: datetime) -> SupportAccess:
    """Support read at the garage, let in by its manager."""
    site, manager = cast.site("TILLEUL"), cast.user(MANAGER)
    told = {"site": site, "ticket": "HLV-1", "reason": SupportReason.QUESTION, "hours": 1}
    read = {"action": "customers.view", "object_id": None, "user_id": cast.user("provider.support@halvec.example").id}
    with scope.entered(site.repairer_id):
        found = actions.open_support(**told, opened_by=manager, by=BY, at=at)
        actions.record_support_read(access=found, **read, by=BY, at=at)
    return found


def test_whose_services_ended_goes_with_the_next_sweep_and_who_works_elsewhere_stays(
    cast: SimpleNamespace, access: SupportAccess, at: datetime
) -> None:
    before, gone = everybody(), {f"{name}@tilleul.example" for name in PEOPLE}
    actions.end_services(repairer_id=cast.site("TILLEUL").repairer_id, by=BY, at=at)
    told = figure(swept(at + timedelta(minutes=1), at), "user.retention.orders")
    assert (told["due"], told["done"], told["quarantined"]) == (4, 4, 0)
    assert everybody() == before - gone
    left = [model.objects.filter(user__email__in=gone).count() for model in (Membership, EmailAddress)]
    assert left == [0, 0]
    access.refresh_from_db()
    assert queries.named([access.opened_by_id]) == {}


def test_who_left_goes_two_years_later_and_who_came_back_stays(cast: SimpleNamespace, at: datetime) -> None:
    gone, back = cast.user("workshop@canal.example"), cast.user("storekeeper@canal.example")
    for user in (gone, back):
        actions.end_role(membership_id=user.memberships.get().id, by=BY, at=at)
    actions.give_role(user=back, role="workshop", place=cast.site("CANAL"), by=BY, at=at + timedelta(days=7))
    before = everybody()
    swept(at + TWO_YEARS - timedelta(days=2), at)
    assert everybody() == before
    assert figure(swept(at + TWO_YEARS, at), "user.retention.leavers")["done"] == 1
    assert everybody() == before - {gone.email}


def test_a_second_request_goes_with_its_user_and_a_refused_one_by_itself(cast: SimpleNamespace, at: datetime) -> None:
    user = cast.user("workshop@tilleul.example")
    again = asked.requested(at, email=user.email)
    actions.approve(request_id=again.id, role="storekeeper", place=cast.site("TILLEUL"), by=BY, at=at)
    refused = asked.requested(at, email="leo@garage.example")
    actions.refuse(request_id=refused.id, reason=Refusal.TWICE, by=BY, at=at)
    waiting = asked.requested(at, email="lia@garage.example")
    actions.close(user_id=user.id, by=BY, at=at)
    swept(at + TWO_YEARS, at)
    assert list(AccountRequest.objects.values_list("id", flat=True)) == [waiting.id]
    assert not User.objects.filter(id=user.id).exists()


def test_records_of_support_go_two_years_after_they_were_made(
    cast: SimpleNamespace, access: SupportAccess, at: datetime
) -> None:
    site = cast.site("TILLEUL")

    def kept() -> list[int]:
        with scope.entered(site.repairer_id):
            return [SupportAccess.objects.count(), SupportRead.objects.count()]

    swept(at + TWO_YEARS - timedelta(days=2), at)
    assert kept() == [1, 1]
    swept(at + TWO_YEARS, at)
    assert kept() == [0, 0]


def test_failed_attempts_go_a_year_after_the_last_one(cast: SimpleNamespace, at: datetime) -> None:
    actions.Attempt(Kind.PASSWORD, MANAGER, at=at)
    swept(at + timedelta(days=364), at)
    assert Throttle.objects.count() == 1
    swept(at + timedelta(days=366), at)
    assert Throttle.objects.count() == 0


def test_a_user_to_whom_a_row_still_leads_is_left_alone_in_quarantine(cast: SimpleNamespace, at: datetime) -> None:
    kept = cast.user("workshop@tilleul.example")
    actions.end_services(repairer_id=cast.site("TILLEUL").repairer_id, by=BY, at=at)
    with as_role("owner") as owner:
        owner.execute("CREATE TABLE planted (user_id uuid REFERENCES network_user DEFERRABLE INITIALLY DEFERRED)")
        owner.execute("INSERT INTO planted VALUES (%s)", [kept.id])
        owner.execute("GRANT SELECT ON planted TO gardien_sweep")
    try:
        told = figure(swept(at + timedelta(minutes=1), at), "user.retention.orders")
        assert (told["due"], told["done"], told["quarantined"]) == (4, 3, 1)
        with scope.entered(queries.central_party(PartyKind.NETWORK).id):
            assert {(each.key, each.cause.split()[0]) for each in Quarantined.objects.all()} == {
                (kept.reference, "23503")
            }
    finally:
        with as_role("owner") as owner:
            owner.execute("DROP TABLE planted")
