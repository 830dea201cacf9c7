"""When the time of persons is over under a clause, in one statement for all of a controller.

A person is named by their `head`: the reference of the record that is kept of their merged group. What the present
controller has none of (holds, restrictions, ends) is left out of the statement, so that the usual one is short.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.apps import apps

from gardien.base import clock, scope
from gardien.commitment import policy
from gardien.commitment.registry import Defer, registry
from gardien.consent import queries as consent
from gardien.standing import queries as standing
from gardien.standing.rules import BEGINS, BEGINS_ALL

from .clocks import Clause, Rule
from .statements import Members, Values, after, day, group

EARLY_DAYS = 7
"""Warnings go out so long before they must: neither a short month nor a missed night keeps data longer. Our choice."""

_NOBODY = (
    "SELECT NULL::text AS head, NULL::timestamptz AS due_at, NULL::timestamptz AS promised_at, false AS is_to_warn,"
    " false AS waits, NULL::text[] AS grounds WHERE false"
)


def persons(
    clause: Clause, as_of: datetime, values: Values, only: Members | None = None, now: datetime | None = None
) -> str:
    """Return the SQL of (head, due_at, promised_at, is_to_warn, waits, grounds): who has something here, until when.

    `promised_at` is when a person's time is over, `due_at` when they may go: where a warning is promised that they have
    not had, no sooner than if they had it `now`. `is_to_warn` says that its time has come. `waits` says that the person
    is restricted, or that a room defers; `grounds` are those of holds in force, null without one. `only` names some
    persons: all others are left aside, and nothing of theirs is read.
    """
    rules = list(dict.fromkeys(rule for rule in clause.rules.values() if rule))
    instants = [dict(_instants(clause, rule, number, values, only)) for number, rule in enumerate(rules)]
    names = [name for each in instants for name in each]
    if not names:
        return _NOBODY
    parts = [_person(clause, values, only), *(part for each in instants for part in each.values())]
    joins = names if len(names) == 1 else ["(SELECT DISTINCT head FROM person) each_head", *names]
    told = _by_rule(clause, {rule: list(each) for rule, each in zip(rules, instants, strict=True)}, values, as_of, now)
    is_governed = len(set(clause.rules.values())) > 1
    if clause.is_warned:
        parts.append(_warned(clause, values, only))
        joins.append("warned")
    if is_governed:
        parts.append(_told(clause, values, only))
        joins.append("told")
    promised_at, *others = [_governed(clause, each) if is_governed else each[rules[0]] for each in told]
    due_at, is_to_warn = others or (promised_at, "false")
    grounds = "NULL::text[]"
    if standing.live_holds(clock.legal_day(as_of)).exists():
        parts.append(_held(clause, clock.legal_day(as_of), values))
        joins.append("held")
        grounds = "held.grounds"
    source = joins[0] + "".join(f" LEFT JOIN {each} USING (head)" for each in joins[1:])
    found = (
        f"SELECT head, {due_at} AS due_at, {promised_at} AS promised_at, coalesce({is_to_warn}, false) AS is_to_warn,"
        f" {_waits(clause, values)} AS waits, {grounds} AS grounds FROM {source}"
    )
    return f"WITH {', '.join(parts)} SELECT * FROM ({found}) dated WHERE due_at IS NOT NULL"


def _person(clause: Clause, values: Values, only: Members | None) -> str:
    """Return the part that leads from each reference to the one that stands for its person.

    Restricted persons, whose records the database hides, and references without a record stand for themselves. Under a
    clause that is not of persons' own records, only who has something there is read.
    """
    root, model = clause.root, apps.get_model(clause.root.place)
    name, reference, column = f'"{model._meta.db_table}"', root.reference, group(root)
    head, kept = f"r.{reference}", ""
    if column:
        head = f"coalesce(k.{reference}, r.{reference})"
        kept = f"LEFT JOIN {name} k ON k.id = r.{column} AND {values.own(model, 'k.')}"
    found = f"SELECT r.{reference}, {head} FROM {name} r {kept} WHERE {values.own(model, 'r.')}"
    if only is not None:
        return f"person(subject, head) AS ({found} AND r.id = ANY({values(list(only.ids))}))"
    others = [values.told(standing.restrictions().values_list("subject"))] if standing.restrictions().exists() else []
    others += [] if clause.is_of_roots else [_anchors(clause, values)]
    for other in others:
        known = f"SELECT FROM {name} r WHERE r.{reference} = o.subject AND {values.own(model, 'r.')}"
        found += f" UNION SELECT o.subject, o.subject FROM ({other}) o(subject) WHERE NOT EXISTS ({known})"
    if clause.is_of_roots:
        return f"person(subject, head) AS ({found})"
    present = f"SELECT p.head FROM anybody p JOIN ({_anchors(clause, values)}) a(subject) USING (subject)"
    return f"anybody(subject, head) AS ({found}), person AS (SELECT * FROM anybody WHERE head IN ({present}))"


def _anchors(clause: Clause, values: Values) -> str:
    """Return the references of whom there are rows under a clause that is not of the persons' own records."""
    queries = (
        apps.get_model(each.place)._default_manager.values_list(each.found_by.replace(".", "__")).distinct()
        for each in clause.with_person
    )
    return " UNION ".join(values.told(query) for query in queries) or "SELECT NULL::text WHERE false"


