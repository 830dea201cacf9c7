"""The two walls in SQL, generated from the model registry and compared with pg_catalog.

For each scoped table: row-level security, enabled and forced, a policy per database role, and for a
tenant's table `UNIQUE (tenant_id, id)` and composite foreign keys. For every table: the grants of the
six database roles (security.md, design rules 1 and 2). Of restricted persons, the roots are hidden and all rows frozen
(`_restriction`). The owner writes them after each migration, and `differences` says where a database departs from them.
"""

from collections.abc import Iterator
from typing import TypeGuard

from django.apps import apps
from django.db import connection
from django.db.models import Model

from . import _restriction
from .models import ControllerRow, Row, SharedRow, TenantForeignKey, TenantRow

APP, SWEEP, NETWORK, AUDIT, BACKUP = (f"gardien_{name}" for name in ("app", "sweep", "network", "audit", "backup"))

_SCOPE = "= ANY (ARRAY[(NULLIF(current_setting('gardien.controller'::text, true), ''::text))::uuid])"
_ALL = ("DELETE", "INSERT", "SELECT", "UPDATE")
_APPEND = ("INSERT", "SELECT")
_MIGRATIONS = "django_migrations"


def scoped_models() -> list[type[Row]]:
    """Return the models whose rows belong to one controller, in the registry's order."""
    return [model for model in apps.get_models() if issubclass(model, TenantRow | ControllerRow)]


def raise_walls() -> None:
    """Write policies, keys and grants; running it twice changes nothing. The connection must be the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint")
        present = {name for (name,) in cursor.fetchall()}
        for name, (table, definition) in sorted(expected_keys().items(), key=lambda key: "FOREIGN" in key[1][1]):
            if name not in present:
                cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
        restrictions = _restriction.statements(scoped_models())
        for statement in (*_policy_statements(), *_grant_statements(), *restrictions):
            cursor.execute(statement)


def expected_policies() -> set[tuple[str, str, str, str, str, str | None, str | None]]:
    """Return (table, policy, kind, command, roles, using, with check) as pg_policies prints them."""
    rows: set[tuple[str, str, str, str, str, str | None, str | None]] = set()
    for model in scoped_models():
        table, rule = model._meta.db_table, f"({model.scope_field} {_SCOPE})"
        rows.add((table, "gardien_scope", "PERMISSIVE", "ALL", f"{APP},{SWEEP}", rule, rule))
        rows.add((table, "gardien_audit", "PERMISSIVE", "SELECT", AUDIT, "true", None))
        if _restriction.hides(model):
            rule = _restriction.visible(model)
            rows.add((table, _restriction.NAME, "RESTRICTIVE", "ALL", f"{APP},{SWEEP}", rule, rule))
    return rows


def expected_grants() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the privileges of each (role, table), in alphabetical order; what is absent is refused."""
    grants: dict[tuple[str, ...], tuple[str, ...]] = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        grants[APP, table] = _APPEND if getattr(model, "is_append_only", False) else _ALL
        grants[SWEEP, table] = _ALL
        grants[AUDIT, table] = grants[BACKUP, table] = ("SELECT",)
        if _is_networks(model) and not model.secret_columns:
            grants[NETWORK, table] = ("SELECT",)
    grants |= {(role, _MIGRATIONS): ("SELECT",) for role in (APP, SWEEP, BACKUP)}
    return grants


