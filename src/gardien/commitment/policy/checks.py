"""What a well-formed version file still has wrong: words, fields and clauses that are not there."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from gardien.commitment.policy import kinds
from gardien.commitment.policy.clauses import Clause, Section, VersionFile
from gardien.commitment.policy.fields import (
    CONTROLLER_FIELDS,
    LABELLED_LISTS,
    basis_clause,
    clause_fields,
    version_fields,
)
from gardien.commitment.policy.suggestions import Place, did_you_mean
from gardien.commitment.policy.wording import Wording

_ANY_DAY = date(2024, 1, 1)


class Fault(NamedTuple):
    """Something wrong at a place of the file: what, and what to write instead."""

    place: Place
    message: str
    suggestion: str
    at_key: bool = False


def faults(version: VersionFile) -> Iterator[Fault]:
    """Yield every fault that the shape of the file does not show."""
    for id_, clause in version.clauses.items():
        yield from _clause_faults(version, id_, clause)
    for id_, words in version.labels.items():
        yield from _strangers(words, frozenset(), ("labels", id_))
    for kind, notice in version.notices:
        yield from _strangers(notice.title, frozenset(), ("notices", kind, "title"))
        for index, section in enumerate(notice.sections):
            yield from _section_faults(version, section, kind, ("notices", kind, "sections", index))


def _clause_faults(version: VersionFile, id_: str, clause: Clause) -> Iterator[Fault]:
    place: Place = ("clauses", id_)
    kind = kinds.kind_of(id_)
    if kind is None:
        yield Fault(place, f"there is no type of clause “{id_}”", did_you_mean(id_, kinds.known_ids()), at_key=True)
        return
    yield from _field_faults(kind, id_, clause)
    missing = [*_unlabelled(version, clause, place), *_dangling(version, id_, clause)]
    yield from missing
    told = {fault.place for fault in missing}
    yield from (fault for fault in _unknown_words(clause, place) if fault.place not in told)
    if not missing:
        yield from _unknown_fields(version, clause, place)


def _field_faults(kind: kinds.Kind, id_: str, clause: Clause) -> Iterator[Fault]:
    """Yield the fields that this type of clause does not have, and those it must have."""
    place: Place = ("clauses", id_)
    for name in sorted(clause.model_fields_set - set(kind.fields)):
        yield Fault((*place, name), f"“{name}” is no field of “{id_}”", did_you_mean(name, kind.fields), at_key=True)
    for name in kind.required:
        if not getattr(clause, name):
            yield Fault(place, f"“{name}” is missing", f"add “{name}:”, a field of every such clause", at_key=True)
    if clause.content == "offers" and not (clause.senders and clause.permission):
        suggestion = "add “senders:” and “permission:”, or write “content: service”"
        yield Fault(place, "offers need who sends them and on what permission", suggestion, at_key=True)
    yield from _warning_faults(clause, place)


def _warning_faults(clause: Clause, place: Place) -> Iterator[Fault]:
    """Yield warnings that could not be given: longer than a period, without one, or of less than a person's record."""
    warning, period = (clause.retention.warning, clause.retention.period) if clause.retention else (None, None)
    if warning and place[-1] not in kinds.WARNED:
        suggestion = f"write it in one of {', '.join(kinds.WARNED)}"
        message = "nobody is warned of less than the end of their record"
        yield Fault((*place, "retention", "warning"), message, suggestion, at_key=True)
    if warning and not (period and warning.after(_ANY_DAY) < period.after(_ANY_DAY)):
        message, suggestion = "a warning comes within a period", "give a period, and a warning that is shorter"
        yield Fault((*place, "retention", "warning"), message, suggestion, at_key=True)
    for record in (name for name, kept in clause.records.items() if kept.warning):
        suggestion = "write it in the retention of a clause"
        yield Fault((*place, "records", record, "warning"), "nobody is warned of a record", suggestion, at_key=True)


def _events(clause: Clause) -> Iterator[tuple[Place, str]]:
    """Yield the place and the name of each event from which something runs."""
    timed = (("retention", clause.retention), ("delay", clause.delay))
    for name, part in timed:
        if part and part.start:
            yield (name, "start"), part.start
    for id_, record in clause.records.items():
        if record.start:
            yield ("records", id_, "start"), record.start


