"""When deleted rows are gone from the disks: what is known is told, and nothing more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gardien.base import clock
from gardien.retention import actions
from gardien.retention.models import Backup
from gardien.retention.queries import removal
from tests import scene
from tests.retention import disk
from tests.roles import swept_by

RUN = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def adviser(cast: Any, at: datetime) -> Any:
    scene.price_list(at)
    return cast.membership("counter.adviser@tilleul.example")


def backup(made_at: datetime, **more: Any) -> Backup:
    return Backup.objects.create(path="/b", made_at=made_at, bytes=1, ledger_position=0, **more)


@pytest.mark.usefixtures("committed")
def test_backups_are_gone_when_the_last_one_begun_before_the_run_ended_must_be() -> None:
    report = removal.removal(RUN)
    assert report["backups"] == {"count": 0, "until": None}
    backup(RUN - 2 * DAY)
    backup(RUN - DAY)
    backup(RUN, removed_at=RUN)
    backup(RUN + DAY)
    found = removal.reckoned(report, RUN + DAY)["backups"]
    assert found["count"] == 2
    assert datetime.fromisoformat(found["until"]) == datetime(2027, 1, 3, 23, tzinfo=UTC)


def test_tables_are_freed_once_each_with_deleted_rows_was_vacuumed_after_the_run(adviser: Any, at: datetime) -> None:
    scene.issued(adviser, at - 740 * DAY, "99.99")
    with disk.unattended() as server:
        run = disk.swept()
        dead = run.removal["tables"]["dead_rows"]
        assert {"customers_customer", "quotes_quote", "standing_fact"} <= dead.keys()
        assert (run.removal["tables"]["freed_at"], run.removal["log"]["checkpoint_at"]) == (None, None)
        *first, last = dead
        for name in first:
            server.execute(f'VACUUM "{name}"')
        assert removal.reckoned(run.removal, clock.now())["tables"]["freed_at"] is None
        before = clock.now()
        server.execute(f'VACUUM "{last}"')
        server.execute("SELECT pg_sleep(1.1)")  # a checkpoint's time is told in whole seconds
        server.execute("CHECKPOINT")
        after = removal.reckoned(run.removal, clock.now())
    assert before < datetime.fromisoformat(after["tables"]["freed_at"]) < clock.now()
    assert run.ended_at
    assert datetime.fromisoformat(after["log"]["checkpoint_at"]) > run.ended_at
    assert json.loads(json.dumps(after)) == after
    assert len(after["not_known"]) == 3


def test_a_run_after_which_no_deleted_row_is_left_has_nothing_to_wait_for(adviser: Any) -> None:
    with disk.unattended():
        at = clock.now()
        assert removal.removal(at)["tables"] == {"dead_rows": {}, "freed_at": at.isoformat()}


def test_since_when_an_earlier_run_s_space_is_free_is_kept_though_later_vacuums_follow(
    adviser: Any, at: datetime
) -> None:
    scene.issued(adviser, at - 740 * DAY, "99.99")
    with disk.unattended() as server:
        run = disk.swept()
        server.execute("VACUUM")
        told = removal.reckoned(run.removal, clock.now())["tables"]["freed_at"]
        with swept_by():
            actions.keep_removals(by=disk.BY, at=clock.now())
        server.execute("VACUUM")
        run.refresh_from_db()
        assert told == removal.reckoned(run.removal, clock.now())["tables"]["freed_at"]
    assert told is not None