def expected_columns() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the privileges of each (role, table, column), where a role may read some columns of a table only."""
    return {
        (NETWORK, model._meta.db_table, field.column): ("SELECT",)
        for model in apps.get_models()
        if _is_networks(model) and model.secret_columns
        for field in model._meta.local_concrete_fields
        if field.column not in model.secret_columns
    }


def _is_networks(model: type[Model]) -> TypeGuard[type[SharedRow]]:
    return issubclass(model, SharedRow) and getattr(model._meta.app_config, "is_networks", False)


def expected_keys() -> dict[str, tuple[str, str]]:
    """Return the tenant's keys, constraint name to its table and its definition as PostgreSQL prints it."""
    keys: dict[str, tuple[str, str]] = {}
    for model in scoped_models():
        if not issubclass(model, TenantRow):
            continue
        table = model._meta.db_table
        keys[f"{table}_tenant_key"] = (table, "UNIQUE (tenant_id, id)")
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                other, name = field.target_field.model._meta.db_table, f"{table}_{field.column}_tenant_fk"
                keys[name] = (table, f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {other}(tenant_id, id)")
    return keys


def _policy_statements() -> Iterator[str]:
    for table, policy, kind, command, roles, using, check in sorted(expected_policies(), key=lambda row: row[:2]):
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        yield f'DROP POLICY IF EXISTS "{policy}" ON "{table}"'
        with_check = f" WITH CHECK ({check})" if check else ""
        yield f'CREATE POLICY "{policy}" ON "{table}" AS {kind} FOR {command} TO {roles} USING ({using}){with_check}'


def _grant_statements() -> Iterator[str]:
    roles = f"{APP}, {SWEEP}, {NETWORK}, {AUDIT}, {BACKUP}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {roles}"
    yield f"GRANT USAGE ON SCHEMA public TO {roles}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SWEEP}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP}"
    for (role, table), privileges in expected_grants().items():
        yield f'GRANT {", ".join(privileges)} ON "{table}" TO {role}'
    for (role, table, column), privileges in expected_columns().items():
        yield f'GRANT {", ".join(privileges)} ("{column}") ON "{table}" TO {role}'


_FACTS = {
    "a scoped table without forced row-level security": """
        SELECT relname FROM pg_class
        WHERE relname = ANY(%(scoped)s) AND NOT (relrowsecurity AND relforcerowsecurity)""",
    "a scoped table whose controller may be null": """
        SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relname = ANY(%(scoped)s) AND c.relkind = 'r'
          AND a.attname IN ('tenant_id', 'controller_id') AND NOT a.attnotnull""",
    "a unique index of a tenant's table without the tenant": """
        SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relname = ANY(%(scoped)s) AND i.indisunique AND NOT i.indisprimary
          AND NOT a.attnum = ANY((i.indkey::int2[])[0 : i.indnkeyatts - 1])""",
    "a foreign key between tenants' tables without the tenant": """
        SELECT k.conname FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        JOIN pg_attribute b ON b.attrelid = f.oid AND b.attname = 'tenant_id'
        WHERE k.contype = 'f' AND c.relname = ANY(%(scoped)s) AND f.relname = ANY(%(scoped)s)
          AND NOT a.attnum = ANY(k.conkey)""",
    "a view that reads with its owner's rights": """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'
        AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT 'security_invoker=true' = ANY(coalesce(c.reloptions, '{}')))""",
    "a function that runs with its owner's rights": """
        SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.prosecdef""",
    "an object owned by a role that is not the owner": """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_roles r ON r.oid = c.relowner WHERE n.nspname = 'public' AND r.rolname = ANY(%(roles)s)""",
    "a role that may create objects": """
        SELECT rolname FROM pg_roles
        WHERE rolname = ANY(%(roles)s) AND has_schema_privilege(rolname, 'public', 'CREATE')""",
}

_GRANTED = """
    SELECT coalesce(r.rolname, 'PUBLIC'), c.relname,
      array_agg(g.privilege_type || CASE WHEN g.is_grantable THEN ' and to grant it' ELSE '' END
        ORDER BY g.privilege_type)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
      aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'p')
      AND (g.grantee = 0 OR r.rolname = ANY(%(roles)s)) GROUP BY 1, 2"""

_COLUMNS_GRANTED = """
    SELECT coalesce(r.rolname, 'PUBLIC'), c.relname, a.attname,
      array_agg(g.privilege_type || CASE WHEN g.is_grantable THEN ' and to grant it' ELSE '' END
        ORDER BY g.privilege_type)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
      aclexplode(a.attacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
    WHERE n.nspname = 'public' GROUP BY 1, 2, 3"""

_KEYS = """
    SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace"""

_POLICIES = """
    SELECT tablename, policyname, permissive, cmd, array_to_string(roles, ','), qual, with_check FROM pg_policies
    WHERE schemaname = 'public'"""


_TRIGGERS = """
    SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relname = ANY(%(scoped)s)"""


def differences() -> list[str]:
    """Return, in words, each point where the database departs from the registry; none is the only good answer."""
    scoped = [model._meta.db_table for model in scoped_models()]
    parameters = {"scoped": scoped, "roles": [APP, SWEEP, NETWORK, AUDIT, BACKUP]}
    found: list[str] = []
    with connection.cursor() as cursor:
        for fact, query in _FACTS.items():
            cursor.execute(query, parameters)
            found += [f"{fact}: {name}" for (name,) in cursor.fetchall()]
        cursor.execute(_POLICIES)
        actual_policies = {tuple(row) for row in cursor.fetchall()}
        cursor.execute(_GRANTED, parameters)
        actual_grants = {tuple(of): tuple(privileges) for *of, privileges in cursor.fetchall()}
        cursor.execute(_COLUMNS_GRANTED)
        actual_grants |= {tuple(of): tuple(privileges) for *of, privileges in cursor.fetchall()}
        cursor.execute(_TRIGGERS, parameters)
        actual_triggers = {tuple(row) for row in cursor.fetchall()}
        cursor.execute(_KEYS)
        actual_keys = {name: (table, definition) for name, table, definition in cursor.fetchall()}
    found += [
        f"a policy that is not the registry's: {row[:2]}"
        for row in sorted(actual_policies ^ expected_policies(), key=str)
    ]
    restrictions = _restriction.triggers(scoped_models()).items()
    expected_triggers = {(table, _restriction.NAME, *written) for table, written in restrictions}
    found += [
        f"a trigger that is not the registry's: {pair}"
        for pair in sorted({row[:2] for row in actual_triggers ^ expected_triggers})
    ]
    expected = expected_grants() | expected_columns()
    found += [
        f"privileges that are not the registry's: {pair}"
        for pair in sorted(actual_grants.keys() | expected.keys())
        if actual_grants.get(pair) != expected.get(pair)
    ]
    keys = sorted(expected_keys().items())
    return found + [f"a key that is not the registry's: {name}" for name, key in keys if actual_keys.get(name) != key]
