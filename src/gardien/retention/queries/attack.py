"""How far published twins lead back to somebody: the three tests of an anonymisation (WP29, opinion 05/2014)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

from gardien.base import scope
from gardien.commitment.registry import registry
from gardien.standing.models import Closure

from .. import models, rules
from . import generalising

Report = dict[str, Any]

METHOD: Final = {
    "singling_out": "Rows of one controller that say the same form a class. Counted are classes of fewer rows than the"
    " least number alike, rows by the level at which they were published, and records that were published at none.",
    "linkability": "Records that are still there are made as coarse as each level asks. Counted are rows whose class"
    " the records of exactly one living person match. What is archived is sealed and is not compared. Counted are also"
    " rows that the database stamped with another transaction than most rows, and those of them whose transaction is"
    " the one of a person's closure, or nearly: its parts have numbers of their own.",
    "inference": "For each attribute, rows are grouped by all others. Counted are rows in groups that leave one single"
    " value, rows that the group's most frequent value guesses, and rows that the level's most frequent value guesses"
    " without knowing anything.",
}
"""What the figures count, in words."""

_TABLE = models.Twin._meta.db_table
_CLASS = "kind, level, period, department, size, amount"
_NEAR = 64
_ATTRIBUTES = ("period", "department", "size", "amount")


def measured() -> Report:
    """Return the counts of the three tests over the present controller's twins; nothing but counts, for JSON."""
    return {"singling_out": _singled_out(), "linkability": _linked(), "inference": _inferred()}


def added_up(reports: Mapping[str, Report], written: Mapping[str, Counter[str]]) -> Report:
    """Return the report of a run: its method, the counts of each controller, and all added up with their rates.

    `reports` are `measured` by controller, `written` what `_twins.write` counted for each in the run.
    """
    of_run = {key: dict(counts) for key, counts in written.items()}
    by_controller = {key: {**report, "written": of_run.get(key, {})} for key, report in reports.items()}
    total: Report = {}
    for report in by_controller.values():
        total = _sum(total, report)
    return {
        "method": METHOD,
        "least_alike": rules.LEAST_ALIKE,
        "by_controller": by_controller,
        "all": total,
        "rates": _rates(total),
    }


def _singled_out() -> Report:
    classes = f"SELECT level, count(*) AS rows FROM {_TABLE} WHERE controller_id = %s GROUP BY {_CLASS}"
    found = _rows(
        f"""
        SELECT level, count(*), sum(rows)::int, count(*) FILTER (WHERE rows < %s) FROM ({classes}) AS c
        GROUP BY level""",
        rules.LEAST_ALIKE,
        scope.current(),
    )
    return {
        "rows": sum(rows for _, _, rows, _ in found),
        "classes": sum(classes for _, classes, _, _ in found),
        "below": sum(below for *_, below in found),
        "by_level": {str(level): rows for level, _, rows, _ in sorted(found)},
    }


def _linked() -> Report:
    controller = scope.current()
    [(apart, near)] = _rows(
        f"""
        WITH stamps AS (
            SELECT xmin::text::bigint AS stamp, count(*) AS rows FROM {_TABLE} WHERE controller_id = %s
            GROUP BY 1 ORDER BY 2 DESC, 1 OFFSET 1
        )
        SELECT coalesce(sum(rows), 0)::int, coalesce(sum(rows) FILTER (WHERE EXISTS (
            SELECT FROM {Closure._meta.db_table} AS c
            WHERE c.controller_id = %s AND abs(c.xmin::text::bigint - stamp) <= {_NEAR}
        )), 0)::int FROM stamps""",
        *(controller, controller),
    )
    return {"alike_one_person": _alike_one_person(), "stamped_apart": apart, "stamped_near_a_closure": near}


