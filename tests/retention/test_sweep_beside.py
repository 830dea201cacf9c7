"""What happens beside a sweep: people who come back meanwhile, rows in use, archives and files that cannot go."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from gardien.base import clock, ids, scope
from gardien.commitment.policy import kinds
from gardien.commitment.registry import registry
from gardien.customers import actions as customers
from gardien.customers.models import Customer, IntakeDraft
from gardien.messaging.models import Message
from gardien.messaging.rules import Folder
from gardien.network import queries as network
from gardien.retention import actions, rules
from gardien.retention.actions import _archiving, _erasing
from gardien.retention.models import Backup, Outlook, Quarantined, Run
from gardien.retention.queries import clocks
from gardien.standing import actions as standing
from gardien.standing.models import Archived
from gardien.standing.rules import Event, Ground
from tests import scene
from tests.conftest import as_role
from tests.messaging import post
from tests.retention.test_sweep import BY, TWO_YEARS, figure, swept
from tests.retention.test_sweep_quarantine import undeletable

QUOTES, MESSAGES = "client.retention.quotes", "client.retention.messages"
DAY = timedelta(days=1)


@pytest.fixture
def adviser(cast: Any, at: datetime, settings: Any, tmp_path: Path) -> Any:
    settings.GARDIEN_MAIL, settings.GARDIEN_MAIL_FROM = Folder(tmp_path / "mail"), post.FROM
    scene.price_list(at)
    return cast.membership("counter.adviser@tilleul.example")


@pytest.fixture
def late(at: datetime) -> datetime:
    """When the time of everybody told at `at` is over."""
    return at + TWO_YEARS


def elsewhere(adviser: Any, work: Callable[[], object]) -> None:
    """Do something in a transaction of another connection, and commit it."""

    def commit() -> None:
        with scope.entered(network.controller(adviser)):
            work()
        connection.close()

    thread = Thread(target=commit)
    thread.start()
    thread.join()


def messages(adviser: Any) -> list[Any]:
    with scope.entered(network.controller(adviser)):
        return list(Message.objects.values_list("id", flat=True))


def written_to(adviser: Any, at: datetime, **details: Any) -> Customer:
    customer: Customer = scene.issued(adviser, at, "99.99", **details).customer
    post.prepare(network.controller(adviser), at, of=post.about(subject=customer.reference))
    return customer


def held(adviser: Any, at: datetime, until: datetime) -> Any:
    """Record a customer, and hold their plate until a day."""
    customer = scene.issued(adviser, at, "99.99").customer
    about = {
        "subject": customer.reference,
        "category": "plate",
        "ground": Ground.WARRANTY,
        "legal_reference": "contrat",
    }
    with scope.entered(network.controller(adviser)):
        hold = standing.hold(**about, until_date=clock.legal_day(until), by=network.actor(adviser), at=at)
    return customer, hold


def test_whoever_is_active_while_their_messages_go_keeps_all_of_them(
    adviser: Any, at: datetime, late: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, inner, made = written_to(adviser, at), _archiving.keep, list[Any]()

    def comes_back() -> None:
        fact = {"event": Event.APPOINTMENT_KEPT, "source_id": ids.new()}
        standing.record_activity(subject=customer.reference, **fact, by=network.actor(adviser), at=late)

    def keep(people: Any, *, clause: str, **told: Any) -> None:
        if clause == MESSAGES and not made:
            elsewhere(adviser, comes_back)
            made.append(clause)
        inner(people, clause=clause, **told)

    monkeypatch.setattr(_archiving, "keep", keep)
    before = messages(adviser)
    run = swept(late, late)
    assert (made, messages(adviser)) == ([MESSAGES], before)
    assert figure(run, MESSAGES)["quarantined"] == 0


def test_who_was_merged_into_somebody_active_meanwhile_keeps_their_messages(
    adviser: Any, at: datetime, late: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = written_to(adviser, at), scene.issued(adviser, late - DAY, "7.00", plate="KX-109-AA").customer
    inner, merged = _erasing.grouped, list[Any]()

    def merge() -> None:
        merged.append(customers.merge(kept_id=two.id, absorbed_id=one.id, by=network.actor(adviser), at=late - DAY))

    def grouped(*told: Any) -> Any:
        if not merged:
            elsewhere(adviser, merge)
        return inner(*told)

    monkeypatch.setattr(_erasing, "grouped", grouped)
    before = messages(adviser)
    swept(late, late)
    assert (len(merged), messages(adviser)) == (1, before)


def test_a_person_who_is_held_and_cannot_go_is_overdue_after_a_day(adviser: Any, at: datetime, late: datetime) -> None:
    customer, _ = held(adviser, at, late + 300 * DAY)
    with undeletable("customers_customer", customer.id):
        told = figure(swept(late + 2 * DAY, late + 2 * DAY), QUOTES)
    assert (told["due"], told["done"], told["held"], told["overdue"]) == (0, 0, {"warranty": 1}, 1)
    after = figure(swept(late + 2 * DAY, late + 2 * DAY), QUOTES)
    assert (after["held"], after["overdue"]) == ({"warranty": 1}, 0)


def test_what_a_hold_lets_go_while_a_run_counts_is_no_negative_work(
    adviser: Any, at: datetime, late: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, hold = held(adviser, at, late + 300 * DAY)
    swept(late, late)
    tidies = registry.tidies

    def released() -> Any:
        with scope.entered(network.controller(adviser)):
            standing.release(hold_id=hold.id, by=network.actor(adviser), at=late)
        return tidies()

    monkeypatch.setattr(type(registry), "tidies", lambda _: released())
    told = figure(swept(late + DAY, late + DAY), QUOTES)
    assert (told["due"], told["done"], told["quarantined"]) == (1, 0, 1)


def test_an_archived_row_that_cannot_go_stops_neither_others_nor_the_run(
    adviser: Any, cast: Any, at: datetime, late: datetime
) -> None:
    rival = cast.membership("counter.adviser@canal.example")
    for each in (adviser, rival):
        held(each, at, late + 10 * DAY)
    swept(late, late)
    with scope.entered(network.controller(adviser)):
        stuck = Archived.objects.get().id
    with undeletable("standing_archived", stuck):
        run = swept(late + 20 * DAY, late + 20 * DAY)
    told = figure(run, QUOTES)
    assert (told["due"], told["done"], told["quarantined"], told["overdue"]) == (2, 1, 1, 1)
    with scope.entered(network.controller(adviser)):
        assert list(Quarantined.objects.values_list("key", flat=True)) == [str(stuck)]
    with scope.entered(network.controller(rival)):
        assert not Archived.objects.exists()


def test_a_backup_that_cannot_be_removed_is_told_and_leaves_the_run_whole(
    adviser: Any, at: datetime, late: datetime, tmp_path: Path
) -> None:
    scene.issued(adviser, at, "5.00")
    made = late - 60 * DAY
    path = tmp_path / rules.backup_name(made)
    actions.begin_backup(path=path, by=BY, at=made)
    path.mkdir()
    run = swept(late, late)
    assert figure(run, QUOTES)["done"] == 1
    assert [each.partition(":")[0] for each in run.untidied] == ["retention.Backup"]
    assert Run.objects.get(id=run.id).untidied == run.untidied
    assert figure(run, "client.backup.retention")["overdue"] == 1


def test_backups_are_counted_once_in_the_figures_of_their_clauses(adviser: Any, at: datetime, tmp_path: Path) -> None:
    for days in (1, 34, 40, 50):
        made = at - days * DAY
        Backup.objects.create(path=str(tmp_path / rules.backup_name(made)), made_at=made, bytes=1, ledger_position=0)
    run = swept(at, at)
    for clause in ("client.backup.retention", "user.backup.retention"):
        told = figure(run, clause)
        assert (told["due"], told["done"], told["overdue"]) == (2, 2, 0)
        assert told["next_due"] == clock.legal_day(at + DAY).isoformat()


def test_the_calendar_has_what_holds_let_go(adviser: Any, at: datetime, late: datetime) -> None:
    held(adviser, at, late + 100 * DAY)
    swept(late, late)
    with scope.entered(network.controller(adviser)):
        months = [each for each in Outlook.objects.get().months if each[0] == QUOTES]
    assert months == [[QUOTES, clock.legal_day(late + 101 * DAY).replace(day=1).isoformat(), 1]]


@pytest.fixture
def in_use(adviser: Any, at: datetime) -> Iterator[Any]:
    """Two drafts of intakes, of which somebody has one open."""
    told = {"sealed": b"sealed", "typed_at": at, "typed_by_id": ids.new()}
    with scope.entered(network.controller(adviser)):
        kept = [IntakeDraft.objects.create(reading_id=ids.new(), **told).pk for _ in range(2)]
    with as_role("app") as other:
        other.execute("SELECT set_config('gardien.controller', %s, false)", [str(network.controller(adviser))])
        other.execute("SELECT FROM customers_intakedraft WHERE id = %s FOR UPDATE", [kept[0]])
        yield kept[0]
        other.rollback()


def test_a_row_in_use_is_left_to_the_next_night(adviser: Any, in_use: Any, late: datetime) -> None:
    swept(late, late)
    with scope.entered(network.controller(adviser)):
        assert list(IntakeDraft.objects.values_list("pk", flat=True)) == [in_use]


def test_warnings_are_of_the_clauses_of_peoples_own_records() -> None:
    of_roots = {clause for each in ("client", "user") for clause in clocks.ending(registry.root(each))}
    assert of_roots == set(kinds.WARNED)
