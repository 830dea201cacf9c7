"""What the commitment prints and says: notices, the wording read at the counter, consent, and forms' asterisks.

Every word comes from a version file; the repairer who answers for the data is filled in.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gardien.commitment.policy import (
    Clause,
    Notice,
    Population,
    Version,
    Wording,
    is_purpose,
    render,
    version_fields,
)


class UnnamedControllerError(ValueError):
    """A notice must name who answers for the data and where (GDPR, article 13(1)(a))."""


class NotOnConsentError(LookupError):
    """Nobody is asked to agree to this: it is no purpose of the version, or does not rest on consent."""


@dataclass(frozen=True)
class Controller:
    """The repairer whose customers are told. Name and address are required; the rest may be empty."""

    name: str
    legal_form: str
    address_lines: tuple[str, ...]
    email: str
    phone: str

    def __post_init__(self) -> None:
        """Refuse a controller nobody could find with UnnamedControllerError."""
        if not self.name.strip() or not "".join(self.address_lines).strip():
            message = "The notice must name the repairer: give its name and address in its settings."
            raise UnnamedControllerError(message)

    def fields(self) -> dict[str, str]:
        """Return `policy.CONTROLLER_FIELDS` in words."""
        details = (self.name, self.legal_form, *self.address_lines, self.email, self.phone)
        return {"controller.name": self.name, "controller.details": ", ".join(filter(None, details))}


@dataclass(frozen=True)
class Section:
    """A titled run of paragraphs and the clauses they come from."""

    clause_ids: tuple[str, ...]
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A wording as one person gets it: same version, controller and language, same document."""

    kind: Literal["verso", "reading", "notice", "consent", "acknowledgement"]
    version_id: str
    language: str
    title: str
    sections: tuple[Section, ...]

    def text(self) -> str:
        """Return the whole document, a line per title and paragraph."""
        lines = [self.title]
        for section in self.sections:
            lines += ["", section.title, *section.paragraphs]
        return "\n".join(lines) + "\n"

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of `text()` in UTF-8: whoever holds the words can compute it again."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def verso(version: Version, controller: Controller, language: str) -> Document:
    """Return the customers' notice for the back of a quote: one A4 page at 8 pt.

    A language the version does not speak is refused with `policy.UnknownLanguageError`.
    """
    return _document("verso", version, controller, language, lambda clause: clause.text)


def reading(version: Version, controller: Controller, language: str) -> Document:
    """Return the words the adviser reads aloud before taking details: about half a minute; titles are not read.

    A language the version does not speak is refused with `policy.UnknownLanguageError`.
    """
    return _document("reading", version, controller, language, lambda clause: clause.spoken)


def notice(version: Version, population: Population, language: str, controller: Controller | None = None) -> Document:
    """Return the whole notice of a population, a section per clause, in the order of the file.

    With a `controller` it is that repairer's notice to its customers: what names the repairer on the verso stands
    before the same clauses. A language the version does not speak is refused with `policy.UnknownLanguageError`.
    Its title is that of the clause that says whom it concerns, or of the first clause where none does.
    """
    version.require_language(language)
    leads = _leads(version, language, controller) if controller else {}
    clauses = {
        id_: version.clauses[id_] for id_ in version.clauses if id_.partition(".")[0] in {"commitment", population}
    }
    sections = [
        Section(
            (id_,),
            clause.title.fill(language, {}),
            (*leads.get(id_, ()), render(version, clause, clause.text, language)),
        )
        for id_, clause in clauses.items()
    ]
    whose = clauses.get(f"{population}.persons", next(iter(clauses.values())))
    return Document("notice", version.id, language, whose.title.fill(language, {}), tuple(sections))


def on_consent(version: Version) -> tuple[str, ...]:
    """Return the purposes that rest on consent, by the version's matrix.

    A version without matrix asks consent for every use; its messages are asked for only if they are opt-in.
    """
    return tuple(id_ for id_, clause in version.clauses.items() if is_purpose(id_) and _asks(version, id_, clause))


def consent(version: Version, purpose: str, language: str) -> Document:
    """Return what a person is asked for one purpose: the purpose, the basis with its withdrawal, the question last.

    What does not rest on consent is refused with `NotOnConsentError`, a language with `policy.UnknownLanguageError`.
    """
    if purpose not in on_consent(version):
        message = f"Version {version.id} does not ask consent for “{purpose}”: ask for one of {on_consent(version)}."
        raise NotOnConsentError(message)
    basis = version.clauses[f"{purpose.partition('.')[0]}.basis.consent"]
    return _question("consent", version, (purpose, version.clauses[purpose]), basis, language)


