"""What the page of a version says, and its PDF with it: the short answers, then every clause under its question.

Words are the version's; titles and the few words between them are gettext's, in the language that is active.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gardien.commitment import documents
from gardien.commitment.documents import Controller
from gardien.commitment.policy import Delay, Population, Retention, Version
from gardien.commitment.policy.fields import label
from gardien.commitment.policy.periods import day_text
from gardien.commitment.policy.wording import enumerate_words

PARTS = {"client": gettext_lazy("Customers of a repairer"), "user": gettext_lazy("Users of the site")}
THEMES = (
    ("who", gettext_lazy("Who is concerned, and who is responsible?"), ("persons", "controller", "acknowledgement")),
    (
        "what",
        gettext_lazy("Which data, and where does it come from?"),
        ("definition", "categories", "mandatory-fields", "collection", "automatic-collection", "source"),
    ),
    (
        "why",
        gettext_lazy("What is it used for, and on what basis?"),
        ("use", "messages", "phone-prospecting", "basis-matrix", "basis"),
    ),
    ("receivers", gettext_lazy("Who receives it?"), ("disclosure", "recipients", "transfers")),
    ("time", gettext_lazy("How long is it kept?"), ("retention", "archive", "evidence", "backup")),
    ("rights", gettext_lazy("What are your rights, and how do you use them?"), ("rights", "notice")),
)
"""The questions of a reader, and the types of clauses that answer them: the second word of a clause's id."""

THEN = {"anonymised": gettext_lazy("then anonymised"), "erased": gettext_lazy("then erased")}
UNTIL = {
    "end_of_services": gettext_lazy("the end of the services"),
    "erasure_asked": gettext_lazy("your request for erasure"),
    "rectification_asked": gettext_lazy("your request for rectification"),
}


@dataclass(frozen=True)
class Clause:
    """A clause in words."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """The clauses that answer one question; `id` is its anchor."""

    id: str
    title: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Part:
    """What concerns one population."""

    id: str
    title: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True)
class Row:
    """One line of the short answers; `clause` says where it comes from."""

    clause: str
    title: str
    words: str


@dataclass(frozen=True)
class Brief:
    """The short answers for one population."""

    title: str
    keeping: tuple[Row, ...]
    contacts: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole document, the same on the page and on paper."""

    language: str
    title: str
    lead: str
    words: dict[str, str]
    opening: Clause
    briefs: tuple[Brief, ...]
    parts: tuple[Part, ...]


def of_version(version: Version, last_date: date | None, language: str) -> Sheet:
    """Return the commitment of a version for everybody; `last_date` is its last day, None if no later one is known."""
    notices = {population: documents.notice(version, population, language) for population in _populations()}
    return _sheet(_("What becomes of your data"), version, last_date, language, notices, None)


def of_repairer(version: Version, last_date: date | None, language: str, controller: Controller) -> Sheet:
    """Return a repairer's notice to its customers; `last_date` as in `of_version`."""
    title = _("Your data at %(repairer)s") % {"repairer": controller.name}
    notices = {_CLIENT: documents.notice(version, _CLIENT, language, controller)}
    return _sheet(title, version, last_date, language, notices, controller)


_CLIENT: Population = "client"


def _populations() -> Iterator[Population]:
    yield from ("client", "user")


def _sheet(
    title: str,
    version: Version,
    last_date: date | None,
    language: str,
    notices: dict[Population, documents.Document],
    controller: Controller | None,
) -> Sheet:
    told = {population: _clauses(notice) for population, notice in notices.items()}
    return Sheet(
        language=language,
        title=title,
        lead=applies(version, last_date, language),
        words={"brief": _("In short"), "keeping": _("How long is it kept?"), "contacts": _("Whom do you write to?")},
        opening=next(iter(told.values()))[0],
        briefs=tuple(
            Brief(str(PARTS[each]), _keeping(version, each, language), _contacts(version, each, language, controller))
            for each in notices
        ),
        parts=tuple(Part(each, str(PARTS[each]), _themes(each, clauses)) for each, clauses in told.items()),
    )


