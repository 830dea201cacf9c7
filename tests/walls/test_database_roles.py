"""What the other database roles may do with the repairers' tables, and what the network sees by page."""

from collections.abc import Callable
from contextlib import suppress

import psycopg
import pytest
from django.test import Client

from gardien.base import walls
from tests.conftest import as_role
from tests.walls import attack
from tests.walls.house import MOBILE, PERSONAL, PHONE, PLATE, House, count, fingerprints, session
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


READABLE = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S')
    AND CASE c.relkind WHEN 'S' THEN has_sequence_privilege(current_user, c.oid, 'USAGE, SELECT')
        ELSE has_any_column_privilege(current_user, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
          OR has_table_privilege(current_user, c.oid, 'DELETE, TRUNCATE, TRIGGER') END"""
BREAK_OUT = (
    "SET ROLE gardien_app",
    "SET ROLE gardien_owner",
    "SET SESSION AUTHORIZATION gardien_app",
    "SET row_security = off; SELECT * FROM customers_customer",
    "SELECT set_config('gardien.controller', '{tenant}', true); SELECT * FROM customers_customer",
    "SELECT set_config('gardien.exempt', 'x', true); SELECT * FROM quotes_quote",
    "COPY customers_customer TO STDOUT",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/hostname')",
    "SELECT query_to_xml('SELECT * FROM customers_customer', true, false, '')",
    "SELECT table_to_xml('customers_customer', true, false, '')",
    "CREATE TABLE planted (id uuid REFERENCES customers_customer (id))",
    "CREATE TEMPORARY TABLE planted AS SELECT * FROM customers_customer",
    "CREATE VIEW planted AS SELECT * FROM customers_customer",
    "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DO $$ BEGIN PERFORM 1 FROM customers_customer; END $$",
    "LOCK TABLE customers_customer IN ACCESS SHARE MODE",
    "SELECT * FROM django_session",
    "SELECT * FROM procrastinate_jobs",
    "GRANT SELECT ON customers_customer TO gardien_network",
    "ALTER POLICY gardien_scope ON customers_customer USING (true)",
    "UPDATE network_user SET state = 'active'",
    "INSERT INTO network_membership SELECT * FROM network_membership",
)
"""What the network's role would try in SQL."""


def _reads() -> set[str]:
    with as_role("network") as connection:
        return {name for (name,) in connection.execute(READABLE).fetchall()}


OWN = {
    *("network_centralparty", "network_repairer", "network_site", "network_user", "network_membership"),
    *("network_accountrequest", "network_supportaccess", "catalogue_pricelist", "catalogue_quarantinedline"),
    *("catalogue_article", "catalogue_listing", "catalogue_brandtier", "catalogue_ecorate"),
}
"""The tables of what the network answers for: organisations, people and their roles, price lists."""


def test_the_network_role_reads_its_own_tables_and_nothing_else(house: House) -> None:
    shared = {f"public.{table}" for table in OWN}
    assert _reads() == shared
    for grant in ("SELECT ON customers_customer", "SELECT (last_name) ON customers_customer", "UPDATE ON quotes_quote"):
        with as_role("owner") as owner:
            owner.execute(f"GRANT {grant} TO gardien_network")
        try:
            assert _reads() - shared == {f"public.{grant.rpartition(' ')[2]}"}
        finally:
            with as_role("owner") as owner:
                owner.execute(f"REVOKE {grant} FROM gardien_network")
    assert _reads() == shared


SECRET = (
    "SELECT password FROM network_user",
    "SELECT session_stamp FROM network_user",
    "SELECT * FROM network_user",
    "SELECT network_user FROM network_user",
    "SELECT 1 FROM network_user WHERE password LIKE 'argon2%'",
    "SELECT id FROM network_throttle",
    "SELECT count(*) FROM network_throttle",
    "SELECT count(*) FROM retention_backup",
    "SELECT count(*) FROM retention_run",
    "SELECT count(*) FROM base_ledgermark",
)
COLUMNS = """
    SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'network_user'::regclass AND a.attnum > 0
    AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')"""


@pytest.mark.parametrize("statement", SECRET)
def test_the_network_role_reads_no_secret(house: House, statement: str) -> None:
    with as_role("network") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_network_role_reads_who_works_where(house: House) -> None:
    with as_role("network") as connection:
        columns = {name for (name,) in connection.execute(COLUMNS).fetchall()}
        assert connection.execute("SELECT count(*) FROM network_user").fetchone() != (0,)
    named = {"email", "first_name", "last_name", "phone"}
    assert columns == {"id", "reference", "state", "opened_at", "last_login", *named}


@pytest.mark.parametrize("statement", BREAK_OUT)
def test_the_network_role_breaks_out_by_no_statement(house: House, statement: str) -> None:
    before = fingerprints()
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)  # by a server without XML
    with as_role("network") as connection, pytest.raises(refused):
        connection.execute(statement.format(tenant=house.tilleul.tenant))
    assert fingerprints() == before


def test_what_the_server_tells_of_itself_says_nothing_of_a_customer_to_the_network(house: House) -> None:
    told = {*PERSONAL, house.tilleul.reference, house.tilleul.number, str(house.tilleul.ids["customer"])}
    asked, answers = ("pg_class", "pg_stats", "pg_stat_activity", "database_to_xml(true, false, '')"), ""
    for source in asked:
        with as_role("network") as connection, suppress(psycopg.errors.FeatureNotSupported):  # a server without XML
            answers += str(connection.execute(f"SELECT * FROM {source}").fetchall())
    assert {value for value in told if value in answers} == set()
    assert "network_user" in answers


@pytest.mark.parametrize("who", ["network.administrator", "network.reader", "users.dpo", "auditor"])
def test_no_page_of_the_network_names_a_customer_or_a_quote(
    house: House, enter: Callable[[str], Client], who: str
) -> None:
    starts = [*attack.starts(house.tilleul), *attack.starts(house.canal)]
    pages = attack.crawl(enter(f"{who}@sarvane.example"), starts)
    told = {*PERSONAL, PLATE, MOBILE, PHONE, "GH482KL", "+33639981234", "+33199001234"}
    for garage in (house.tilleul, house.canal):
        told |= {garage.reference, garage.number, str(garage.ids["customer"]), str(garage.ids["vehicle"])}
    own = {text for text in pages.values() if text}
    assert len(own) >= 3
    found = {value for value in told for text in own if value in text}
    assert found == set()


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
