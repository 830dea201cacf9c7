"""From the fields of a version to the words that stand in its templates."""

from collections.abc import Iterator, Mapping

from gardien.commitment.policy.clauses import Clause, Section, VersionFile
from gardien.commitment.policy.periods import day_text
from gardien.commitment.policy.wording import Wording, enumerate_words

CONTROLLER_FIELDS = frozenset({"controller.name", "controller.details"})
_LISTS = ("categories", "rights", "channels", "particulars", "optional_particulars")
_NOTHING: Mapping[str, str] = {}

Place = tuple[str | int, ...]


def version_fields(version: VersionFile, language: str) -> dict[str, str]:
    """Return the fields that any wording of a version may name, in words."""
    parties = version.parties
    return {
        "version.id": version.id,
        "version.date": day_text(version.effective_date, language),
        "network.name": parties.network.name,
        "network.address": parties.network.address,
        "provider.name": parties.provider.name,
        "provider.address": parties.provider.address,
        "customers_dpo.mailboxes": enumerate_words(parties.customers_dpo.mailboxes, language, "or"),
        "users_dpo.mailboxes": enumerate_words(parties.users_dpo.mailboxes, language, "or"),
    }


def clause_fields(version: VersionFile, clause: Clause, language: str) -> dict[str, str]:
    """Return the fields that the wording of this clause may name, in words: the version's and its own."""
    fields = version_fields(version, language)
    for name, timed in (("retention", clause.retention), ("delay", clause.delay)):
        if timed and timed.period:
            fields[f"{name}.period"] = timed.period.text(language)
        if timed and timed.start:
            fields[f"{name}.start"] = getattr(version.labels[timed.start], language)
    for name in _LISTS:
        if ids := getattr(clause, name):
            fields[name] = enumerate_words([getattr(version.labels[id_], language) for id_ in ids], language)
    if clause.recipients:
        parties = [getattr(version.parties, party) for party in clause.recipients]
        fields["recipients"] = enumerate_words([f"{party.name} ({party.address})" for party in parties], language)
    return fields


def render(
    version: VersionFile, clause: Clause, wording: Wording, language: str, controller: Mapping[str, str] = _NOTHING
) -> str:
    """Return a wording of the clause, filled; `controller` holds CONTROLLER_FIELDS where the wording is spoken."""
    return wording.fill(language, {**clause_fields(version, clause, language), **controller})


def faults(version: VersionFile) -> Iterator[tuple[Place, str]]:
    """Yield what names something that is not there: the place in the file, and a sentence."""
    for id_, clause in version.clauses.items():
        place = ("clauses", id_)
        unlabelled = list(_unlabelled(version, clause, place))
        yield from unlabelled
        if not unlabelled:
            yield from _unknown_fields(version, clause, place)
    for id_, label in version.labels.items():
        yield from _strangers(label, frozenset(), ("labels", id_))
    for kind, notice in version.notices:
        yield from _strangers(notice.title, frozenset(), ("notices", kind, "title"))
        for index, section in enumerate(notice.sections):
            yield from _section_faults(version, section, kind, ("notices", kind, "sections", index))


def _unlabelled(version: VersionFile, clause: Clause, place: Place) -> Iterator[tuple[Place, str]]:
    listed: list[tuple[Place, str]] = [
        ((*place, name, index), id_) for name in _LISTS for index, id_ in enumerate(getattr(clause, name))
    ]
    timed = (("retention", clause.retention), ("delay", clause.delay))
    listed += [((*place, name, "start"), part.start) for name, part in timed if part and part.start]
    for where, id_ in listed:
        if id_ not in version.labels:
            yield where, f"“{id_}” has no words: add it to labels"


def _unknown_fields(version: VersionFile, clause: Clause, place: Place) -> Iterator[tuple[Place, str]]:
    known = frozenset(clause_fields(version, clause, "fr"))
    yield from _strangers(clause.title, frozenset(), (*place, "title"))
    yield from _strangers(clause.text, known, (*place, "text"))
    yield from _strangers(clause.spoken, known | CONTROLLER_FIELDS, (*place, "spoken"))


def _section_faults(version: VersionFile, section: Section, kind: str, place: Place) -> Iterator[tuple[Place, str]]:
    yield from _strangers(section.title, frozenset(), (*place, "title"))
    known = frozenset(version_fields(version, "fr")) | CONTROLLER_FIELDS
    yield from _strangers(section.lead, known, (*place, "lead"))
    for index, id_ in enumerate(section.clauses):
        clause = version.clauses.get(id_)
        if clause is None:
            yield (*place, "clauses", index), f"there is no clause “{id_}”"
        elif not id_.startswith("client."):
            yield (*place, "clauses", index), f"“{id_}” does not speak to customers"
        elif kind == "reading" and clause.spoken is None:
            yield (*place, "clauses", index), f"“{id_}” has no spoken wording"


def _strangers(wording: Wording | None, known: frozenset[str], place: Place) -> Iterator[tuple[Place, str]]:
    for name in wording.placeholders if wording else ():
        if name not in known:
            yield (*place, "fr"), f"“{{{name}}}” names no field of this clause or version"
