"""Backups: what is noted of them, when their time is over, and what goes with them from the ledger."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gardien.base import ledger
from gardien.base.actor import Actor
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.retention import actions, rules
from gardien.retention.models import Backup
from gardien.retention.queries import backups
from tests.base.ledger import VALUES, keys, write
from tests.commitment import versions_made
from tests.quotes.counter import day
from tests.retention.restoring import gardien

pytestmark = pytest.mark.usefixtures("committed")

BY = Actor.program("backup")
MADE = datetime(2026, 11, 29, 21, 30, tzinfo=UTC)
"""Half past ten in the evening, in Paris."""
LAST = datetime(2027, 1, 2, 23, tzinfo=UTC)
"""The third of January begins in Paris: 35 days later, as the version of 2026 says."""


def made(folder: Path, at: datetime) -> Backup:
    """Make a file that passes for a backup, and note it."""
    file = folder / rules.backup_name(at)
    backup = actions.begin_backup(path=file, by=BY, at=at)
    file.write_bytes(b"PGDMP")
    return actions.finish_backup(backup_id=backup.id, size=5, by=BY, at=at)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_name_tells_when_the_file_was_made() -> None:
    name = rules.backup_name(MADE.replace(microsecond=42))
    assert name == "gardien-20261129T213000.000042Z.dump"
    assert rules.backup_made_at(name) == rules.backup_made_at(f"{name}.part") == MADE.replace(microsecond=42)
    for other in ("gardien.dump", f"{name}.old", "gardien-2026.dump", f"other-{name}"):
        assert rules.backup_made_at(other) is None


def test_a_backup_stays_for_the_days_of_the_version_in_force_and_not_one_instant_longer(tmp_path: Path) -> None:
    made(tmp_path, MADE)
    assert backups.until(MADE, MADE) == LAST
    assert actions.remove_old_backups(at=LAST - timedelta(seconds=1)) == 0
    assert actions.remove_old_backups(at=LAST) == 1
    assert names(tmp_path) == []
    assert Backup.objects.get().removed_at == LAST
    assert actions.remove_old_backups(at=LAST) == 0


def test_of_two_clauses_the_stricter_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for clause in backups.CLAUSES:
        stricter = versions_made.changed("2026-11-22", lambda data, clause=clause: _week(data, clause))
        monkeypatch.setattr(commitment, "versions", lambda other=stricter: policy.Versions((other,)))
        assert backups.until(MADE, MADE) == datetime(2026, 12, 5, 23, tzinfo=UTC)


def _week(data: Any, clause: str) -> None:
    data["clauses"][clause]["retention"]["period"] = {"days": 7}


def test_a_version_without_the_clause_removes_nothing(tmp_path: Path) -> None:
    made(tmp_path, day(2021))
    assert actions.remove_old_backups(at=day(2025)) == 0
    assert len(names(tmp_path)) == 1


def test_files_that_a_later_database_made_go_too_and_strangers_stay(tmp_path: Path) -> None:
    made(tmp_path, LAST)
    unknown = [rules.backup_name(MADE), f"{rules.backup_name(MADE)}.part"]
    for name in (*unknown, "letter.txt", "gardien-notes"):
        (tmp_path / name).touch()
    assert actions.remove_old_backups(at=LAST) == 2
    assert names(tmp_path) == [rules.backup_name(LAST), "gardien-notes", "letter.txt"]


def test_a_file_that_somebody_removed_is_noted_as_removed(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    made(tmp_path / "gone", MADE)
    (tmp_path / "gone" / rules.backup_name(MADE)).unlink()
    (tmp_path / "gone").rmdir()
    assert actions.remove_old_backups(at=LAST) == 0
    assert Backup.objects.get().removed_at == LAST


def test_the_figure_counts_what_stays_a_day_too_long(tmp_path: Path) -> None:
    made(tmp_path, MADE)
    made(tmp_path, LAST)
    assert backups.overdue(at=LAST + timedelta(hours=23)) == (2, 0)
    assert backups.overdue(at=LAST + timedelta(days=1)) == (2, 1)
    actions.remove_old_backups(at=LAST)
    assert backups.overdue(at=LAST + timedelta(days=1)) == (1, 0)


def test_keys_that_only_older_lines_than_the_oldest_backup_need_are_destroyed(tmp_path: Path) -> None:
    write(["C-AAAAAAAA"], values=VALUES)
    made(tmp_path, MADE)
    write(["C-BBBBBBBB"], values=VALUES)
    made(tmp_path, LAST)
    actions.remove_old_backups(at=MADE)
    assert keys() == ["C-BBBBBBBB.key"]
    actions.remove_old_backups(at=LAST)
    assert keys() == []
    assert ledger.standing().unreplayed == ()


def test_without_any_backup_that_is_known_the_ledger_stays_whole() -> None:
    write(values=VALUES)
    actions.remove_old_backups(at=LAST)
    assert len(keys()) == 1


def test_a_backup_is_one_new_file_for_its_owner_alone(tmp_path: Path) -> None:
    write()
    position = ledger.position()
    done = gardien("backup", str(tmp_path / "new" / "folder"), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    file = Path(told["file"])
    assert [file.name] == names(tmp_path / "new" / "folder")
    assert rules.backup_made_at(file.name) == datetime.fromisoformat(told["at"])
    assert (told["bytes"], told["ledger_position"]) == (file.stat().st_size, position)
    assert (stat.S_IMODE(file.stat().st_mode), file.read_bytes()[:5]) == (0o600, b"PGDMP")
    noted = Backup.objects.get()
    assert (noted.path, noted.bytes, noted.ledger_position) == (str(file), told["bytes"], position)


def test_a_folder_that_cannot_be_one_is_refused_in_a_sentence_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = gardien("backup", str(tmp_path / "file"))
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert "No backup was made" in done.stderr
    assert Backup.objects.count() == 0