def consent_to_calls(version: Version, clause_id: str, language: str) -> Document:
    """Return what a person is asked for each of their numbers: no sales call without consent, and the question last.

    It is also what must be told when a number is taken. `clause_id` is `client.phone-prospecting` or the users'; one by
    which the version does not ask is refused with `NotOnConsentError`, a language with `policy.UnknownLanguageError`.
    """
    clause = version.clauses.get(clause_id)
    basis = version.clauses.get(f"{clause_id.partition('.')[0]}.basis.consent")
    if clause is None or basis is None or not clause_id.endswith(".phone-prospecting") or clause.permission != "opt_in":
        message = f"Version {version.id} does not ask consent to sales calls by “{clause_id}”."
        raise NotOnConsentError(message)
    return _question("consent", version, (clause_id, clause), basis, language)


def acknowledgement(version: Version, language: str) -> Document:
    """Return what a user acknowledges having read, apart from any consent.

    A version in which it is no act of its own is refused with `NotOnConsentError`.
    """
    clause = version.clauses.get("user.acknowledgement")
    if clause is None:
        message = f"Version {version.id} has no acknowledgement of its own."
        raise NotOnConsentError(message)
    return _question("acknowledgement", version, ("user.acknowledgement", clause), clause, language)


def sentence_read(version: Version, language: str) -> str:
    """Return the sentence that a user ticks to say they have read the notice, or empty text where none asks.

    A version without an acknowledgement of its own says it in the sentence of its consent.
    """
    version.require_language(language)
    for id_ in ("user.acknowledgement", "user.basis.consent"):
        clause = version.clauses.get(id_)
        if clause and clause.ask:
            return render(version, clause, clause.ask, language)
    return ""


def mandatory_fields(version: Version, population: Population) -> dict[str, bool]:
    """Return each category that a form asks for, in order, and whether it is mandatory: marked by an asterisk.

    A version that lists no categories allows none.
    """
    clause = version.clauses.get(f"{population}.categories")
    return {category: category in clause.mandatory for category in clause.categories} if clause else {}


def outline(version: Version, language: str) -> list[dict[str, str]]:
    """Return every clause in order, as `{"id", "title", "text"}` in words.

    A language the version does not speak is refused with `policy.UnknownLanguageError`.
    """
    version.require_language(language)
    return [
        {
            "id": id_,
            "title": clause.title.fill(language, {}),
            "text": render(version, clause, clause.text, language),
        }
        for id_, clause in version.clauses.items()
    ]


def _asks(version: Version, purpose: str, clause: Clause) -> bool:
    population = purpose.partition(".")[0]
    if f"{population}.basis.consent" not in version.clauses:
        return False
    matrix = version.clauses.get(f"{population}.basis-matrix")
    if matrix:
        return matrix.bases.get(purpose) == "consent"
    return clause.permission == "opt_in" if clause.content else True


def _question(
    kind: Literal["consent", "acknowledgement"],
    version: Version,
    subject: tuple[str, Clause],
    asker: Clause,
    language: str,
) -> Document:
    """Return the subject's text and, if another clause asks, that clause's text; the question stands last."""
    version.require_language(language)
    id_, clause = subject
    told = [clause] if asker is clause else [clause, asker]
    paragraphs = [render(version, part, part.text, language) for part in told]
    if asker.ask:
        paragraphs.append(render(version, asker, asker.ask, language))
    title = clause.title.fill(language, {})
    return Document(kind, version.id, language, title, (Section((id_,), title, tuple(paragraphs)),))


def _leads(version: Version, language: str, controller: Controller) -> dict[str, tuple[str, ...]]:
    """Return the lead of each of the verso's sections, by the clause it stands before."""
    named = {**version_fields(version, language), **controller.fields()}
    return {
        section.clauses[0]: (section.lead.fill(language, named),)
        for section in version.notices.verso.sections
        if section.lead and section.clauses
    }


def _document(
    kind: Literal["verso", "reading"],
    version: Version,
    controller: Controller,
    language: str,
    wording_of: Callable[[Clause], Wording | None],
) -> Document:
    version.require_language(language)
    layout: Notice = getattr(version.notices, kind)
    named = {**version_fields(version, language), **controller.fields()}
    sections = []
    for section in layout.sections:
        clauses = [version.clauses[id_] for id_ in section.clauses]
        told = [(clause, wording) for clause in clauses if (wording := wording_of(clause))]
        paragraphs = [render(version, clause, wording, language, controller.fields()) for clause, wording in told]
        if section.lead:
            paragraphs.insert(0, section.lead.fill(language, named))
        sections.append(Section(section.clauses, section.title.fill(language, {}), tuple(paragraphs)))
    return Document(kind, version.id, language, layout.title.fill(language, {}), tuple(sections))
