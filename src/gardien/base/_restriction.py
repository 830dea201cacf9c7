"""The freeze of restricted persons in SQL, generated from the model registry (GDPR, article 18).

The root of a person, a tenant's table with a `subject_field`, is hidden from the app and the sweep while the person is
restricted. Every row that is of a person, by its own `subject_field` or by foreign keys that lead to a root, has a
trigger that refuses to insert, update or delete it. Neither holds for an action that `scope.exempt` decorates.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings

from .models import Row, TenantForeignKey, TenantRow
from .scope import RESTRICTED_STATE

NAME = "gardien_restriction"
_EXEMPT = "(( SELECT current_setting('gardien.exempt'::text, true) AS current_setting) <> ''::text)"


def hides(model: type[Row]) -> bool:
    """Say whether a model is the root of a person: its rows are hidden while the person is restricted."""
    return issubclass(model, TenantRow) and model.subject_field is not None


def visible(model: type[Row]) -> str:
    """Return which rows of a root are visible, as PostgreSQL prints it; its subqueries run once per statement."""
    table, name = _table(), model.subject_field
    frozen = f"ARRAY( SELECT {table}.subject\n   FROM {table}\n  WHERE ({table}.lifted_at IS NULL))"  # noqa: S608 -- the registry's names
    return f"({_EXEMPT} OR (({name})::text <> ALL (({frozen})::text[])))"


def triggers(models: list[type[Row]]) -> dict[str, tuple[str, str]]:
    """Return the trigger of each frozen table, as PostgreSQL prints it, and the body of its function."""
    found = {}
    for model in models:
        if ways := list(_ways(model)):
            table = model._meta.db_table
            definition = (
                f"CREATE TRIGGER {NAME} BEFORE INSERT OR DELETE OR UPDATE ON public.{table} FOR EACH ROW "
                f"WHEN ((COALESCE(current_setting('gardien.exempt'::text, true), ''::text) = ''::text)) "
                f"EXECUTE FUNCTION {NAME}_{table}()"
            )
            found[table] = (definition, _body(model, ways))
    return found


def statements(models: list[type[Row]]) -> Iterator[str]:
    """Yield what writes functions and triggers, and removes those of tables that are no longer frozen."""
    wanted = triggers(models)
    for model in models:
        table = model._meta.db_table
        yield f'DROP TRIGGER IF EXISTS {NAME} ON "{table}"'
        yield f"DROP FUNCTION IF EXISTS {NAME}_{table}"
        if table in wanted:
            definition, body = wanted[table]
            yield f"CREATE FUNCTION {NAME}_{table}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"
            yield definition


def _body(model: type[Row], ways: list[str]) -> str:
    """Return the function's body: one look at the index of restrictions where the controller has none.

    Where it has some, the function reads the hidden root for its own question; the trigger has seen that no exemption
    is in force, so that none is taken away.
    """
    table, scope, restrictions = model._meta.db_table, model.scope_field, _table()
    of_controller = f"r.controller_id IN (OLD.{scope}, NEW.{scope}) AND r.lifted_at IS NULL"
    theirs = "\n      OR ".join(f"EXISTS (SELECT FROM {restrictions} r{each} AND {of_controller})" for each in ways)
    return f"""
BEGIN
  IF EXISTS (SELECT FROM {restrictions} r WHERE {of_controller}) THEN
    PERFORM set_config('gardien.exempt', '{NAME}', true);
    IF {theirs} THEN
      RAISE EXCEPTION 'a row of {table} is of a restricted person' USING ERRCODE = '{RESTRICTED_STATE}';
    END IF;
    PERFORM set_config('gardien.exempt', '', true);
  END IF;
  RETURN COALESCE(NEW, OLD);
END"""


def _ways(model: type[Row]) -> Iterator[str]:
    """Yield each way from a row, before and after it is written, to the restrictions `r` of the persons it is of."""
    if model.subject_field:
        yield f" WHERE r.subject IN (OLD.{model.subject_field}, NEW.{model.subject_field})"
    for path in _paths(model, (model,)):
        tables = [_target(field) for field in path]
        joins = f" JOIN {tables[-1]._meta.db_table} s{len(path)} ON s{len(path)}.{tables[-1].subject_field} = r.subject"
        for number in range(len(path) - 1, 0, -1):
            table, column = tables[number - 1]._meta.db_table, path[number].column
            joins += f" JOIN {table} s{number} ON s{number}.{column} = s{number + 1}.id"
        column = path[0].column
        yield f"{joins} WHERE s1.id IN (OLD.{column}, NEW.{column})"


def _paths(model: type[Row], seen: tuple[type[Row], ...]) -> Iterator[list[TenantForeignKey]]:
    """Yield the chains of foreign keys from a model to a root, none of them through a table twice."""
    for field in model._meta.local_fields:
        if not isinstance(field, TenantForeignKey):
            continue
        other = _target(field)
        if hides(other):
            yield [field]
        elif other not in seen:
            for path in _paths(other, (*seen, other)):
                yield [field, *path]


def _target(field: TenantForeignKey) -> type[Row]:
    target: type[Row] = field.target_field.model  # type: ignore[assignment]
    return target


def _table() -> str:
    """Return the table of restrictions, which has the columns `controller_id`, `subject` and `lifted_at`."""
    table: str = apps.get_model(settings.GARDIEN_RESTRICTION_MODEL)._meta.db_table
    return table
