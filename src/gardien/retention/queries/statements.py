"""Statements made from declarations and the model registry: names stand in the text, values beside it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from gardien.base import scope
from gardien.base.models import Row, TenantRow
from gardien.commitment.policy import Period
from gardien.commitment.registry import Holding, Root

_PARIS = "AT TIME ZONE 'Europe/Paris'"


@dataclass
class Values:
    """The values of one statement, each under a name of its own."""

    given: dict[str, Any] = field(default_factory=dict)

    def __call__(self, value: object) -> str:
        """Take a value, and return how the statement names it."""
        name = f"v{len(self.given)}"
        self.given[name] = value
        return f"%({name})s"

    def told(self, query: Any) -> str:
        """Take a query that a room declares, and return its SQL."""
        sql, parameters = query.order_by().query.sql_with_params()
        left = iter(parameters)
        return re.sub("%s", lambda _: self(next(left)), sql)

    def own(self, model: type[models.Model], alias: str = "") -> str:
        """Return the condition that a row is of the present controller; a row of no controller's table always is."""
        column = model.scope_field if issubclass(model, Row) else None
        return f"{alias}{column} = {self(scope.current())}" if column else "true"

    def remember_much(self) -> None:
        """Let the statements of this transaction sort and hash in memory what would go to disk.

        They are not compiled first: of a count over 100,000 persons that took 3.6 seconds of 6.2.
        """
        self.run("SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true)")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement with these values and return all its rows."""
        with connection.cursor() as cursor:
            cursor.execute(sql, self.given)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def run(self, sql: str) -> int:
        """Run a statement with these values and return how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(sql, self.given)
            return int(cursor.rowcount)


@dataclass(frozen=True)
class Members:
    """Persons whose rows are meant: the ids of all records of their groups, and all references."""

    ids: Sequence[UUID]
    references: Sequence[str]


def after(instant: str, period: Period) -> str:
    """Return the SQL of `legal_time.retention_end`: midnight in Paris on the same-numbered day, a period later.

    PostgreSQL adds years and months first and takes the last day of a month that is too short, then the days.
    """
    length = f"interval '{period.years} years {period.months} months {period.days} days'"
    return f"((({instant} {_PARIS})::date + {length}) {_PARIS})"


def day(instant: str) -> str:
    """Return the SQL of an instant's day in Paris."""
    return f"({instant} {_PARIS})::date"


def month(instant: str) -> str:
    """Return the SQL of the first day of an instant's month in Paris."""
    return f"date_trunc('month', {instant} {_PARIS})::date"


def table(place: str) -> str:
    """Return the quoted name of a table."""
    return f'"{apps.get_model(place)._meta.db_table}"'


def group(root: Root) -> str | None:
    """Return the column that leads from a record to the one that is kept of its merged group."""
    if not root.group:
        return None
    key: Any = apps.get_model(root.place)._meta.get_field(root.group)
    return str(key.column)


def theirs(holding: Holding, root: Root, members: Members, values: Values) -> str:
    """Return the condition that a row of a holding's table is of these persons.

    It is by the way that the holding names, or by another key of the row that leads straight to a person's record.
    """
    model, persons = apps.get_model(holding.place), apps.get_model(root.place)
    ids = values(list(members.ids))
    if model is persons:
        return f"{values.own(model)} AND id = ANY({ids})"
    ways = dict.fromkeys(
        f"{key.column} = ANY({ids})" for key in model._meta.local_fields if key.related_model is persons
    )
    ways[_way(model, holding.found_by.split("."), persons, (ids, values(list(members.references))), values)] = None
    return f"{values.own(model)} AND ({' OR '.join(ways)})"


def _way(
    model: type[models.Model], path: list[str], persons: type[models.Model], named: tuple[str, str], values: Values
) -> str:
    ids, references = named
    step, *rest = path
    key: Any = model._meta.get_field(step)
    if not rest:
        return f"{key.column} = ANY({references})"
    parent: type[models.Model] = key.related_model
    if parent is persons:
        return f"{key.column} = ANY({ids})"
    inner = f"{values.own(parent)} AND {_way(parent, rest, persons, named, values)}"
    return f'{key.column} IN (SELECT id FROM "{parent._meta.db_table}" WHERE {inner})'


def children_first(places: Sequence[str]) -> Iterator[str]:
    """Yield tables so that none comes before those whose keys lead to it."""
    found = {apps.get_model(place): place for place in places}
    left = list(found)
    while left:
        free = [each for each in left if not any(_leads(other, each) for other in left if other is not each)]
        yield from (found[each] for each in free)
        left = [each for each in left if each not in free]


def may_name(place: str) -> Iterator[tuple[type[models.Model], str]]:
    """Yield the tables, and their columns, whose rows name a row of a table but can do without."""
    named = apps.get_model(place)
    for model in apps.get_models():
        if model is not named and issubclass(model, TenantRow):
            yield from ((model, key.column) for key in model._meta.local_fields if _is_loose(key, named))


def _is_loose(key: Any, named: type[models.Model]) -> bool:
    return bool(key.null) and key.related_model is named


def _leads(model: type[models.Model], other: type[models.Model]) -> bool:
    return any(key.related_model is other for key in model._meta.local_fields)