def applies(version: Version, last_date: date | None, language: str) -> str:
    """Say from which day to which a version applies."""
    told = {"id": version.id, "day": day_text(version.effective_date, language)}
    if last_date is None:
        return _("Version %(id)s of the privacy commitment, which applies from %(day)s.") % told
    told["last"] = day_text(last_date, language)
    return _("Version %(id)s of the privacy commitment, which applies from %(day)s to %(last)s.") % told


def last_date(version: Version, versions: tuple[Version, ...]) -> date | None:
    """Return the last day of a version, the eve of the next one; None if there is none."""
    later = [each.effective_date for each in versions if each.effective_date > version.effective_date]
    return min(later) - timedelta(days=1) if later else None


def _clauses(notice: documents.Document) -> list[Clause]:
    return [Clause(section.clause_ids[0], section.title, section.paragraphs) for section in notice.sections]


def _themes(population: str, clauses: list[Clause]) -> tuple[Theme, ...]:
    """Return the clauses of a population under the questions they answer; the opening belongs to none."""
    found = []
    for id_, title, types in THEMES:
        held = [clause for clause in clauses if clause.id.startswith(f"{population}.") and _type(clause.id) in types]
        found.append(Theme(f"{population}-{id_}", str(title), tuple(sorted(held, key=lambda each: _rank(each, types)))))
    return tuple(theme for theme in found if theme.clauses)


def _type(clause_id: str) -> str:
    return clause_id.split(".")[1]


def _rank(clause: Clause, types: tuple[str, ...]) -> int:
    return types.index(_type(clause.id))


def _keeping(version: Version, population: Population, language: str) -> tuple[Row, ...]:
    timed = [(id_, clause) for id_, clause in version.population(population).items() if clause.retention]
    return tuple(
        Row(id_, clause.title.fill(language, {}), _kept(version, clause.retention, language))
        for id_, clause in timed
        if clause.retention
    )


def _kept(version: Version, retention: Retention, language: str) -> str:
    """Return "2 years after your last activity, then anonymised"."""
    words = [_length(version, retention, language)] if retention.period else [_until(retention, language)]
    if retention.adds_legal_periods:
        words.append(_("and the periods set by law"))
    if retention.then:
        words.append(str(THEN[retention.then]))
    if retention.warning:
        words.append(_("and you are warned %(time)s before") % {"time": retention.warning.text(language)})
    return ", ".join(words)


def _length(version: Version, timed: Retention | Delay, language: str) -> str:
    assert timed.period and timed.start  # noqa: S101, PT018 -- a period has a start, by the shape of a version
    told = {"period": timed.period.text(language), "event": label(version, timed.start, language)}
    return _("%(period)s after %(event)s") % told


def _until(retention: Retention, language: str) -> str:
    return _("until %(events)s") % {
        "events": enumerate_words([str(UNTIL[event]) for event in retention.until], language, "or")
    }


def _contacts(
    version: Version, population: Population, language: str, controller: Controller | None
) -> tuple[Row, ...]:
    """Return to whom a person writes, by which channels, when they get an answer, and where they complain."""
    clauses, parties = version.population(population), version.parties
    rights = f"{population}.rights"
    channels = f"{rights}.channels" if f"{rights}.channels" in clauses else rights
    desk = parties.customers_dpo if population == _CLIENT else parties.users_dpo
    rows = [Row(channels, _("Data protection officer"), enumerate_words(desk.mailboxes, language, "or"))]
    if controller:
        rows.insert(0, Row(f"{population}.controller", _("Your repairer"), controller.fields()["controller.details"]))
    if listed := clauses[channels].channels:
        words = [label(version, id_, language) for id_ in listed]
        rows.append(Row(channels, _("Channels"), enumerate_words(words, language, "or")))
    if delay := clauses[f"{rights}.delay"].delay:
        rows.append(Row(f"{rights}.delay", _("Answer at the latest"), _length(version, delay, language)))
    if parties.authority and f"{rights}.complaint" in clauses:
        authority = parties.authority
        words = [authority.name, authority.address, authority.website]
        rows.append(Row(f"{rights}.complaint", _("Complaint"), ", ".join(words)))
    return tuple(rows)
