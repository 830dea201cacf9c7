"""What moves when one version takes the place of another: every sentence and value that is derived from it.

Places, `LANGUAGE` being `fr` or `en`:

- `verso.LANGUAGE`, `reading.LANGUAGE`, `notice.customers.LANGUAGE` (with what names the repairer),
  `notice.users.LANGUAGE`, `consent.PURPOSE.LANGUAGE`, `acknowledgement.LANGUAGE`: sentence by sentence;
- `form.customers.CATEGORY`, `form.users.CATEGORY`: true with an asterisk, false without, null if not asked for;
- `retention.CLAUSE`, `retention.CLAUSE.RECORD`, `deadline.CLAUSE`, `channels.CLAUSE`, `basis.PURPOSE`: as a program
  reads them.

Each move is told with the change that makes it. The changes are applied to the old version one after the other:
first what is added, then what changes, then what is taken out, so that every step is whole enough to be rendered. A
sentence belongs to each change whose step alters it, and is told with its first and last wording; a sentence of a
clause that only one version has belongs to that clause, not to the layout that shows it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gardien.commitment import documents
from gardien.commitment.differences import Change, apply, diff, is_absent, plain
from gardien.commitment.documents import Controller, Document
from gardien.commitment.policy import POPULATIONS, Version

REPAIRER = Controller("{controller.name}", "", ("{controller.address}",), "", "")
"""Who stands in a preview for the repairer, whose name and address each notice fills in."""

_PEOPLE = {"client": "customers", "user": "users"}
_ORDER = "order"

Parts = dict[str, Any]
"""The sentences of a place by a name that stays when the words move, in order; of a value, one part without a name."""


@dataclass(frozen=True)
class Move:
    """A derived sentence or value that a change moves; null where it does not stand."""

    change: Change
    place: str
    old: Any
    new: Any

    def row(self) -> dict[str, Any]:
        """Return `{clause, field, place, from, to}` in plain JSON values; clause and field are those of the change."""
        found = {"clause": self.change.clause, "field": self.change.field, "place": self.place}
        return {**found, "from": self.old, "to": self.new}


def preview(old: Version, new: Version) -> list[Move]:
    """Return every derived sentence and value that differs between two versions, in the order of `diff` and of places.

    What several changes move together is told once for each. If the sentences of a place only change their order, the
    move is from one list of names to the other.
    """
    first, last = places(old), places(new)
    common = {place: set(parts) & set(last[place]) for place, parts in first.items() if place in last}
    before, after = _flat(first, common), _flat(last, common)
    moved = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    changes = diff(old, new)
    whole = {change.clause: change.path for change in changes if change.clause and not change.field}
    moved_by: dict[tuple[str, ...], set[tuple[str, str]]] = {change.path: set() for change in changes}
    version, seen = old, before
    for change in sorted(changes, key=_turn):
        version = apply(version, change)
        now = _flat(places(version), common)
        for key in moved:
            if seen.get(key) != now.get(key):
                moved_by[whole.get(key[1].removesuffix(".title"), change.path)].add(key)
        seen = now
    return [
        Move(change, key[0], before.get(key), after.get(key))
        for change in changes
        for key in moved
        if key in moved_by[change.path]
    ]


def places(version: Version) -> dict[str, Parts]:
    """Return every derived place of a version with its parts."""
    found: dict[str, Parts] = {}
    for language in version.languages:
        found |= {f"{name}.{language}": _sentences(text) for name, text in _documents(version, language)}
    for place, value in _values(version):
        found[place] = {"": value}
    return found


def _documents(version: Version, language: str) -> Iterator[tuple[str, Document]]:
    yield "verso", documents.verso(version, REPAIRER, language)
    yield "reading", documents.reading(version, REPAIRER, language)
    for population in POPULATIONS:
        if f"{population}.persons" in version.clauses:
            controller = REPAIRER if population == "client" else None
            yield f"notice.{_PEOPLE[population]}", documents.notice(version, population, language, controller)
    for purpose in documents.on_consent(version):
        yield f"consent.{purpose}", documents.consent(version, purpose, language)
    if "user.acknowledgement" in version.clauses:
        yield "acknowledgement", documents.acknowledgement(version, language)


def _sentences(document: Document) -> Parts:
    """Return title, sections' titles, leads and clauses' paragraphs of a document.

    A section is named by its rank where the version lays the document out, else by its clause.
    """
    parts: Parts = {"title": document.title}
    for rank, section in enumerate(document.sections):
        name = str(rank) if document.kind in {"verso", "reading"} else section.clause_ids[0]
        if section.title != document.title:
            parts[f"{name}.title"] = section.title
        leads = len(section.paragraphs) - len(section.clause_ids)
        names = [*(f"{name}.{number}" for number in range(leads)), *section.clause_ids]
        parts |= dict(zip(names, section.paragraphs, strict=True))
    return parts


def _values(version: Version) -> Iterator[tuple[str, Any]]:
    for population in POPULATIONS:
        if f"{population}.categories" in version.clauses:
            for category, is_mandatory in documents.mandatory_fields(version, population).items():
                yield f"form.{_PEOPLE[population]}.{category}", is_mandatory
    for id_, clause in version.clauses.items():
        fields = {"retention": clause.retention, "deadline": clause.delay, "channels": clause.channels}
        yield from ((f"{name}.{id_}", plain(value)) for name, value in fields.items() if value)
        yield from ((f"retention.{id_}.{record}", plain(kept)) for record, kept in clause.records.items())
        yield from ((f"basis.{purpose}", basis) for purpose, basis in clause.bases.items())


def _flat(found: Mapping[str, Parts], common: Mapping[str, set[str]]) -> dict[tuple[str, str], Any]:
    """Return the parts of all places, and for each place the order of those parts that both versions have."""
    flat = {(place, part): value for place, parts in found.items() for part, value in parts.items()}
    orders = {(place, _ORDER): [part for part in found[place] if part in common[place]] for place in common}
    return flat | orders


def _turn(change: Change) -> tuple[int, int]:
    """Return when a change is applied: a wording may name a field and a list an id only while these are there.

    Parties and labels come before clauses, clauses before the matrix that names them, and all before single fields;
    what is taken out goes in the opposite order.
    """
    if change.clause and change.field:
        depth = 3
    elif change.clause:
        depth = 2 if getattr(change.new or change.old, "bases", None) else 1
    else:
        depth = 0
    if is_absent(change.old):
        return 0, depth
    return (2, -depth) if is_absent(change.new) else (1, 0)
