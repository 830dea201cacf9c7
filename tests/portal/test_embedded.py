"""What the supervisor of the embedded server promises, kept by real servers."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from gardien.portal import _account, _home, _processes
from gardien.portal.embedded import ROLES, SUPERUSER, Cluster, ClusterError
from tests.portal.clusters import DATABASE, ask, bin_folder, connect, postmaster, server_processes

THIRTY_SECONDS = """
DO $$ DECLARE stop timestamptz := clock_timestamp() + interval '30 seconds';
BEGIN WHILE clock_timestamp() < stop LOOP END LOOP; END $$
"""


def kill_under_a_long_query(cluster: Cluster) -> int:
    """Kill the postmaster while a backend computes for 30 s; return that backend's pid."""
    connection = connect(cluster, SUPERUSER, "postgres")
    backend = connection.info.backend_pid

    def compute() -> None:
        with suppress(psycopg.OperationalError):
            connection.execute(THIRTY_SECONDS)

    threading.Thread(target=compute, daemon=True).start()
    question = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {backend} AND state = 'active'"
    while ask(cluster, question, database="postgres") != [(1,)]:
        time.sleep(0.02)
    os.kill(postmaster(cluster), signal.SIGKILL)
    return backend


def wait_for_service(cluster: Cluster, seconds: float) -> float:
    """Return after how many seconds a new connection was served."""
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        with suppress(psycopg.OperationalError):
            ask(cluster, "SELECT 1", database="postgres")
            return time.monotonic() - begun
        time.sleep(0.05)
    pytest.fail(f"no service within {seconds} s")


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"])
def test_durability_is_on(cluster: Cluster, name: str) -> None:
    assert ask(cluster, f"SHOW {name}", role="gardien_app") == [("on",)]


def test_one_deleted_row_of_a_large_table_is_vacuumed_at_the_server_s_next_round(cluster: Cluster) -> None:
    with psycopg.connect(**cluster.dsn(SUPERUSER, "gardien"), autocommit=True) as session:
        session.execute("CREATE TABLE large AS SELECT generate_series(1, 10000) AS number")
        session.execute("SELECT pg_stat_force_next_flush()")  # else it is vacuumed for its new rows
        session.execute("VACUUM large")
        session.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
        session.execute("SELECT pg_reload_conf()")
        session.execute("DELETE FROM large WHERE number = 1")
        until = time.monotonic() + 30
        vacuumed = "SELECT FROM pg_stat_user_tables WHERE relname = 'large' AND autovacuum_count > 0"
        try:
            while not session.execute(vacuumed).rowcount:
                assert time.monotonic() < until
                time.sleep(0.1)
        finally:
            session.execute("DROP TABLE large")
            session.execute("ALTER SYSTEM RESET autovacuum_naptime")
            session.execute("SELECT pg_reload_conf()")


def test_the_only_authentication_rule_is_peer(cluster: Cluster) -> None:
    rules = ask(cluster, "SELECT type, database, user_name, auth_method, options, error FROM pg_hba_file_rules")
    assert rules == [("local", ["all"], ["all"], "peer", ["map=gardien"], None)]
    for path in cluster.home.rglob("*.conf"):
        assert "trust" not in path.read_text()


def test_only_the_portal_and_the_server_may_take_a_role(cluster: Cluster) -> None:
    lines = (cluster.home / "conf" / "pg_ident.conf").read_text().splitlines()
    users = {_account.portal_user(), cluster.account().name}
    assert sorted(lines) == sorted(f'gardien "{user}" {role}' for user in users for role in (SUPERUSER, *ROLES))


def test_no_network_address_is_listened_on(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW listen_addresses") == [("",)]


def test_the_socket_and_the_files_are_private(cluster: Cluster) -> None:
    owner = cluster.account().uid
    for folder in (_home.socket_folder(cluster.home), cluster.database_files):
        found = folder.stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o700, owner)


def test_the_server_is_not_root(cluster: Cluster) -> None:
    status = Path(f"/proc/{postmaster(cluster)}/status").read_text()
    uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    groups = next(line.split()[1:] for line in status.splitlines() if line.startswith("Groups:"))
    assert set(uids) == {str(cluster.account().uid)}
    assert "0" not in uids
    assert "0" not in groups


def test_the_server_inherits_no_secret(cluster: Cluster) -> None:
    inherited = Path(f"/proc/{postmaster(cluster)}/environ").read_text().strip("\0").split("\0")
    assert {variable.partition("=")[0] for variable in inherited} == {"PATH", "LC_ALL"}


def test_the_database_is_sorted_by_code_point(cluster: Cluster) -> None:
    question = (
        "SELECT datcollate, pg_encoding_to_char(encoding), datdba::regrole::text"
        " FROM pg_database WHERE datname = current_database()"
    )
    assert ask(cluster, question) == [("C", "UTF8", "gardien_owner")]


def test_the_log_quotes_no_value(cluster: Cluster) -> None:
    with connect(cluster, "gardien_app") as connection, pytest.raises(psycopg.DataError):
        connection.execute("SELECT 'CANARY-Dupont'::integer")
    with connect(cluster, "gardien_app") as connection, pytest.raises(psycopg.DataError):
        connection.execute("SELECT %s::text::integer", ["CANARY-Dupont"])
    assert "CANARY" not in cluster.log_file.read_text()