def _unlabelled(version: VersionFile, clause: Clause, place: Place) -> Iterator[Fault]:
    listed: list[tuple[Place, str]] = [
        ((name, index), id_) for name in LABELLED_LISTS for index, id_ in enumerate(getattr(clause, name))
    ]
    listed += [(("records", id_), id_) for id_ in clause.records]
    listed += _events(clause)
    if any("derived" in wording.placeholders for wording in _wordings(clause)):
        listed += [(("derived", index), id_) for index, id_ in enumerate(clause.derived)]
    for where, id_ in listed:
        if id_ not in version.labels:
            suggestion = did_you_mean(id_, version.labels, otherwise=f"add “{id_}: {{fr: …, en: …}}” to labels")
            yield Fault(
                (*place, *where), f"“{id_}” has no words: add it to labels", suggestion, where == ("records", id_)
            )


def _unknown_words(clause: Clause, place: Place) -> Iterator[Fault]:
    """Yield the words of closed vocabularies that no program would recognise."""
    ends: list[tuple[Place, str]] = []
    if clause.retention:
        ends = [(("retention", "until", index), event) for index, event in enumerate(clause.retention.until)]
    derived: list[tuple[Place, str]] = [(("derived", index), id_) for index, id_ in enumerate(clause.derived)]
    for words, known in (
        (list(_events(clause)), kinds.START_EVENTS),
        (ends, kinds.END_EVENTS),
        (derived, kinds.DERIVED_RECORDS),
    ):
        for where, word in words:
            if word not in known:
                yield Fault((*place, *where), f"“{word}” is not a known word here", did_you_mean(word, known))
    for index, id_ in enumerate(clause.mandatory):
        if id_ not in clause.categories:
            suggestion = did_you_mean(id_, clause.categories)
            yield Fault((*place, "mandatory", index), f"“{id_}” is not among the categories", suggestion)


def _dangling(version: VersionFile, id_: str, clause: Clause) -> Iterator[Fault]:
    """Yield the purposes and bases that no clause of the same population words."""
    place: Place = ("clauses", id_)
    own = version.population(id_.partition(".")[0])
    purposes = [other for other in own if kinds.is_purpose(other)]
    named: list[tuple[Place, str]] = [((*place, "purposes", index), name) for index, name in enumerate(clause.purposes)]
    named += [((*place, "bases", name), name) for name in clause.bases]
    for where, name in named:
        if name not in purposes:
            yield Fault(
                where, f"“{name}” is no purpose of this version", did_you_mean(name, purposes), "bases" in where
            )
    for purpose, basis in clause.bases.items():
        if basis_clause(purpose, basis) not in own:
            bases = [other.rpartition(".")[2] for other in own if ".basis." in other]
            message = f"there is no clause “{basis_clause(purpose, basis)}”"
            yield Fault((*place, "bases", purpose), message, did_you_mean(basis, bases))


def _wordings(clause: Clause) -> list[Wording]:
    return [wording for wording in (clause.text, clause.spoken, clause.ask) if wording]


def _unknown_fields(version: VersionFile, clause: Clause, place: Place) -> Iterator[Fault]:
    known = frozenset(clause_fields(version, clause, "fr"))
    yield from _strangers(clause.title, frozenset(), (*place, "title"))
    yield from _strangers(clause.text, known, (*place, "text"))
    yield from _strangers(clause.ask, known, (*place, "ask"))
    yield from _strangers(clause.spoken, known | CONTROLLER_FIELDS, (*place, "spoken"))


def _section_faults(version: VersionFile, section: Section, kind: str, place: Place) -> Iterator[Fault]:
    yield from _strangers(section.title, frozenset(), (*place, "title"))
    known = frozenset(version_fields(version, "fr")) | CONTROLLER_FIELDS
    yield from _strangers(section.lead, known, (*place, "lead"))
    customers = version.population("client")
    for index, id_ in enumerate(section.clauses):
        clause = version.clauses.get(id_)
        where: Place = (*place, "clauses", index)
        if clause is None:
            yield Fault(where, f"there is no clause “{id_}”", did_you_mean(id_, customers))
        elif id_ not in customers:
            yield Fault(where, f"“{id_}” does not speak to customers", "take it out: this page is for customers")
        elif kind == "reading" and clause.spoken is None:
            yield Fault(where, f"“{id_}” has no spoken wording", f"add “spoken:” to the clause “{id_}”, or take it out")


def _strangers(wording: Wording | None, known: Iterable[str], place: Place) -> Iterator[Fault]:
    for name in wording.placeholders if wording else ():
        if name not in known:
            suggestion = did_you_mean(name, known, otherwise="write the words without a field here")
            yield Fault((*place, "fr"), f"“{{{name}}}” names no field of this clause or version", suggestion)
