"""The command `gardien` as a person at a terminal meets it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from pypdf import PdfReader

from gardien.commitment import policy
from gardien.portal import cli
from tests.web import counter

GARDIEN = Path(sys.executable).with_name("gardien")


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """Give the commands an installation of their own, empty at first."""
    with tempfile.TemporaryDirectory(prefix="gardien-cli-") as folder:
        Path(folder).chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GARDIEN_", "DJANGO_"))}
        yield {**kept, "GARDIEN_HOME": folder}


def run(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [GARDIEN, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def processes_of(home: str) -> list[str]:
    """List the processes that were started for this installation, by what they were told of it."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if (
                entry.name.isdigit()
                and f"GARDIEN_HOME={home}".encode() in (entry / "environ").read_bytes().split(b"\0")
            ) or (entry.name.isdigit() and f"{home}/" in (entry / "cmdline").read_text()):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
    return found


COMMANDS = (
    "demo",
    "serve",
    "worker",
    "migrate",
    "check",
    "import tyres",
    "commitment show",
    "jobs list",
    "jobs retry",
    "messages",
)


@pytest.mark.parametrize("command", ["", "import", "commitment", "jobs", *COMMANDS])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([*command.split(), "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: gardien {command}".rstrip())


@pytest.mark.parametrize(
    "command", ["", "import", "demmo", "import tyres", "demo --port many", "commitment show --language de"]
)
def test_a_command_that_is_none_is_refused_with_its_usage(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(command.split())
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: gardien")


def test_the_commitment_in_force_is_shown_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    version = policy.load_folder(policy.VERSIONS_FOLDER).in_force(counter.today())
    texts = []
    for language in ("fr", "en"):
        assert cli.main(["commitment", "show", "--json", "--language", language]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert (list(shown), shown["version"]) == (["version", "sha256", "clauses"], version.id)
        assert [clause["id"] for clause in shown["clauses"]] == list(version.clauses)
        texts.append([clause["text"] for clause in shown["clauses"]])
    assert all(french != english for french, english in zip(*texts, strict=True))
    assert cli.main(["commitment", "show"]) == 0
    plain = capsys.readouterr().out
    assert plain.startswith(f"{version.id} {version.sha256}\n")
    assert all(text in plain for text in texts[0])


def test_the_commitment_is_shown_where_nothing_is_installed(environment: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as empty:
        shown = run({**environment, "GARDIEN_HOME": empty}, "commitment", "show", "--json")
        assert (shown.returncode, shown.stderr) == (0, "")
        assert list(Path(empty).iterdir()) == []


def test_check_says_ok_as_json_and_nothing_else(committed: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "reasons": [], "notices": []}
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_check_says_why_a_portal_may_not_start(committed: None, capsys: pytest.CaptureFixture[str]) -> None:
    table = "customers_customer"
    with counter.as_role("owner") as connection:
        connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    try:
        assert cli.main(["check", "--json"]) == 1
        said = json.loads(capsys.readouterr().out)
    finally:
        with counter.as_role("owner") as connection:
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    assert said["ok"] is False
    assert [reason for reason in said["reasons"] if table in reason]


@pytest.mark.parametrize(
    ("variable", "value"),
    [("GARDIEN_IS_HTTPS", "peut-être"), ("GARDIEN_DATABASE_ROLE", "root")],
)
def test_a_setting_that_cannot_be_read_is_named(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, value)
    assert cli.main(["commitment", "show"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert variable in said.err
    assert value not in said.err


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", ["taken", "99999", "-1"])
def test_a_port_where_nobody_can_listen_is_refused_at_once(
    command: str, port: str, committed: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONCE", raising=False)
    monkeypatch.setenv("GARDIEN_IS_DEMO", "")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = port.replace("taken", str(other.getsockname()[1]))
        before = counter.rows()
        assert cli.main([command, f"--port={port}"]) == 1
    assert capsys.readouterr().err == f"Port {port} is taken or not allowed here: choose another with --port.\n"
    assert counter.rows() == before


def pdf(line: str) -> str:
    """Return the name of the PDF that a demonstration says it has made, after looking into it."""
    said = re.fullmatch(r"PDF (.+)", line)
    assert said, line
    assert len(PdfReader(said[1]).pages) == 2
    return Path(said[1]).name


def test_a_demonstration_ends_after_its_pdf(environment: dict[str, str]) -> None:
    done = run({**environment, "ONCE": "1"}, "demo")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"D-TILLEUL-\d{4}-000001\.pdf", pdf(done.stdout.removesuffix("\n")))
    assert processes_of(environment["GARDIEN_HOME"]) == []


def test_the_next_one_counts_on_prints_its_logins_then_serves_until_ctrl_c(environment: dict[str, str]) -> None:
    port = free_port()
    arguments = [GARDIEN, "demo", f"--port={port}"]
    demo = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        lines = []
        for line in demo.stdout or ():
            lines.append(line.rstrip("\n"))
            if line.startswith("READY"):
                break
        assert lines[-1] == f"READY http://localhost:{port}"
        assert re.fullmatch(r"D-TILLEUL-\d{4}-000002\.pdf", pdf(lines[0]))
        assert any(line.split() and line.split()[0] == f"{counter.ADVISER}" for line in lines)
        assert [line for line in lines if line.startswith("Password of all of them: ")]
        told = [re.fullmatch(r"  (\S+@\S+) .+?(, TOTP [A-Z2-7]{32})?", line) for line in lines]
        central = {line[1].endswith(("@sarvane.example", "@halvec.example")): bool(line[2]) for line in told if line}
        assert central == {True: True, False: False}
        with urllib.request.urlopen(f"http://localhost:{port}/compte/connexion/") as page:
            assert 'class="demo"' in page.read().decode()
        assert len(processes_of(environment["GARDIEN_HOME"])) > 3
    finally:
        demo.send_signal(signal.SIGINT)
        status = demo.wait(60)
    assert status == 0
    until = time.monotonic() + 10
    while processes_of(environment["GARDIEN_HOME"]) and time.monotonic() < until:
        time.sleep(0.2)
    assert processes_of(environment["GARDIEN_HOME"]) == []
