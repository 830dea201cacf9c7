"""When deleted rows are gone from the disks: what is known is told, and nothing more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from gardien.base import clock
from gardien.portal.embedded import SUPERUSER
from gardien.retention.models import Backup
from gardien.retention.queries import removal
from tests.environment import CLUSTER
from tests.roles import swept_by

RUN = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def backup(made_at: datetime, **more: Any) -> Backup:
    return Backup.objects.create(path="/b", made_at=made_at, bytes=1, ledger_position=0, **more)


@pytest.mark.usefixtures("committed")
def test_backups_are_gone_when_the_last_one_begun_before_the_run_ended_must_be() -> None:
    assert removal.removal(RUN, RUN)["backups"] == {"count": 0, "until": None}
    backup(RUN - 2 * DAY)
    backup(RUN - DAY)
    backup(RUN, removed_at=RUN)
    backup(RUN + DAY)
    found = removal.removal(RUN, RUN + DAY)["backups"]
    assert found["count"] == 2
    assert datetime.fromisoformat(found["until"]) == datetime(2027, 1, 3, 23, tzinfo=UTC)


@pytest.mark.usefixtures("committed")
def test_tables_are_freed_and_the_log_is_done_with_only_after_the_run() -> None:
    before = clock.now()
    with swept_by():
        found = removal.removal(before, before)
    assert (found["tables"]["vacuumed"], found["tables"]["freed_at"]) == (0, None)
    assert found["log"]["checkpoint_at"] is None
    with psycopg.connect(**CLUSTER.dsn(SUPERUSER, "gardien"), autocommit=True) as server:
        server.execute("VACUUM")
        server.execute("SELECT pg_sleep(1.1)")  # a checkpoint's time is told in whole seconds
        server.execute("CHECKPOINT")
    with swept_by():
        after = removal.removal(before, clock.now())
    assert after["tables"]["vacuumed"] == after["tables"]["count"] > 20
    assert datetime.fromisoformat(after["tables"]["freed_at"]) > before
    assert datetime.fromisoformat(after["log"]["checkpoint_at"]) > before
    assert json.loads(json.dumps(after)) == after
    assert len(after["not_known"]) == 3
