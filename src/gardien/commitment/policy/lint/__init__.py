"""The linter: where a version collides with the law or with itself, and what mends each finding.

A remedy is `field:<path>` if a later version has the field that ends the finding (the path as `validate` writes it),
else `behaviour:<keeper>` if a registered keeper mends it, else nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from gardien.commitment.policy.clauses import Clause, VersionFile
from gardien.commitment.policy.lint.law import Article, articles
from gardien.commitment.policy.lint.rules import Own
from gardien.commitment.policy.lint.table import RULES, Rule, Severity

__all__ = ["RULES", "Article", "Finding", "Rule", "articles", "lint"]

WORDING = {"title", "text", "spoken", "ask"}
"""Fields that no rule reads."""

MendedBy = Callable[[str, str], str | None]
"""From the ids of a rule and a clause to the keeper that mends the finding."""


@dataclass(frozen=True)
class Finding:
    """One collision. `article` is None if nobody has read the law's text, `remedy` if nothing mends it."""

    id: str
    clause: str
    severity: Severity
    article: str | None
    remedy: str | None


def nobody(_rule: str, _clause: str) -> None:
    """Mend nothing: no keeper is known."""


def lint(
    version: VersionFile,
    *,
    at: date,
    later: Sequence[VersionFile] = (),
    law: Mapping[str, Article] | None = None,
    mended_by: MendedBy = nobody,
) -> list[Finding]:
    """Return a version's collisions under the law of a day (Paris), in the order of `RULES` and of the file.

    `later`: versions that take effect after this one, whatever their day; the first whose field ends a finding is its
    remedy.
    """
    law = articles() if law is None else law
    findings = []
    for rule, population, name in _found(version, at, law):
        own = _own(version, population)
        field = next(filter(None, (_ending(rule, name, own, _own(each, population)) for each in later)), None)
        clause = f"{population}.{name}"
        keeper = None if field else mended_by(rule.id, clause)
        remedy = f"field:clauses.{population}.{field}" if field else f"behaviour:{keeper}" if keeper else None
        findings.append(Finding(rule.id, clause, rule.severity, law[rule.law].authority, remedy))
    return findings


def _found(version: VersionFile, at: date, law: Mapping[str, Article]) -> Iterator[tuple[Rule, str, str]]:
    for rule in RULES:
        if at < law[rule.law].applies_from:
            continue
        for population in rule.populations:
            for name in rule.finds(_own(version, population)):
                yield rule, population, name


def _own(version: VersionFile, population: str) -> Own:
    clauses = version.population(population)
    return MappingProxyType({id_.removeprefix(f"{population}."): clause for id_, clause in clauses.items()})


def _ending(rule: Rule, name: str, own: Own, later: Own) -> str | None:
    """Return what of a later version ends a finding: `type.field`, or the type of a clause that came or went.

    It is the first of the file that ends it alone; of several that do so together, the last. None if the later version
    has the finding too, or has dropped the clause and has it elsewhere.
    """
    found = list(rule.finds(later))
    if name in found or (found and name not in later):
        return None
    changes = list(_changes(own, later))
    tried = [[change] for change in changes] + [changes[:count] for count in range(2, len(changes) + 1)]
    ending = next(made for made in tried if name not in rule.finds(_with(own, later, made)))
    return ".".join(filter(None, ending[-1]))


def _changes(own: Own, later: Own) -> Iterator[tuple[str, str]]:
    """Yield what differs, as (type, field); the field is empty where the whole clause came or went."""
    for name in [*later, *(name for name in own if name not in later)]:
        if name in own and name in later:
            old, new = own[name], later[name]
            fields = [field for field in Clause.model_fields if field not in WORDING]
            yield from ((name, field) for field in fields if getattr(old, field) != getattr(new, field))
        else:
            yield name, ""


def _with(own: Own, later: Own, changes: Sequence[tuple[str, str]]) -> Own:
    """Return the clauses with some changes made."""
    made = dict(own)
    for name, field in changes:
        if name not in later:
            del made[name]
        elif field:
            made[name] = made[name].model_copy(update={field: getattr(later[name], field)})
        else:
            made[name] = later[name]
    return made