def _alike_one_person() -> int:
    """Return how many rows are of classes which the records of one living person match, and of no other."""
    count = 0
    if not models.Twin.objects.exists():
        return count
    for twin in registry.twins("client") + registry.twins("user"):
        statement, parameters = generalising.told(twin)
        keys = ", ".join(f"{generalising.alike(level)} AS k{place}" for place, level in enumerate(rules.LADDER))
        lone = " UNION ALL ".join(
            f"SELECT {place} AS level, k{place} AS key FROM coarse GROUP BY 2 HAVING count(DISTINCT subject) = 1"
            for place in range(len(rules.LADDER))
        )
        [(rows,)] = _rows(
            f"""
            WITH published AS MATERIALIZED (
                SELECT level, {generalising.PUBLISHED} AS key, count(*) AS rows, min(period) AS period FROM {_TABLE}
                WHERE controller_id = %s AND kind = %s GROUP BY 1, 2
            ),
            told AS ({statement}),
            coarse AS MATERIALIZED (
                SELECT subject, {keys} FROM told
                WHERE month IN (SELECT period FROM published) OR quarter IN (SELECT period FROM published)
                    OR year IN (SELECT period FROM published)
            )
            SELECT coalesce(sum(rows), 0)::int FROM published JOIN ({lone}) AS lone USING (level, key)""",
            *(scope.current(), twin.kind, *parameters),
        )
        count += rows
    return count


def _inferred() -> Report:
    """Return of each attribute: rows that say it, those that its group leaves no choice, and what two guesses hit."""
    said = {
        "period": range(len(rules.LADDER)),
        "department": [place for place, level in enumerate(rules.LADDER) if level.has_department],
        "size": [place for place, level in enumerate(rules.LADDER) if level.size != "none"],
        "amount": [place for place, level in enumerate(rules.LADDER) if level.step],
    }
    return {attribute: _inferred_of(attribute, list(said[attribute])) for attribute in _ATTRIBUTES}


def _inferred_of(attribute: str, levels: list[int]) -> dict[str, int]:
    others = ", ".join(each for each in _ATTRIBUTES if each != attribute)
    [(rows, certain, guessed, blind)] = _rows(
        f"""
        WITH classes AS MATERIALIZED (
            SELECT {_CLASS}, count(*) AS rows FROM {_TABLE} WHERE controller_id = %s AND level = ANY (%s)
            GROUP BY {_CLASS}
        ),
        known AS (
            SELECT count(*) AS choices, sum(rows) AS rows, max(rows) AS best FROM classes GROUP BY kind, level, {others}
        ),
        frequent AS (SELECT kind, level, sum(rows) AS rows FROM classes GROUP BY kind, level, {attribute})
        SELECT coalesce(sum(rows), 0)::int, coalesce(sum(rows) FILTER (WHERE choices = 1), 0)::int,
            coalesce(sum(best), 0)::int, (
                SELECT coalesce(sum(best), 0)::int
                FROM (SELECT max(rows) AS best FROM frequent GROUP BY kind, level) AS f
            )
        FROM known""",
        *(scope.current(), levels),
    )
    return {"rows": rows, "certain": certain, "guessed": guessed, "blind": blind}


def _rates(total: Report) -> dict[str, float]:
    """Return shares from 0 to 1: of rows by level, of records suppressed in the run, of values that are certain."""
    if not total:
        return {}
    shares = {
        f"level_{level}": _share(rows, total["singling_out"]["rows"])
        for level, rows in total["singling_out"]["by_level"].items()
    }
    shares["suppressed"] = _share(total["written"].get(rules.SUPPRESSED, 0), sum(total["written"].values()))
    for attribute, counts in total["inference"].items():
        for what in ("certain", "guessed", "blind"):
            shares[f"{attribute}_{what}"] = _share(counts[what], counts["rows"])
    return shares


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _sum(one: Report, other: Report) -> Report:
    """Add two reports figure by figure."""
    found = dict(one)
    for key, value in other.items():
        found[key] = _sum(found.get(key, {}), value) if isinstance(value, dict) else found.get(key, 0) + value
    return found


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
