"""`gardien commitment lint`: what it prints, and by what it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gardien.commitment import documents
from gardien.commitment.policy.lint import RULES
from gardien.commitment.registry import registry
from gardien.portal import cli

from .lint_mutations import changed, drop, muted, put, write

FIRST, SECOND = muted("2020-01-25"), muted("2026-11-22")
NAMES = [rule.id for rule in RULES]


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, list[dict[str, str | None]]]:
    status = cli.main(["commitment", "lint", "--json", *map(str, arguments)])
    return status, json.loads(capsys.readouterr().out)


def test_the_command_exits_by_what_is_left_without_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write(FIRST, tmp_path), tmp_path / "2026-11-22.yaml"
    status, alone = run(capsys, old, "--at", "2026-11-22")
    mending = {key: f"behaviour:{keeper}" for key, keeper in registry.mending().items()}
    assert status == 1
    assert [each for each in alone if each["remedy"] != mending.get((str(each["id"]), str(each["clause"])))] == []
    assert sum(each["remedy"] is None for each in alone) > len(alone) / 2
    write(SECOND, tmp_path)
    status, mended = run(capsys, old, "--at", "2026-11-22")
    assert (status, [each for each in mended if each["remedy"] is None]) == (0, [])
    assert list(mended[0].items()) == [
        ("id", "users-two-months"),
        ("clause", "user.rights.delay"),
        ("severity", "error"),
        ("article", "Regulation (EU) 2016/679, art. 12(3)"),
        ("remedy", "field:clauses.user.rights.delay.delay"),
    ]
    assert run(capsys, new) == (0, [])
    write(changed(SECOND, drop("client.rights.post-mortem")), tmp_path)
    status, warned = run(capsys, new)
    assert (status, [each["severity"] for each in warned]) == (0, ["warning"])


def test_a_keeper_mends_only_what_it_says_it_mends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(changed(SECOND, put("client.controller", controller={"is_named": False})), tmp_path)
    status, (finding,) = run(capsys, path)
    verso = f"{documents.verso.__module__}.{documents.verso.__qualname__}"
    assert (status, finding["remedy"]) == (0, f"behaviour:{verso}")
    path = write(changed(SECOND, put("user.controller", controller={"is_named": False})), tmp_path)
    status, (finding,) = run(capsys, path)
    assert (status, finding["remedy"]) == (1, None)
    assert {rule for rule, _ in registry.mending()} <= set(NAMES)


def test_the_archive_mends_what_is_promised_without_one_where_it_keeps_what_is_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, alone = run(capsys, write(FIRST, tmp_path), "--at", "2026-11-22")
    denied = {each["clause"]: each["remedy"] for each in alone if each["id"] == "archive-none"}
    keep = "behaviour:gardien.retention.actions._archiving.keep"
    kept = {f"client.retention.{each}" for each in ("quotes", "messages", "processors")} | {"user.retention.contact"}
    assert {clause for clause, remedy in denied.items() if remedy == keep} == kept
    assert {remedy for clause, remedy in denied.items() if clause not in kept} == {None}


def test_the_command_judges_the_version_in_force_on_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--at", "2026-11-22") == (0, [])
    before, after = (run(capsys, "--at", day)[1] for day in ("2026-08-10", "2026-11-21"))
    assert len(after) - len(before) == 1
    assert cli.main(["commitment", "lint", "--at", "2020-01-24"]) == 2
    assert "in force" in capsys.readouterr().err


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "2027-01-01.yaml").write_text("clauses: [", encoding="utf-8")
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "2027-01-01.yaml"):
        assert cli.main(["commitment", "lint", str(path), "--json"]) == 2
        streams = capsys.readouterr()
        assert (streams.out, bool(streams.err)) == ("", True)
    assert cli.main(["commitment", "lint", str(write(SECOND, tmp_path))]) == 0
    streams = capsys.readouterr()
    assert "no collision" in streams.out
    assert "Left aside: 2027-01-01.yaml:1:" in streams.err


def test_the_command_needs_no_installation_and_leaves_none(tmp_path: Path) -> None:
    path = write(changed(SECOND, drop("client.transfers")), tmp_path)
    environ = {**os.environ, "GARDIEN_HOME": str(tmp_path / "home"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "gardien.portal.cli", "commitment", "lint", str(path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("warning  transfers-silent  client.transfers\n")
    assert "Remedy: none." in done.stdout
    assert sorted(each.name for each in tmp_path.iterdir()) == ["2026-11-22.yaml"]
