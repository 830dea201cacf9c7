"""Taking back what is kept of some persons, in the transaction and scope of the caller.

What a hold keeps is archived, what stays for ever is written as twins, and all else is deleted, children first. The
words of the rooms alone say where it lies (`commitment.registry`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.apps import apps

from gardien.base import jobs, ledger, scope
from gardien.base.actor import Actor
from gardien.commitment.registry import Holding, Root
from gardien.standing import actions as standing
from gardien.standing import queries as standings

from ..queries import clocks, statements
from ..queries.statements import Members, Values
from ..rules import Leaving
from . import _archiving, _twins

ERASED = "retention.erased"
"""The kind of the ledger's lines about persons whose records are gone."""

Group = list[tuple[UUID | None, str]]
"""The id and reference of each record of a person, the one that is kept first; no id where the record is gone."""


class StillActiveError(RuntimeError):
    """A person became active while their rows were deleted: nothing of theirs may go."""


def grouped(root: Root, heads: Sequence[str], lock: str = "") -> dict[str, Group]:
    """Return the records of persons and of those merged with them, by head; heads without a record are left out.

    `lock` ends the statements: "FOR UPDATE SKIP LOCKED" leaves out whoever somebody else has locked in part.
    """
    values = Values()
    model, reference, column = apps.get_model(root.place), root.reference, statements.group(root)
    name = f'"{model._meta.db_table}"'
    kept = f" AND r.{column} IS NULL" if column else ""
    chosen = f"{values.own(model, 'r.')} AND r.{reference} = ANY({values(list(heads))}){kept}"
    found = values.rows(f"SELECT r.id, r.{reference} FROM {name} r WHERE {chosen} ORDER BY r.id {lock}")
    groups = {identifier: [(identifier, named)] for identifier, named in found}
    if column:
        values = Values()
        merged = f"FROM {name} r WHERE {values.own(model, 'r.')} AND r.{column} = ANY({values(list(groups))})"
        sizes = dict(values.rows(f"SELECT r.{column}, count(*) {merged} GROUP BY 1"))
        absorbed = f"SELECT r.id, r.{reference}, r.{column} {merged} ORDER BY r.id {lock}"
        for identifier, named, into in values.rows(absorbed) if sizes else ():
            groups[into].append((identifier, named))
        groups = {each: rows for each, rows in groups.items() if len(rows) == 1 + sizes.get(each, 0)}
    return {rows[0][1]: rows for rows in groups.values()}


def known(root: Root, references: Sequence[str]) -> set[str]:
    """Return which of these references a record of the present scope bears, kept or merged."""
    records = apps.get_model(root.place)._default_manager
    return set(records.filter(**{f"{root.reference}__in": references}).values_list(root.reference, flat=True))


def heads(root: Root, references: Sequence[str]) -> list[str]:
    """Return for whom these references stand: the ones that are kept of their merged groups."""
    values = Values()
    model, reference, column = apps.get_model(root.place), root.reference, statements.group(root)
    name = f'"{model._meta.db_table}"'
    join = (
        f"JOIN {name} k ON k.id = {f'coalesce(r.{column}, r.id)' if column else 'r.id'} AND {values.own(model, 'k.')}"
    )
    chosen = f"{values.own(model, 'r.')} AND r.{reference} = ANY({values(list(references))})"
    return [head for (head,) in values.rows(f"SELECT DISTINCT k.{reference} FROM {name} r {join} WHERE {chosen}")]


def members(groups: Iterable[Group]) -> Members:
    """Return all ids and references of some persons."""
    rows = [row for group in groups for row in group]
    return Members([identifier for identifier, _ in rows if identifier], [reference for _, reference in rows])


def persons(root: Root, people: Sequence[Leaving], of: Members, *, day: date, by: Actor, at: datetime) -> Counter[str]:
    """Take back all that hangs on persons' records, which the caller has locked, and write that it is gone.

    Holds count as of `day` in Paris. Returns what became of their twins. Raises `StillActiveError` where somebody
    became active meanwhile; the caller then rolls back.
    """
    for clause in clocks.ending(root):
        _archiving.keep(people, clause=clause, as_of=day, at=at)
    twins = _twins.write(root.population, of.references)
    standing.close(people=[(each.head, reference) for each in people for reference in each.references], by=by, at=at)
    _delete(clocks.hanging_on(root), root, of)
    if standings.activities().filter(subject__in=of.references).exists():
        raise StillActiveError
    ledger.write(ERASED, controller=scope.current(), subjects=of.references, at=at, is_erasure=True)
    return twins


def rows(clause: clocks.Clause, people: Sequence[Leaving], of: Members, *, day: date, at: datetime) -> None:
    """Take back what lies under one clause of persons whose records stay, or are gone already."""
    _archiving.keep(people, clause=clause.id, as_of=day, at=at)
    _delete(clause.holdings, clause.root, of)


def _delete(holdings: Sequence[Holding], root: Root, of: Members) -> None:
    """Delete the rows of persons and the jobs about them; what outlasts them and runs on its own is left."""
    going = [each for each in holdings if not each.outlasts and not each.dated_by]
    for holding in going:
        if holding.place.startswith("job:"):
            _drop_jobs(holding, root, of)
    tables = {each.place: each for each in reversed(going) if clocks.is_table(each.place)}
    for place in statements.children_first(list(tables)):
        _let_go(tables[place], root, of)
        values = Values()
        values.run(f"DELETE FROM {statements.table(place)} WHERE {statements.theirs(tables[place], root, of, values)}")


def _let_go(holding: Holding, root: Root, of: Members) -> None:
    """Have others' rows name these persons' no more: a quote of who was parted from them may name their car."""
    for model, column in statements.may_name(holding.place):
        values = Values()
        theirs = statements.theirs(holding, root, of, values)
        named = f"{column} IN (SELECT id FROM {statements.table(holding.place)} WHERE {theirs})"
        name = model._meta.db_table
        values.run(f'UPDATE "{name}" SET {column} = NULL WHERE {values.own(model)} AND {named}')


def _drop_jobs(holding: Holding, root: Root, of: Members) -> None:
    """Drop the jobs about a row of these persons: `quote`, an argument of a job of quotes, is a `quotes.Quote`."""
    task = holding.place.removeprefix("job:")
    for argument in holding.columns:
        waiting = jobs.waiting(task, argument)
        if not waiting:
            continue
        place, _, rest = f"{task.partition('.')[0]}.{argument}", *holding.found_by.partition(".")[1:]
        row = Holding(place, ("id",), holding.category, holding.purposes, holding.clock, rest)
        values = Values()
        condition = f"id = ANY({values(waiting)}) AND {statements.theirs(row, root, of, values)}"
        found = [
            identifier for (identifier,) in values.rows(f"SELECT id FROM {statements.table(place)} WHERE {condition}")
        ]
        jobs.drop(task, argument, found)
