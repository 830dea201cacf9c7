"""From the fields of a version to the words that stand in its templates."""

from collections.abc import Mapping

from gardien.commitment.policy.clauses import Clause, Retention, VersionFile
from gardien.commitment.policy.periods import day_text
from gardien.commitment.policy.wording import Wording, enumerate_words

CONTROLLER_FIELDS = frozenset({"controller.name", "controller.details"})
LABELLED_LISTS = ("categories", "mandatory", "rights", "channels", "particulars", "optional_particulars", "grounds")
_AFTER = {"fr": "après", "en": "after"}
_NOTHING: Mapping[str, str] = {}


def version_fields(version: VersionFile, language: str) -> dict[str, str]:
    """Return the fields that any wording of a version may name, in words."""
    parties = version.parties
    fields = {
        "version.id": version.id,
        "version.date": day_text(version.effective_date, language),
        "network.name": parties.network.name,
        "network.address": parties.network.address,
        "provider.name": parties.provider.name,
        "provider.address": parties.provider.address,
        "customers_dpo.mailboxes": enumerate_words(parties.customers_dpo.mailboxes, language, "or"),
        "users_dpo.mailboxes": enumerate_words(parties.users_dpo.mailboxes, language, "or"),
    }
    if parties.authority:
        fields["authority.name"] = parties.authority.name
        fields["authority.address"] = parties.authority.address
        fields["authority.website"] = parties.authority.website
    return fields


def clause_fields(version: VersionFile, clause: Clause, language: str) -> dict[str, str]:
    """Return the fields that the wording of this clause may name, in words: the version's and its own."""
    fields = version_fields(version, language)
    for name, timed in (("retention", clause.retention), ("delay", clause.delay)):
        if timed and timed.period:
            fields[f"{name}.period"] = timed.period.text(language)
        if timed and timed.start:
            fields[f"{name}.start"] = label(version, timed.start, language)
    if clause.retention and clause.retention.warning:
        fields["retention.warning"] = clause.retention.warning.text(language)
    names = (*LABELLED_LISTS, "derived") if set(clause.derived) <= set(version.labels) else LABELLED_LISTS
    for name in names:
        if ids := getattr(clause, name):
            fields[name] = enumerate_words([label(version, id_, language) for id_ in ids], language)
    if clause.recipients:
        parties = [getattr(version.parties, party) for party in clause.recipients]
        fields["recipients"] = enumerate_words([f"{party.name} ({party.address})" for party in parties], language)
    if clause.records:
        kept = [_record(version, id_, record, language) for id_, record in clause.records.items()]
        fields["records"] = enumerate_words(kept, language)
    if clause.bases:
        fields["bases"] = enumerate_words(_bases(version, clause, language), language)
    return fields


def label(version: VersionFile, id_: str, language: str) -> str:
    """Return the words of an id."""
    return version.labels[id_].fill(language, {})


def render(
    version: VersionFile, clause: Clause, wording: Wording, language: str, controller: Mapping[str, str] = _NOTHING
) -> str:
    """Return a wording of the clause, filled; `controller` holds CONTROLLER_FIELDS where the wording is spoken."""
    return wording.fill(language, {**clause_fields(version, clause, language), **controller})


def _record(version: VersionFile, id_: str, record: Retention, language: str) -> str:
    """Return "journal de sécurité (12 mois après l’inscription)"."""
    words = label(version, id_, language)
    if record.period is None or record.start is None:
        return words
    return f"{words} ({record.period.text(language)} {_AFTER[language]} {label(version, record.start, language)})"


def _bases(version: VersionFile, clause: Clause, language: str) -> list[str]:
    """Return "votre contrat (vos devis, le gardiennage)" for each basis: the titles of its clause and its purposes."""
    purposes: dict[str, list[str]] = {}
    for purpose, basis in clause.bases.items():
        purposes.setdefault(basis_clause(purpose, basis), []).append(_title(version, purpose, language))
    return [f"{_title(version, basis, language)} ({', '.join(words)})" for basis, words in purposes.items()]


def _title(version: VersionFile, clause_id: str, language: str) -> str:
    """Return a clause's title as it stands within a sentence."""
    title = version.clauses[clause_id].title.fill(language, {})
    return title[0].lower() + title[1:]


def basis_clause(purpose: str, basis: str) -> str:
    """Return the id of the clause that words a purpose's basis."""
    return f"{purpose.partition('.')[0]}.basis.{basis}"
