"""Where a version promises a warning, people are warned in time, have at least as long as it says, and then go."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.formats import date_format

from gardien.base import clock, scope
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.commitment.policy import legal_time
from gardien.customers.models import Customer
from gardien.messaging import queries as outbox
from gardien.messaging.models import Message
from gardien.messaging.rules import Folder
from gardien.network import actions as accounts
from gardien.network import queries as network
from gardien.network.models import User
from gardien.network.rules import PartyKind
from gardien.quotes import actions as quotes
from gardien.retention import queries
from gardien.retention.models import Quarantined
from gardien.standing import actions as standing
from gardien.standing.models import RemovalWarning
from gardien.standing.rules import EndReason
from tests import scene
from tests.commitment.versions_made import warning_of
from tests.messaging import post
from tests.retention.test_sweep import BY, figure, swept
from tests.roles import swept_by

QUOTES, DAY = "client.retention.quotes", timedelta(days=1)
EMAIL = "personne@courriel.example"


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> policy.Version:
    """A version in force that promises a warning a month before, and a way to send it."""
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(tmp_path), post.FROM
    versions = warning_of({"months": 1})
    monkeypatch.setattr(commitment, "_versions", lambda _: versions)
    return versions.all[-1]


@pytest.fixture
def adviser(cast: SimpleNamespace, at: datetime) -> Any:
    scene.price_list(at)
    return cast.membership("counter.adviser@tilleul.example")


def due_of(last_at: datetime) -> datetime:
    return legal_time.retention_end(last_at, policy.Period(years=2))


def told(adviser: Any, at: datetime, **details: Any) -> Customer:
    return scene.issued(adviser, at, "99.99", **details).customer


def warnings(adviser: Any) -> list[RemovalWarning]:
    with scope.entered(network.controller(adviser)):
        return list(RemovalWarning.objects.order_by("warned_at"))


def letters(controller: Any) -> list[Message]:
    with scope.entered(controller):
        return list(Message.objects.filter(document_kind="removal_warning").order_by("prepared_at"))


def is_there(adviser: Any, customer: Customer) -> bool:
    with scope.entered(network.controller(adviser)):
        return Customer.objects.filter(id=customer.id).exists()


def test_a_customer_is_warned_once_a_month_before_and_goes_on_the_day(
    promised: policy.Version, adviser: Any, at: datetime
) -> None:
    customer, due = told(adviser, at, email=EMAIL), due_of(at)
    early, then = due - timedelta(days=40), due - timedelta(days=33)
    swept(early, early)
    assert warnings(adviser) == []
    swept(then, then)
    swept(then + DAY, then + DAY)
    assert [(each.subject, each.due_at, each.warned_at) for each in warnings(adviser)] == [
        (customer.reference, due, then)
    ]
    (message,) = letters(network.controller(adviser))
    assert message.id == warnings(adviser)[0].message_id
    with scope.entered(network.controller(adviser)):
        sent = "".join(map(str, post.parts(outbox.opened(message.letter, message.id, "letter"))))
        assert outbox.recipient(message) == EMAIL
    assert date_format(clock.legal_day(due), "j F Y") in sent
    assert is_there(adviser, customer)
    run = figure(swept(due, due), QUOTES)
    assert (run["due"], run["done"]) == (1, 1)
    assert not is_there(adviser, customer)
    assert warnings(adviser) == []


def test_who_was_warned_late_keeps_a_month_from_the_warning(
    promised: policy.Version, adviser: Any, at: datetime
) -> None:
    customer, late = told(adviser, at, email=EMAIL), due_of(at) + timedelta(days=10)
    run = figure(swept(late, late), QUOTES)
    assert (run["due"], run["overdue"], len(warnings(adviser))) == (0, 0, 1)
    until = legal_time.retention_end(late, policy.Period(months=1))
    assert warnings(adviser)[0].due_at == until
    assert run["next_due"] == clock.legal_day(until).isoformat()
    swept(until - DAY, until - DAY)
    assert is_there(adviser, customer)
    assert figure(swept(until, until), QUOTES)["done"] == 1
    assert not is_there(adviser, customer)


def test_a_sweep_of_an_earlier_day_gives_a_month_from_now(promised: policy.Version, adviser: Any, at: datetime) -> None:
    customer, due = told(adviser, at, email=EMAIL), due_of(at)
    now = due + timedelta(days=20)
    swept(due - DAY, now)
    assert [each.warned_at for each in warnings(adviser)] == [now]
    swept(due + timedelta(days=31), now)
    assert is_there(adviser, customer)


def test_of_a_day_to_come_it_is_supposed_that_the_nights_until_then_warn(
    promised: policy.Version, adviser: Any, at: datetime
) -> None:
    customer, due = told(adviser, at, email=EMAIL), due_of(at)
    with swept_by():
        ahead = queries.added_up(each.figures for each in queries.measured(due + DAY, at).values())
        late = queries.added_up(each.figures for each in queries.measured(due + DAY, due + DAY).values())
    assert [(each.due, each.overdue) for each in ahead if each.id == QUOTES] == [(1, 1)]
    assert [(each.due, each.overdue) for each in late if each.id == QUOTES] == [(0, 1)]
    swept(due - DAY, at)
    assert [(each.warned_at, each.due_at) for each in warnings(adviser)] == [(at, due)]
    assert is_there(adviser, customer)


def test_an_activity_makes_the_warning_void(promised: policy.Version, adviser: Any, at: datetime) -> None:
    customer, due = told(adviser, at, email=EMAIL), due_of(at)
    then = due - timedelta(days=33)
    swept(then, then)
    with scope.entered(network.controller(adviser)):
        draft = scene.draft(adviser, customer, then + DAY, "12.00")
        quotes.issue(quote_id=draft.id, by=network.actor(adviser), at=then + DAY)
    again = due_of(then + DAY)
    swept(due, due)
    assert is_there(adviser, customer)
    assert len(warnings(adviser)) == 1
    swept(again - DAY, again - DAY)
    assert [each.due_at for each in warnings(adviser)] == [
        due,
        legal_time.retention_end(again - DAY, policy.Period(months=1)),
    ]
    assert len(letters(network.controller(adviser))) == 2


@pytest.mark.parametrize("email", ["", "personne@"])
def test_without_an_address_their_time_runs_all_the_same(
    promised: policy.Version, adviser: Any, at: datetime, email: str
) -> None:
    customer, due = told(adviser, at), due_of(at)
    with scope.entered(network.controller(adviser)):
        Customer.objects.update(email=email)
    swept(due - DAY, due - DAY)
    swept(due, due)
    assert [each.message_id for each in warnings(adviser)] == [None]
    assert letters(network.controller(adviser)) == []
    later = legal_time.retention_end(due - DAY, policy.Period(months=1))
    assert figure(swept(later, later), QUOTES)["done"] == 1
    assert not is_there(adviser, customer)


def test_where_nothing_can_be_sent_it_says_so(
    promised: policy.Version, adviser: Any, at: datetime, settings: Any
) -> None:
    settings.GARDIEN_MAIL = None
    told(adviser, at, email=EMAIL)
    swept(due_of(at) - DAY, due_of(at) - DAY)
    assert [each.message_id for each in warnings(adviser)] == [None]


def test_who_withdrew_goes_at_once_and_is_not_warned(promised: policy.Version, adviser: Any, at: datetime) -> None:
    customer, then = told(adviser, at, email=EMAIL), due_of(at) - timedelta(days=10)
    with scope.entered(network.controller(adviser)):
        for purpose in promised.clauses[QUOTES].purposes:
            told_so = {"purpose": purpose, "reason": EndReason.OBJECTION}
            standing.end(subject=customer.reference, **told_so, by=BY, at=then - DAY)
    assert promised.clauses[QUOTES].purposes
    assert figure(swept(then, then), QUOTES)["done"] == 1
    assert not is_there(adviser, customer)
    assert letters(network.controller(adviser)) == []


def test_who_is_restricted_is_not_written_to(promised: policy.Version, adviser: Any, at: datetime) -> None:
    customer, then = told(adviser, at, email=EMAIL), due_of(at) - timedelta(days=10)
    with scope.entered(network.controller(adviser)):
        standing.restrict(subjects=[customer.reference], by=network.actor(adviser), at=at)
    swept(then, then)
    assert letters(network.controller(adviser)) == []
    with scope.entered(network.controller(adviser)):
        assert not Quarantined.objects.exists()


def test_one_who_cannot_be_warned_stops_nobody_else(
    promised: policy.Version, adviser: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, other = (told(adviser, at, email=EMAIL, plate=plate) for plate in ("KX-101-AA", "KX-102-AA"))
    inner = standing.warn

    def breaks(**values: Any) -> Any:
        if values["subject"] == odd.reference:
            raise ZeroDivisionError
        return inner(**values)

    monkeypatch.setattr(standing, "warn", breaks)
    swept(due_of(at) - DAY, due_of(at) - DAY)
    assert [each.subject for each in warnings(adviser)] == [other.reference]
    assert len(letters(network.controller(adviser))) == 1
    with scope.entered(network.controller(adviser)):
        assert list(Quarantined.objects.values_list("key", "cause")) == [(odd.reference, "ZeroDivisionError")]
    later = figure(swept(due_of(at) + DAY, due_of(at) + DAY), QUOTES)
    assert (later["due"], later["done"], later["overdue"]) == (0, 0, 1)
    assert later["oldest_overdue"] == clock.legal_day(due_of(at)).isoformat()


def test_who_was_told_a_version_without_a_warning_is_not_kept_longer_for_one(
    promised: policy.Version, adviser: Any, at: datetime
) -> None:
    before = datetime.combine(promised.effective_date, time(12), clock.PARIS) - timedelta(days=5)
    with scope.entered(network.controller(adviser)):
        customer = scene.customer(adviser, before, email=EMAIL)
    due = due_of(before)
    swept(due - DAY, due - DAY)
    assert warnings(adviser) == []
    assert figure(swept(due, due), QUOTES)["done"] == 1
    assert not is_there(adviser, customer)


def test_a_user_who_left_is_warned_by_the_network(
    promised: policy.Version, cast: SimpleNamespace, at: datetime
) -> None:
    user = cast.user("workshop@canal.example")
    accounts.end_role(membership_id=user.memberships.get().id, by=BY, at=at)
    due = due_of(at)
    swept(due - timedelta(days=33), due - timedelta(days=33))
    (message,) = letters(network.central_party(PartyKind.NETWORK).id)
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        assert outbox.recipient(message) == user.email
    assert message.subject == user.reference
    swept(due, due)
    assert not User.objects.filter(id=user.id).exists()
