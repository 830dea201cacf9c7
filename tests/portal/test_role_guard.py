"""The six roles as roles.sql makes them, and the refusal of those that pass the wall."""

import pytest

from gardien.portal import role_guard
from gardien.portal.embedded import ROLES, SUPERUSER, Cluster
from tests.portal.clusters import DATABASE, ask, connect


@pytest.mark.parametrize("role", ROLES)
def test_each_role_logs_in_and_only_the_backup_bypasses_the_wall(cluster: Cluster, role: str) -> None:
    question = (
        "SELECT current_user::text, rolsuper, rolcreatedb, rolcreaterole, rolinherit, rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user"
    )
    is_backup = role == "gardien_backup"
    assert ask(cluster, question, role=role) == [(role, False, False, False, False, False, is_backup)]


def test_only_the_owner_creates_tables(cluster: Cluster) -> None:
    can_create = {}
    for role in ROLES:
        question = (
            "SELECT has_schema_privilege('public', 'CREATE'), has_database_privilege(current_database(), 'TEMPORARY')"
        )
        can_create[role] = ask(cluster, question, role=role)[0]
    assert can_create == {role: (role == "gardien_owner",) * 2 for role in ROLES}


def test_a_role_that_is_not_ours_may_not_enter(cluster: Cluster) -> None:
    with connect(cluster, SUPERUSER) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE ROLE passer_by LOGIN")
        answers = connection.execute(
            "SELECT datname, has_database_privilege('passer_by', datname, 'CONNECT')"
            " FROM pg_database WHERE datallowconn"
        ).fetchall()
    assert {name for name, can_connect in answers if can_connect} == set()


def test_preparing_again_mends_a_role(cluster: Cluster) -> None:
    with connect(cluster, SUPERUSER) as connection:
        connection.execute("ALTER ROLE gardien_app BYPASSRLS CREATEDB")
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    cluster.prepare(DATABASE)
    test_each_role_logs_in_and_only_the_backup_bypasses_the_wall(cluster, "gardien_app")
    test_only_the_owner_creates_tables(cluster)


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (SUPERUSER, role_guard.SUPERUSER),
        ("gardien_backup", role_guard.BYPASSES),
        ("gardien_owner", role_guard.OWNER),
    ],
)
def test_an_unsafe_role_is_refused(cluster: Cluster, role: str, reason: str) -> None:
    with connect(cluster, role) as connection, pytest.raises(role_guard.UnsafeRole) as refusal:
        role_guard.refuse_unsafe_role(connection.cursor())
    assert str(refusal.value) == reason % {"role": role}


@pytest.mark.parametrize("role", ["gardien_app", "gardien_sweep", "gardien_network", "gardien_audit"])
def test_a_safe_role_is_accepted(cluster: Cluster, role: str) -> None:
    with connect(cluster, role) as connection:
        role_guard.refuse_unsafe_role(connection.cursor())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("ALTER TABLE thing OWNER TO gardien_app", role_guard.OWNER),
        ("CREATE SCHEMA aside AUTHORIZATION gardien_app", role_guard.OWNER),
        ("GRANT gardien_owner TO gardien_app", role_guard.OWNER),
        ("GRANT gardien_backup TO gardien_app", role_guard.BYPASSES),
        (f"GRANT {SUPERUSER} TO gardien_app", role_guard.SUPERUSER),
    ],
)
def test_the_app_is_refused_once_it_can_pass_the_wall(cluster: Cluster, fault: str, reason: str) -> None:
    with connect(cluster, SUPERUSER) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE thing ()")
        connection.execute(fault)
        connection.execute("SET LOCAL SESSION AUTHORIZATION gardien_app")
        with pytest.raises(role_guard.UnsafeRole) as refusal:
            role_guard.refuse_unsafe_role(connection.cursor())
    assert refusal.value.reason == reason


def test_a_superuser_in_the_apps_clothes_is_refused(cluster: Cluster) -> None:
    with connect(cluster, SUPERUSER) as connection:
        connection.execute("SET ROLE gardien_app")
        with pytest.raises(role_guard.UnsafeRole) as refusal:
            role_guard.refuse_unsafe_role(connection.cursor())
    assert refusal.value.reason == role_guard.SUPERUSER