def test_a_killed_postmaster_under_load_is_replaced_without_a_human(cluster: Cluster) -> None:
    with connect(cluster, SUPERUSER) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (id integer)")
        connection.execute("INSERT INTO acknowledged VALUES (1)")
    killed = postmaster(cluster)
    backend = kill_under_a_long_query(cluster)
    assert wait_for_service(cluster, 30) < 30
    assert _processes.is_gone(backend)
    assert postmaster(cluster) != killed
    assert ask(cluster, "SELECT count(*) > 0 FROM acknowledged") == [(True,)]


def test_postgresql_alone_would_not_start_beside_an_orphan(
    unsupervised: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = kill_under_a_long_query(unsupervised)
    with monkeypatch.context() as fault:
        fault.setattr(_processes, "orphans", lambda *_: [])
        with pytest.raises(ClusterError, match=r"the reason stands in .*postgres\.log"):
            unsupervised.start()
    assert not _processes.is_gone(backend)
    assert "shared memory block" in unsupervised.log_file.read_text()
    assert unsupervised.start() is True
    assert _processes.is_gone(backend)


def test_a_stop_after_a_kill_leaves_no_orphan(unsupervised: Cluster) -> None:
    backend = kill_under_a_long_query(unsupervised)
    assert not _processes.is_gone(backend)
    unsupervised.stop()
    assert server_processes(unsupervised) == []


def test_a_stop_leaves_no_process(unsupervised: Cluster) -> None:
    pid = postmaster(unsupervised)
    assert pid in server_processes(unsupervised)
    unsupervised.stop()
    assert (server_processes(unsupervised), _processes.is_gone(pid)) == ([], True)
    assert unsupervised.is_running() is False


def test_a_second_start_changes_nothing(unsupervised: Cluster) -> None:
    pid = postmaster(unsupervised)
    second = Cluster(unsupervised.home, configured=unsupervised.binaries().folder)
    assert second.start() is False
    with second.supervised():
        assert postmaster(second) == pid
    assert unsupervised.is_running() is True


def test_two_starts_at_once_make_one_server(unsupervised: Cluster) -> None:
    unsupervised.stop()
    others = [Cluster(unsupervised.home, configured=unsupervised.binaries().folder) for _ in range(2)]
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda one=one: answers.append(one.start())) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, True]


def test_nobody_working_in_the_folder_is_taken_for_an_orphan(unsupervised: Cluster) -> None:
    account = unsupervised.account()
    os.kill(postmaster(unsupervised), signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"], cwd=unsupervised.database_files, **account.process_options) as bystander:
        try:
            assert bystander.pid in server_processes(unsupervised)
            assert unsupervised.start() is True
            assert bystander.poll() is None
        finally:
            bystander.kill()


def test_a_folder_too_deep_for_a_socket_gets_a_short_private_one(open_folder: Path) -> None:
    deep = open_folder / ("d" * 100) / "postgres"
    served = Cluster(deep)
    with served.supervised():
        folder = _home.socket_folder(served.home)
        assert folder.parent == _home.SHORT
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert ask(served, "SELECT 1", database="postgres") == [(1,)]
    folder.rmdir()


def test_a_socket_folder_laid_by_somebody_else_is_refused(open_folder: Path) -> None:
    home = open_folder / ("e" * 100)
    planted = _home.socket_folder(home)
    planted.symlink_to(open_folder)
    try:
        with pytest.raises(_home.UnusableFolder, match="must be a folder of mode 0700"):
            _home.create_socket_folder(home, _account.server_account(home / "pgdata"))
    finally:
        planted.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's portal changes the user")
def test_a_clone_in_roots_private_folder_works_and_opens_nothing(open_folder: Path) -> None:
    private = Path(tempfile.mkdtemp(dir=open_folder))
    package = bin_folder("wheel").parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, private / "site" / part.name)
    wanted, binaries = private / "clone" / "postgres", private / "site" / package.name / "pginstall" / "bin"
    served = Cluster(wanted, configured=binaries, refuge=open_folder / "refuge")
    with served.supervised():
        served.prepare(DATABASE)
        assert ask(served, "SELECT 1", role="gardien_app") == [(1,)]
        assert ask(Cluster(wanted), "SELECT 1", role="gardien_app") == [(1,)]
    assert wanted.readlink().parent == open_folder / "refuge"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    served.start()
    served.stop()
    assert len(list(served.home.glob("binaries-*"))) == 1
    assert list(served.home.glob("copying-*")) == []


def test_a_configured_folder_without_a_server_is_refused(open_folder: Path) -> None:
    with pytest.raises(ClusterError, match="set GARDIEN_POSTGRES_BIN"):
        Cluster(open_folder / "absent", configured=Path("/usr/bin")).binaries()


def test_files_of_another_version_ask_for_its_binaries(cluster: Cluster) -> None:
    other = {15: "wheel", 18: "system"}[cluster.binaries().major]
    with pytest.raises(ClusterError, match=f"No server programs of PostgreSQL {cluster.binaries().major}"):
        Cluster(cluster.home, configured=bin_folder(other)).binaries()


def test_a_link_to_a_folder_that_is_gone_is_refused(open_folder: Path) -> None:
    link = open_folder / "link"
    link.symlink_to(open_folder / "unmounted")
    with pytest.raises(ClusterError, match="is a link to a folder that is gone"):
        Cluster(link).start()


def test_a_cluster_never_started_is_not_running_and_stops_in_peace(open_folder: Path) -> None:
    assert Cluster(open_folder / "never").is_running() is False
    Cluster(open_folder / "never").stop()
    assert not (open_folder / "never").exists()