def _instants(
    clause: Clause, rule: Rule, number: int, values: Values, only: Members | None
) -> Iterator[tuple[str, str]]:
    """Yield the parts that give heads an instant under a rule: where its period starts, and what ends it at once."""
    retention = rule.retention
    if retention.start and (told := _occurred([retention.start], values, only)):
        yield f"since_{number}", f"since_{number}(head, since_at) AS ({_of_heads('max', told)})"
    if retention.until and (told := _occurred(retention.until, values, only)):
        yield f"until_{number}", f"until_{number}(head, until_at) AS ({_of_heads('min', told)})"
    if rule.purposes and standing.has_endings():
        yield f"over_{number}", f"over_{number}(head, over_at) AS ({_over(clause, rule.purposes, values)})"


def _by_rule(
    clause: Clause, names: dict[Rule, list[str]], values: Values, as_of: datetime, now: datetime | None
) -> list[dict[Rule, str]]:
    """Return the SQL by rule of what is promised, and where warnings are, of when who may go and is to be warned."""
    told = [{rule: _reckoned(rule, each, None) for rule, each in names.items()}]
    if clause.is_warned:
        moment, horizon = values(now or as_of), values(max(now or as_of, as_of))
        told.append({rule: _reckoned(rule, each, moment) for rule, each in names.items()})
        told.append({rule: _to_warn(rule, each, horizon) for rule, each in names.items()})
    return told


def _reckoned(rule: Rule, names: Iterable[str], now: str | None) -> str:
    """Return the SQL of the due instant: the earliest of what a rule's parts give; without `now`, the promised one."""
    found = ["NULL::timestamptz"]
    for name in names:
        kind = name.partition("_")[0]
        column = f"{name}.{kind}_at"
        found.append(_over_at(rule.retention, column, now) if kind == "since" else column)
    return f"least({', '.join(found)})"


def _over_at(retention: policy.Retention, since: str, now: str | None) -> str:
    """Return the SQL of a period's end; where a warning is promised, no sooner than it gives time for."""
    assert retention.period  # noqa: S101 -- what has a start has a period, by the shape of a version
    end = after(since, retention.period)
    if now is None or retention.warning is None:
        return end
    warned = f"CASE WHEN warned.warned_at > {since} THEN warned.warned_at ELSE {now} END"
    return f"CASE WHEN {since} IS NOT NULL THEN greatest({end}, {after(f'({warned})', retention.warning)}) END"


def _to_warn(rule: Rule, names: Iterable[str], now: str) -> str:
    """Return the condition that a warning is promised, that its time has come, and that there was none."""
    period, warning = rule.retention.period, rule.retention.warning
    since = next((f"{name}.since_at" for name in names if name.startswith("since_")), None)
    if not (period and warning and since):
        return "false"
    early = warning.model_copy(update={"days": warning.days + EARLY_DAYS})
    return f"{after(since, period)} <= {after(now, early)} AND (warned.warned_at > {since}) IS NOT TRUE"


def _warned(clause: Clause, values: Values, only: Members | None) -> str:
    """Return the part that says when persons were last warned."""
    warnings = _theirs(values.told(standing.warnings(clause.id).values_list("subject", "warned_at")), values, only)
    return f"warned(head, warned_at) AS ({_of_heads('max', warnings)})"


def _occurred(events: Iterable[str], values: Values, only: Members | None) -> str:
    """Return (subject, at) of events as all rooms tell them; nothing if no room knows of any."""
    queries = (each.told() for event in events for each in registry.occurrences(event))
    told = " UNION ALL ".join(f"({values.told(each)})" for each in queries)
    return _theirs(told, values, only) if told else ""


def _theirs(told: str, values: Values, only: Members | None) -> str:
    """Return what is told of some persons alone, so that the database looks them up instead of reading all."""
    return (
        f"SELECT * FROM ({told}) each_one(subject) WHERE subject = ANY({values(list(only.references))})"
        if only
        else told
    )


