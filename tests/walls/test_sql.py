"""The wall in plain SQL as the app role, over every scoped table of the registry."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from gardien.base import ids, walls
from gardien.base.models import TenantForeignKey, TenantRow
from tests.conftest import as_role
from tests.walls.house import House, count, fingerprints, session

SCOPED = pytest.mark.parametrize("label", [model._meta.label for model in walls.scoped_models()])


class Table:
    """One scoped table."""

    def __init__(self, label: str) -> None:
        from django.apps import apps

        self.model = apps.get_model(label)
        self.name: str = self.model._meta.db_table
        self.scope: str = self.model.scope_field
        self.is_append_only: bool = self.model.is_append_only
        self.columns = [field.column for field in self.model._meta.local_fields]
        self.references = {
            field.column: field.related_model._meta.db_table
            for field in self.model._meta.local_fields
            if isinstance(field, TenantForeignKey)
        }

    def rows(self, controller: UUID) -> list[dict[str, Any]]:
        """Return the controller's rows, read by the auditor."""
        with as_role("audit") as connection:
            cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
            query = sql.SQL("SELECT * FROM {} WHERE {} = %s ORDER BY id")
            return cursor.execute(
                query.format(sql.Identifier(self.name), sql.Identifier(self.scope)), [controller]
            ).fetchall()

    def insert(self, connection: "psycopg.Connection[Any]", row: dict[str, Any]) -> int:
        """Insert a row read elsewhere."""
        values = [psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
        query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(self.name),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        )
        return connection.execute(query, values).rowcount

    def run(self, connection: "psycopg.Connection[Any]", statement: str, *values: Any) -> int:
        """Run a statement in which {} is the table; return the number of rows it touched."""
        return connection.execute(sql.SQL(statement).format(sql.Identifier(self.name)), values).rowcount


@SCOPED
def test_each_repairer_has_rows_to_hide_in(house: House, label: str) -> None:
    table = Table(label)
    assert [len(table.rows(garage.tenant)) > 0 for garage in (house.tilleul, house.canal)] == [True, True]


@SCOPED
@pytest.mark.parametrize("controller", [None, "", "third", "absent"])
def test_without_a_controller_of_rows_nothing_is_seen(house: House, label: str, controller: str | None) -> None:
    named = {"third": house.third, "absent": ids.new()}.get(controller or "", controller)
    with session("app", named) as connection:
        assert count(connection, Table(label).name) == 0


@SCOPED
def test_a_connection_that_served_a_repairer_sees_nothing_in_its_next_transaction(house: House, label: str) -> None:
    table = Table(label)
    with as_role("app") as connection:
        connection.execute("SELECT set_config('gardien.controller', %s, true)", [str(house.canal.tenant)])
        seen = count(connection, table.name)
        connection.commit()
        assert connection.execute("SELECT current_setting('gardien.controller', true)").fetchone() == ("",)
        assert (seen, count(connection, table.name)) == (len(table.rows(house.canal.tenant)), 0)


@SCOPED
def test_only_the_controllers_own_rows_are_read(house: House, label: str) -> None:
    table = Table(label)
    others = [row["id"] for row in table.rows(house.tilleul.tenant)]
    with session("app", house.canal.tenant) as connection:
        assert count(connection, table.name) == len(table.rows(house.canal.tenant))
        assert count(connection, table.name, f"{table.scope} = %s", house.tilleul.tenant) == 0
        assert count(connection, table.name, "id = ANY(%s)", others) == 0


@SCOPED
def test_no_row_of_another_is_updated_or_deleted(house: House, label: str) -> None:
    table, before = Table(label), fingerprints()
    others = [row["id"] for row in table.rows(house.tilleul.tenant)]
    attempts = (
        ("UPDATE {} SET id = id WHERE id = ANY(%s)", [others]),
        (f"UPDATE {{}} SET {table.scope} = %s WHERE id = ANY(%s)", [house.canal.tenant, others]),
        ("DELETE FROM {} WHERE id = ANY(%s)", [others]),
    )
    for statement, values in attempts:
        if table.is_append_only:
            with session("app", house.canal.tenant) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                table.run(connection, statement, *values)
        else:
            with session("app", house.canal.tenant) as connection:
                assert table.run(connection, statement, *values) == 0
    assert fingerprints() == before


@SCOPED
def test_an_update_of_everything_reaches_the_own_rows_only(house: House, label: str) -> None:
    table, before = Table(label), fingerprints()
    if not table.is_append_only:
        with session("app", house.canal.tenant) as connection:
            assert table.run(connection, "UPDATE {} SET id = id") == len(table.rows(house.canal.tenant))
    assert fingerprints() == before


@SCOPED
def test_no_row_is_written_for_another_nor_given_to_another(house: House, label: str) -> None:
    table, before = Table(label), fingerprints()
    foreign = {**table.rows(house.tilleul.tenant)[0], "id": ids.new()}
    for controller in (house.canal.tenant, "", None):
        with session("app", controller) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege) as refusal:
            table.insert(connection, foreign)
        assert "row-level security" in str(refusal.value)
    if not table.is_append_only:
        with session("app", house.canal.tenant) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            table.run(connection, f"UPDATE {{}} SET {table.scope} = %s", house.tilleul.tenant)
    assert fingerprints() == before


@SCOPED
def test_no_own_row_points_to_a_row_of_another(house: House, label: str) -> None:
    table, before = Table(label), fingerprints()
    for column, other in table.references.items():
        with as_role("audit") as connection:
            query = sql.SQL("SELECT id FROM {} WHERE tenant_id = %s LIMIT 1").format(sql.Identifier(other))
            target = connection.execute(query, [house.tilleul.tenant]).fetchone()
        assert target
        rows = table.rows(house.canal.tenant)
        own = next((row for row in rows if row[column]), rows[-1])
        with session("app", house.canal.tenant) as connection, pytest.raises(psycopg.errors.ForeignKeyViolation):
            table.run(connection, f'UPDATE {{}} SET "{column}" = %s WHERE id = %s', target[0], own["id"])
    assert fingerprints() == before


def test_no_unique_key_tells_what_another_repairer_has(house: House) -> None:
    """A third repairer may hold, value for value, all that the first one holds: no index answers 'exists already'."""
    before, known = fingerprints(), {house.tilleul.tenant: house.third}
    copied = 0
    with session("app", house.third) as connection:
        for model in walls.scoped_models():
            table = Table(model._meta.label)
            for row in table.rows(house.tilleul.tenant):
                known[row["id"]] = ids.new()
                keys = {"id", table.scope, *table.references}
                copied += table.insert(
                    connection, {name: known.get(v, v) if name in keys else v for name, v in row.items()}
                )
        connection.rollback()
    assert copied == sum(len(Table(m._meta.label).rows(house.tilleul.tenant)) for m in walls.scoped_models())
    assert fingerprints() == before


@SCOPED
@pytest.mark.parametrize("party", ["network", "provider"])
def test_a_central_party_sees_no_row_of_a_repairer(house: House, label: str, party: str) -> None:
    table = Table(label)
    with session("app", house.central[party]) as connection:
        seen = count(connection, table.name)
        own = count(connection, table.name, f"{table.scope} = %s", house.central[party])
    assert seen == own
    if issubclass(table.model, TenantRow):
        assert seen == 0
