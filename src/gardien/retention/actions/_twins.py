"""What is left of records once their persons are gone: rows that several persons share, and no way back."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection

from gardien.base import scope
from gardien.commitment.registry import Root, Twin, registry

from .. import models, rules
from ..queries import generalising


def write(population: str, subjects: Sequence[str]) -> Counter[str]:
    """Write the twins of these persons' records, in the present controller's scope and transaction.

    `subjects` are all references of each person. A record takes the first level of the ladder at which its tuple is
    already published, or shared by `LEAST_ALIKE` persons among the records of this call that no finer level took. One
    that reaches no level is not written. Returns how many took each level (its place in the ladder, as text), and
    how many were suppressed.

    Published classes only grow, and count here only once they are committed or of this transaction: calls at once need
    no lock to be each right. Call `shuffle` afterwards, once for many calls.
    """
    counts: Counter[str] = Counter()
    for twin in registry.twins(population):
        with connection.cursor() as cursor:
            statement, parameters = _statement(twin, registry.root(population), subjects)
            cursor.execute(statement, parameters)
            counts.update(
                {rules.SUPPRESSED if level is None else str(level): rows for level, rows in cursor.fetchall()}
            )
    return counts


def shuffle() -> int:
    """Write the present controller's twins anew, all in one transaction, and return how many they are.

    PostgreSQL stamps rows with the transaction that wrote them, and keeps them in its order. What was written with a
    person's closure would so lead to that person: afterwards all rows bear one stamp, under new keys in random order.
    It costs time by all twins of the controller, so it is done once a run, and in the transaction of a single person.
    """
    table = models.Twin._meta.db_table
    columns = "controller_id, kind, level, period, department, size, amount"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH taken AS (DELETE FROM {table} WHERE controller_id = %s RETURNING {columns})
            INSERT INTO {table} (id, {columns}) SELECT gen_random_uuid(), {columns} FROM taken ORDER BY 1""",
            [scope.current()],
        )
        return int(cursor.rowcount)


def are_told_apart() -> bool:
    """Say whether the present controller's twins bear several stamps: a run was cut short before it shuffled them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(DISTINCT xmin::text) > 1 FROM {models.Twin._meta.db_table} WHERE controller_id = %s",
            [scope.current()],
        )
        return bool(cursor.fetchone()[0])


def _statement(twin: Twin, root: Root, subjects: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the one statement that places and writes records, and its parameters.

    A record's tuples are `k0` to the last level. They are looked up by `IN` inside a case, which is a hash whatever
    the planner thinks of the counts. Keys are UUIDs of version 4, which tell no order and no time, and sorting by them
    gives the table a random order.
    """
    rows, parameters = generalising.told(twin)
    table, levels = models.Twin._meta.db_table, range(len(rules.LADDER))
    keys = ", ".join(f"{generalising.alike(level)} AS k{place}" for place, level in enumerate(rules.LADDER))
    names = ", ".join(f"k{place}" for place in levels)
    key = "CASE level " + " ".join(f"WHEN {place} THEN k{place}" for place in levels) + " END"
    statement = f"""
        WITH whose AS ({_whose(root)}),
        told AS MATERIALIZED (
            SELECT whose.person, rows.* FROM ({rows}) AS rows JOIN whose USING (subject) WHERE rows.subject = ANY (%s)
        ),
        there AS MATERIALIZED (
            SELECT DISTINCT level, {generalising.PUBLISHED} AS key FROM {table} WHERE controller_id = %s AND kind = %s
                AND period IN (SELECT month FROM told UNION SELECT quarter FROM told UNION SELECT year FROM told)
        ),
        s AS (SELECT person, NULL::integer AS level, {keys} FROM told),
        {", ".join(_step(place, names) for place in levels)},
        placed AS MATERIALIZED (SELECT level, {key} AS key FROM s{levels[-1]}),
        written AS (
            INSERT INTO {table} (id, controller_id, kind, level, period, department, size, amount)
            SELECT gen_random_uuid(), %s, %s, level, key[1], key[2], key[3], key[4]::numeric
            FROM placed WHERE level IS NOT NULL ORDER BY 1
        )
        SELECT level, count(*) FROM placed GROUP BY level"""
    ours = [scope.current(), twin.kind]
    return statement, [*parameters, list(subjects), *ours, *ours]


def _step(place: int, keys: str) -> str:
    """Return one level's step: of the records that no finer level took, it takes those that enough persons share."""
    before, key = f"s{place - 1}" if place else "s", f"k{place}"
    return f"""
        s{place} AS MATERIALIZED (
            SELECT person, {keys}, CASE
                WHEN b.level IS NOT NULL THEN b.level
                WHEN {key} IN (SELECT key FROM there WHERE there.level = {place}) THEN {place}
                WHEN {key} IN (
                    SELECT {key} FROM {before} WHERE level IS NULL
                    GROUP BY {key} HAVING count(DISTINCT person) >= {rules.LEAST_ALIKE}
                ) THEN {place}
            END AS level FROM {before} AS b
        )"""


def _whose(root: Root) -> str:
    """Return a select of (subject, person): of a merged group, the reference of the record that is kept."""
    model = apps.get_model(root.place)
    table, reference = model._meta.db_table, root.reference
    if not root.group:
        return f"SELECT {reference} AS subject, {reference} AS person FROM {table}"
    group = model._meta.get_field(root.group).column
    return f"""
        SELECT own.{reference} AS subject, coalesce(kept.{reference}, own.{reference}) AS person
        FROM {table} AS own LEFT JOIN {table} AS kept ON kept.id = own.{group}"""
