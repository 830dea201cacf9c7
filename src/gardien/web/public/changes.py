"""What changed between two versions, clause by clause, for people who compare the old words with the new."""

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gardien.commitment import differences, documents
from gardien.commitment.policy import LANGUAGES, Version, Wording
from gardien.commitment.policy.periods import day_text

from .sheets import PARTS

ALIKE = 0.4
"""Texts less alike than this (`difflib` ratio of their words) are shown whole: marks would only scatter."""

KINDS = {"changed": gettext_lazy("changed"), "added": gettext_lazy("added"), "removed": gettext_lazy("removed")}
Kind = Literal["changed", "added", "removed"]
ABSENT = "–"


@dataclass(frozen=True)
class Run:
    """Words that follow each other; marked if the other version has not got them."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Field:
    """A field of a clause before and after, as the file of each version has it; `ABSENT` where it has none."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """A clause before and after, as runs; no run where the version has no such clause."""

    id: str
    title: str
    kind: Kind
    kind_name: str
    old: tuple[Run, ...]
    new: tuple[Run, ...]
    note: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Group:
    """The changes for one population; `id` is their anchor."""

    id: str
    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Comparison:
    """The whole document, the same on the page and on paper."""

    language: str
    title: str
    lead: str
    old_name: str
    new_name: str
    absent: str
    in_file: str
    groups: tuple[Group, ...]


def between(older: Version, newer: Version, language: str) -> Comparison:
    """Return what the newer version changed, added and removed, in the order of its clauses, removed ones last.

    A clause counts as changed if its words changed in any language, so that every language tells the same number.
    """
    before, after, fields = _told(older, language), _told(newer, language), _fields(older, newer, language)
    moved = _moved(older, newer)
    clauses = {**after, **before}
    changes = [_change(id_, before.get(id_), after.get(id_), fields.get(id_, ())) for id_ in clauses if id_ in moved]
    populations = {"commitment": _("The commitment"), **PARTS}
    groups = [
        Group(id_, str(title), tuple(change for change in changes if change.id.startswith(f"{id_}.")))
        for id_, title in populations.items()
    ]
    days = {"old": day_text(older.effective_date, language), "new": day_text(newer.effective_date, language)}
    return Comparison(
        language=language,
        title=_("What changed between %(old)s and %(new)s") % {"old": older.id, "new": newer.id},
        lead=_counted(changes, len(clauses)),
        old_name=_("Version of %(day)s") % {"day": days["old"]},
        new_name=_("Version of %(day)s") % {"day": days["new"]},
        absent=_("This clause is not in this version."),
        in_file=_("In the file of the version"),
        groups=tuple(group for group in groups if group.changes),
    )


def _told(version: Version, language: str) -> dict[str, tuple[str, str]]:
    return {clause["id"]: (clause["title"], clause["text"]) for clause in documents.outline(version, language)}


def _moved(older: Version, newer: Version) -> set[str]:
    """Return the clauses whose words differ in some language, that differ in a field, or that only one version has."""
    found = {change.clause for change in differences.diff(older, newer) if change.clause}
    for language in LANGUAGES:
        before, after = _told(older, language), _told(newer, language)
        found |= {id_ for id_ in {**before, **after} if before.get(id_) != after.get(id_)}
    return found


def _fields(older: Version, newer: Version, language: str) -> dict[str, tuple[Field, ...]]:
    """Return the fields that differ, by clause: not the words shown above, and no words of another language."""
    others = tuple(f".{other}" for other in LANGUAGES if other != language)
    found: dict[str, tuple[Field, ...]] = {}
    for change in differences.diff(older, newer):
        name = change.field or ""
        if change.clause and name and not name.startswith(("title.", "text.")) and not name.endswith(others):
            field = Field(name, _plain(change.old, language), _plain(change.new, language))
            found[change.clause] = (*found.get(change.clause, ()), field)
    return found


def _plain(value: object, language: str) -> str:
    """Return a field's value on one line: words of the language, lists with commas, anything else as JSON."""
    told = differences.plain(value)
    if isinstance(value, Wording):
        told = told[language]
    if told is None or isinstance(told, str):
        return told or ABSENT
    if isinstance(told, list) and all(isinstance(each, str) for each in told):
        return ", ".join(told)
    return json.dumps(told, ensure_ascii=False)


def _counted(changes: list[Change], total: int) -> str:
    counts = {kind: sum(change.kind == kind for change in changes) for kind in KINDS}
    return ", ".join(
        (
            ngettext("%(n)s clause changed", "%(n)s clauses changed", counts["changed"]) % {"n": counts["changed"]},
            ngettext("%(n)s added", "%(n)s added", counts["added"]) % {"n": counts["added"]},
            ngettext("%(n)s removed", "%(n)s removed", counts["removed"]) % {"n": counts["removed"]},
            ngettext("%(n)s unchanged.", "%(n)s unchanged.", total - len(changes)) % {"n": total - len(changes)},
        )
    )


def _change(id_: str, old: tuple[str, str] | None, new: tuple[str, str] | None, fields: tuple[Field, ...]) -> Change:
    kind: Kind = "changed" if old and new else "added" if new else "removed"
    title = (new or old or ("", ""))[0]
    texts = _text(old, title), _text(new, title)
    note = "" if old != new or fields else _("Only its words in another language changed.")
    before, after = marked(*texts) if kind == "changed" else (_whole(texts[0]), _whole(texts[1]))
    return Change(id_, title, kind, str(KINDS[kind]), before, after, note, fields)


def _whole(text: str) -> tuple[Run, ...]:
    return (Run(text, is_marked=False),) if text else ()


def _text(told: tuple[str, str] | None, title: str) -> str:
    """Return the clause's words, after its title where the other version's stands above."""
    if told is None:
        return ""
    return told[1] if told[0] == title else f"{told[0]}. {told[1]}"


def marked(old: str, new: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return both texts as runs, in which each word that the other has not got at its place is marked."""
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(None, [word.strip() for word in before], [word.strip() for word in after], autojunk=False)
    if matcher.ratio() < ALIKE:
        return (Run(old, is_marked=False),), (Run(new, is_marked=False),)
    left, right = list[Run](), list[Run]()
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        _append(left, "".join(before[start:end]), is_marked=tag != "equal")
        _append(right, "".join(after[new_start:new_end]), is_marked=tag != "equal")
    return tuple(left), tuple(right)


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def _append(runs: list[Run], text: str, *, is_marked: bool) -> None:
    """Add words to the runs, the blanks after them apart, so that a mark ends with its last word."""
    if not text:
        return
    words = text.rstrip()
    runs.append(Run(words, is_marked))
    if blanks := text[len(words) :]:
        runs.append(Run(blanks, is_marked=False))
