"""What the other database roles may do with the repairers' tables."""

import psycopg
import pytest

from gardien.base import walls
from tests.conftest import as_role
from tests.walls.house import House, count, fingerprints, session
from tests.walls.test_sql import SCOPED, Table

WRITES = ("INSERT INTO {} DEFAULT VALUES", "UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


def _refused(role: str, table: Table, statement: str, controller: object = None) -> bool:
    with session(role, controller) as connection:  # type: ignore[arg-type]
        try:
            table.run(connection, statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


@SCOPED
def test_the_network_role_reads_no_scoped_table(house: House, label: str) -> None:
    statements = ("SELECT * FROM {}", "SELECT count(*) FROM {}", *WRITES)
    for controller in (None, house.canal.tenant):
        assert [_refused("network", Table(label), statement, controller) for statement in statements] == [True] * 6


@SCOPED
def test_the_audit_role_reads_everything_and_writes_nothing(house: House, label: str) -> None:
    table, before = Table(label), fingerprints()
    with session("audit", None) as connection:
        for garage in (house.tilleul, house.canal):
            assert count(connection, table.name, f"{table.scope} = %s", garage.tenant) > 0
    assert [_refused("audit", table, statement, house.canal.tenant) for statement in WRITES] == [True] * 4
    assert fingerprints() == before


@SCOPED
def test_the_sweep_role_reaches_rows_in_a_scope_only(house: House, label: str) -> None:
    table, before = Table(label), fingerprints()
    for controller in (None, ""):
        with session("sweep", controller) as connection:
            assert (count(connection, table.name), table.run(connection, "DELETE FROM {}")) == (0, 0)
    with session("sweep", house.canal.tenant) as connection:
        assert count(connection, table.name) == len(table.rows(house.canal.tenant))
        if table.is_append_only:
            assert table.run(connection, "DELETE FROM {}") == len(table.rows(house.canal.tenant))
        connection.rollback()
    assert fingerprints() == before


@SCOPED
def test_even_the_owner_sees_no_row(house: House, label: str) -> None:
    for controller in (None, house.canal.tenant):
        with session("owner", controller) as connection:
            assert count(connection, Table(label).name) == 0


def test_the_app_changes_neither_the_journal_nor_a_consent(house: House) -> None:
    appended = [Table(model._meta.label) for model in walls.scoped_models() if model.is_append_only]
    proofs = {"consent.Reading", "consent.Decision", "consent.Objection", "journal.Entry", "standing.Fact"}
    assert {table.model._meta.label for table in appended} >= proofs | {"standing.Ending", "standing.Resumption"}
    before = fingerprints()
    for table in appended:
        for statement in WRITES[1:]:
            assert _refused("app", table, statement, house.canal.tenant)
    assert fingerprints() == before


def test_the_app_empties_no_table_at_once(house: House) -> None:
    before = fingerprints()
    for table in before:
        with as_role("app") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f'TRUNCATE "{table}" CASCADE')
    assert fingerprints() == before
