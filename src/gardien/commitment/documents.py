"""What the commitment prints and says: the customers' notice on a quote's verso, the wording read at the counter.

Every word comes from a version file; the repairer who answers for the data is filled in.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gardien.commitment.policy import Clause, Notice, Version, Wording, render, version_fields


class UnnamedControllerError(ValueError):
    """A notice must name who answers for the data and where (GDPR, article 13(1)(a))."""


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

    kind: Literal["verso", "reading"]
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


def _document(
    kind: Literal["verso", "reading"],
    version: Version,
    controller: Controller,
    language: str,
    wording_of: Callable[[Clause], Wording | None],
) -> Document:
    version.require_language(language)
    notice: Notice = getattr(version.notices, kind)
    named = {**version_fields(version, language), **controller.fields()}
    sections = []
    for section in notice.sections:
        clauses = [version.clauses[id_] for id_ in section.clauses]
        told = [(clause, wording) for clause in clauses if (wording := wording_of(clause))]
        paragraphs = [render(version, clause, wording, language, controller.fields()) for clause, wording in told]
        if section.lead:
            paragraphs.insert(0, section.lead.fill(language, named))
        sections.append(Section(section.clauses, section.title.fill(language, {}), tuple(paragraphs)))
    return Document(kind, version.id, language, notice.title.fill(language, {}), tuple(sections))
