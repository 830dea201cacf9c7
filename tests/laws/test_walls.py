"""Law 6: row-level security, keys and grants are as the registry says, read from pg_catalog; each fault is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from gardien.base import walls
from gardien.portal import startup
from gardien.portal.embedded import SUPERUSER
from tests.conftest import as_role

FAULTS = {
    "DROP POLICY gardien_scope ON customers_customer": "a policy that is not the registry's: ('customers_customer', 'gardien_scope')",
    "ALTER POLICY gardien_scope ON quotes_quote USING (true)": "a policy that is not the registry's: ('quotes_quote', 'gardien_scope')",
    "CREATE POLICY leak ON quotes_quote FOR SELECT TO gardien_network USING (true)": "a policy that is not the registry's: ('quotes_quote', 'leak')",
    "ALTER TABLE customers_customer NO FORCE ROW LEVEL SECURITY": "a scoped table without forced row-level security: customers_customer",
    "ALTER TABLE journal_entry DISABLE ROW LEVEL SECURITY": "a scoped table without forced row-level security: journal_entry",
    "DROP POLICY gardien_restriction ON customers_customer": "a policy that is not the registry's: ('customers_customer', 'gardien_restriction')",
    "DROP POLICY gardien_restriction ON customers_customer; CREATE POLICY gardien_restriction ON customers_customer FOR ALL TO gardien_app, gardien_sweep USING (true)": "a policy that is not the registry's: ('customers_customer', 'gardien_restriction')",
    "ALTER POLICY gardien_restriction ON customers_customer TO gardien_app": "a policy that is not the registry's: ('customers_customer', 'gardien_restriction')",
    "DROP TRIGGER gardien_restriction ON quotes_quoteline": "a trigger that is not the registry's: ('quotes_quoteline', 'gardien_restriction')",
    "ALTER TABLE customers_vehicle DISABLE TRIGGER gardien_restriction": "a trigger that is not the registry's: ('customers_vehicle', 'gardien_restriction')",
    "CREATE OR REPLACE FUNCTION gardien_restriction_customers_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN COALESCE(NEW, OLD); END'": "a trigger that is not the registry's: ('customers_note', 'gardien_restriction')",
    "CREATE TRIGGER planted BEFORE DELETE ON quotes_quote FOR EACH ROW EXECUTE FUNCTION gardien_restriction_quotes_quote()": "a trigger that is not the registry's: ('quotes_quote', 'planted')",
    "GRANT TRUNCATE ON customers_customer TO gardien_app": "privileges that are not the registry's: ('gardien_app', 'customers_customer')",
    "GRANT UPDATE ON journal_entry TO gardien_app": "privileges that are not the registry's: ('gardien_app', 'journal_entry')",
    "GRANT SELECT ON customers_customer TO gardien_network": "privileges that are not the registry's: ('gardien_network', 'customers_customer')",
    "GRANT SELECT ON customers_customer TO PUBLIC": "privileges that are not the registry's: ('PUBLIC', 'customers_customer')",
    "GRANT SELECT ON network_site TO gardien_app WITH GRANT OPTION": "privileges that are not the registry's: ('gardien_app', 'network_site')",
    "REVOKE SELECT ON quotes_quote FROM gardien_backup": "privileges that are not the registry's: ('gardien_backup', 'quotes_quote')",
    "GRANT SELECT (last_name) ON customers_customer TO gardien_network": "privileges that are not the registry's: ('gardien_network', 'customers_customer', 'last_name')",
    "GRANT SELECT (password) ON network_user TO gardien_network": "privileges that are not the registry's: ('gardien_network', 'network_user', 'password')",
    "REVOKE SELECT (email) ON network_user FROM gardien_network": "privileges that are not the registry's: ('gardien_network', 'network_user', 'email')",
    "GRANT SELECT ON network_user TO gardien_network": "privileges that are not the registry's: ('gardien_network', 'network_user')",
    "GRANT CREATE ON SCHEMA public TO gardien_app": "a role that may create objects: gardien_app",
    "CREATE UNIQUE INDEX planted ON customers_customer (reference)": "a unique index of a tenant's table without the tenant: planted",
    "CREATE UNIQUE INDEX planted ON customers_customer (reference) INCLUDE (tenant_id)": "a unique index of a tenant's table without the tenant: planted",
    "ALTER TABLE customers_vehicle ADD CONSTRAINT planted FOREIGN KEY (customer_id) REFERENCES customers_customer (id)": "a foreign key between tenants' tables without the tenant: planted",
    "ALTER TABLE customers_vehicle DROP CONSTRAINT customers_vehicle_customer_id_tenant_fk": "a key that is not the registry's: customers_vehicle_customer_id_tenant_fk",
    "ALTER TABLE quotes_counter DROP CONSTRAINT quotes_counter_tenant_key, ADD CONSTRAINT quotes_counter_tenant_key UNIQUE (tenant_id, last)": "a key that is not the registry's: quotes_counter_tenant_key",
    "ALTER TABLE customers_customer ALTER tenant_id DROP NOT NULL": "a scoped table whose controller may be null: customers_customer.tenant_id",
    "CREATE VIEW planted AS SELECT * FROM customers_customer": "a view that reads with its owner's rights: planted",
    "CREATE MATERIALIZED VIEW planted AS SELECT * FROM customers_customer": "a view that reads with its owner's rights: planted",
    "CREATE FUNCTION planted() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'": "a function that runs with its owner's rights: planted",
    "ALTER TABLE network_site OWNER TO gardien_app": "an object owned by a role that is not the owner: network_site",
}
"""What goes wrong in a database, in SQL, and the words for it."""


@contextmanager
def undone(role: str) -> Iterator[Any]:
    """Be `role` in a transaction that is rolled back: Django's connection, so that the house's own code reads it."""
    held = connections["default"]
    connections["default"] = DatabaseWrapper({**connection.settings_dict, "USER": role, "OPTIONS": {}}, alias="default")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            yield cursor
            transaction.set_rollback(True)
    finally:
        connection.close()
        connections["default"] = held


def test_the_database_is_as_the_registry_says(database: None) -> None:
    assert walls.differences() == []
    tables = {model._meta.db_table for model in walls.scoped_models()}
    assert tables >= {"journal_entry", "consent_reading", "customers_customer", "customers_vehicle", "quotes_quote"}


@pytest.mark.parametrize("statement", FAULTS)
def test_a_fault_is_found_and_named(database: None, statement: str) -> None:
    with undone(SUPERUSER) as cursor:
        assert walls.differences() == []
        cursor.execute(statement)
        assert FAULTS[statement] in walls.differences()


def test_the_portal_refuses_to_start_where_a_wall_has_fallen(database: None) -> None:
    startup.refuse()
    with as_role("owner") as owner:
        owner.execute("ALTER TABLE customers_customer NO FORCE ROW LEVEL SECURITY")
    try:
        with pytest.raises(startup.StartupRefusedError, match="without forced row-level security: customers_customer"):
            startup.refuse()
    finally:
        with as_role("owner") as owner:
            owner.execute("ALTER TABLE customers_customer FORCE ROW LEVEL SECURITY")
    startup.refuse()
