"""When the time of rows is over that run on their own: entries of a log, digests of objections, drafts."""

from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP

from gardien.commitment.registry import Holding
from gardien.standing import queries as standing

from .clocks import Clause, Rule
from .statements import Values, after, day


def rows(clause: Clause, holding: Holding, values: Values) -> str:
    """Return the SQL of (id, due_at) of the rows of a holding's table; `due_at` is null where no version governs.

    A row is governed as one that was collected on its own day. Of rows that are renewed the latest counts.
    """
    if holding.begun:
        begun = values.told(_free(holding.begun(), holding.found_by))
        return f"SELECT each_row.id, {_governed(clause, values)} AS due_at FROM ({begun}) each_row(id, at)"
    model = apps.get_model(holding.place)
    dated = f"r.{model._meta.get_field(holding.dated_by).column}"
    if holding.renewed_by:
        alike = ", ".join(f"r.{name}" for name in holding.renewed_by)
        dated = f"max({dated}) OVER (PARTITION BY {alike})"
    found = f'SELECT r.id, {dated} AS at FROM "{model._meta.db_table}" r WHERE {values.own(model, "r.")}'
    return f"SELECT each_row.id, {_governed(clause, values)} AS due_at FROM ({found}) each_row"


def _free(begun: QuerySet[Any, Any], found_by: str) -> QuerySet[Any, Any]:
    """Return rows but for those of restricted persons, which wait."""
    frozen = standing.restrictions().order_by()
    path = found_by.replace(".", LOOKUP_SEP)
    return begun.exclude(**{f"{path}__in": frozen.values("subject")}) if frozen.exists() else begun


def _governed(clause: Clause, values: Values) -> str:
    due = [_due(clause.rules[place, False]) for place, _ in enumerate(clause.versions)]
    if len(set(due)) == 1:
        return due[0]
    cases = " ".join(
        f"WHEN {day('each_row.at')} >= {values(version.effective_date)} THEN {due[place]}"
        for place, version in reversed(list(enumerate(clause.versions)))
    )
    return f"CASE {cases} ELSE {due[0]} END"


def _due(rule: Rule | None) -> str:
    return after("each_row.at", rule.retention.period) if rule and rule.retention.period else "NULL::timestamptz"