def _of_heads(latest: str, told: str) -> str:
    return f"SELECT p.head, {latest}(t.at) FROM person p JOIN ({told}) t(subject, at) USING (subject) GROUP BY p.head"


def _over(clause: Clause, purposes: Sequence[str], values: Values) -> str:
    """Return when the last of the purposes was over, of persons for whom all are.

    It is what `standing.queries.endings` says of one person: an end stands until the person tells their details, asks
    for what the purpose serves, or lets it go on.
    """
    controller = values(scope.current())
    asked = " OR ".join(
        f"(f.event = {values(event.value)} AND e.purpose = {values(purpose)})" for event, purpose in BEGINS.items()
    )
    defers = [each for each in registry.defers() if each.is_of_endings and clause.id in each.clauses]
    return f"""
        WITH ending AS (
            SELECT p.head, e.purpose, e.ended_at FROM person p JOIN standing_ending e USING (subject)
            WHERE e.controller_id = {controller}),
        member AS (SELECT p.* FROM person p JOIN (SELECT DISTINCT head FROM ending) e USING (head)),
        stands AS (
            SELECT e.head, e.purpose, min(e.ended_at) AS ended_at FROM ending e
            WHERE NOT EXISTS (
                SELECT FROM member m JOIN standing_fact f USING (subject)
                WHERE f.controller_id = {controller} AND m.head = e.head AND f.happened_at > e.ended_at
                  AND (f.event = {values(BEGINS_ALL.value)} OR {asked}))
            AND NOT EXISTS (
                SELECT FROM member m JOIN standing_resumption x USING (subject)
                WHERE x.controller_id = {controller} AND m.head = e.head AND x.purpose = e.purpose
                  AND x.resumed_at > e.ended_at)
            GROUP BY e.head, e.purpose)
        SELECT head, max(ended_at) FROM stands
        WHERE purpose = ANY({values(list(purposes))}) AND NOT {_deferred(defers, values)}
        GROUP BY head HAVING count(*) = {values(len(purposes))}"""


def _told(clause: Clause, values: Values, only: Members | None) -> str:
    """Return the part that says under which version persons were first told, and whether of the present one."""
    first_day = day("min(t.at)")
    places = " ".join(
        f"WHEN {first_day} >= {values(version.effective_date)} THEN {place}"
        for place, version in reversed(list(enumerate(clause.versions)))
    )
    told = _theirs(values.told(consent.tellings(clause.population)), values, only)
    return f"""told(head, place, again) AS (
        SELECT p.head, CASE {places} ELSE 0 END, bool_or(t.version = {values(clause.versions[-1].id)})
        FROM person p JOIN ({told}) t(subject, at, version) USING (subject) GROUP BY p.head)"""


def _governed(clause: Clause, by_rule: dict[Rule, str]) -> str:
    """Return what the version that governs a person says; who was never told anything has the present one."""
    cases = " ".join(
        f"WHEN told.place = {place} AND told.again = {again} THEN {by_rule[rule] if rule else 'NULL'}"
        for (place, again), rule in clause.rules.items()
    )
    present = clause.rules[len(clause.versions) - 1, True]
    return f"CASE {cases} WHEN told.place IS NULL THEN {by_rule[present] if present else 'NULL'} END"


def _held(clause: Clause, today: date, values: Values) -> str:
    """Return the part that names the grounds on which something of a person is held under a clause."""
    holds = values.told(standing.live_holds(today).values_list("subject", "ground", "category"))
    return f"""held(head, grounds) AS (
        SELECT p.head, array_agg(DISTINCT h.ground)
        FROM person p JOIN ({holds}) h(subject, ground, category) USING (subject)
        WHERE h.category = ANY({values(list(clause.categories))}) GROUP BY p.head)"""


def _waits(clause: Clause, values: Values) -> str:
    """Return the condition that a person's time does not count now: restricted, or deferred by a room."""
    defers = [each for each in registry.defers() if not each.is_of_endings and clause.id in each.clauses]
    ways = [_deferred(defers, values)] if defers else []
    if standing.restrictions().exists():
        restricted = values.told(standing.restrictions().values_list("subject"))
        ways.append(f"head IN (SELECT p.head FROM person p JOIN ({restricted}) x(subject) USING (subject))")
    return f"({' OR '.join(ways)})" if ways else "false"


def _deferred(defers: Sequence[Defer], values: Values) -> str:
    """Return the condition that a room defers what is due of a person."""
    queries = " UNION ALL ".join(f"({values.told(each.subjects())})" for each in defers)
    return f"head IN (SELECT p.head FROM person p JOIN ({queries}) d(subject) USING (subject))" if queries else "false"
