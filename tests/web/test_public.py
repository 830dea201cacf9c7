"""Pages for everybody: what the file says, in both languages, the same on paper; coming and former versions; refusals."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from gardien.base import clock
from gardien.commitment import policy, status
from gardien.commitment import queries as commitment
from gardien.commitment.policy import kinds
from gardien.commitment.registry import registry
from gardien.web.public import changes, sheets
from tests.conftest import as_role

ROOTS = {"fr": "/engagement/", "en": "/en/engagement/"}
PAIR = "2020-01-25/2026-11-22/"
VOID = {"meta", "link", "img", "input", "br"}
COMING = "2043-06-15"
VERSIONS = policy.load_folder()


class Printed(HTMLParser):
    """Collects the text that a page says is printed too."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts, self.open = list[str](), list[bool]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(any(name == "data-printed" for name, _ in attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if any(self.open):
            self.texts.append(data)


def bare(text: str) -> str:
    """Return the text without any kind of space."""
    return re.sub(r"\s", "", text)


def paper(content: bytes) -> str:
    """Return what a PDF says, but for the foot of each leaf: the title and the number."""
    reader = PdfReader(io.BytesIO(content))
    feet = [f"{reader.metadata.title}{number}/{len(reader.pages)}" for number in range(1, len(reader.pages) + 1)]
    leaves = [bare(leaf.extract_text()) for leaf in reader.pages]
    assert [leaf.count(bare(foot)) for leaf, foot in zip(leaves, feet, strict=True)] == [1] * len(feet)
    return "".join(leaf.replace(bare(foot), "") for leaf, foot in zip(leaves, feet, strict=True))


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Let the installation read its versions from a copy of the folder."""
    for version in VERSIONS.all:
        source = policy.VERSIONS_FOLDER / f"{version.id}.yaml"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    settings.GARDIEN_VERSIONS_FOLDER = tmp_path
    yield tmp_path
    commitment._versions.cache_clear()


def coming(folder: Path, *changed: tuple[str, str]) -> None:
    """Write a version that sleeps until 2043, with these texts changed in the present one."""
    text = (folder / "2026-11-22.yaml").read_text().replace("2026-11-22", COMING)
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{COMING}.yaml").write_text(text)


def test_paper_says_what_the_page_says(cast: Any) -> None:
    for root in ROOTS.values():
        for rest in ("2026-11-22/", "2020-01-25/", PAIR, "reparateurs/TILLEUL/"):
            page, pdf = Client().get(f"{root}{rest}"), Client().get(f"{root}{rest}pdf/")
            told = bare("".join(Printed(page.text).texts))
            assert (pdf.headers["Content-Type"], len(told) > 2_000) == ("application/pdf", True)
            assert paper(pdf.content) == told


def test_paper_is_tagged_archivable_and_in_its_language(committed: None) -> None:
    for language, root in ROOTS.items():
        first, second = (Client().get(f"{root}{PAIR}pdf/").content for _ in range(2))
        assert first == second
        catalogue = PdfReader(io.BytesIO(first)).trailer["/Root"]
        assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == (language, True)
        assert b"pdfaid:part" in catalogue["/Metadata"].get_data()
        assert b"pdfuaid:part" in catalogue["/Metadata"].get_data()


@pytest.mark.parametrize("version", VERSIONS.all, ids=lambda version: version.id)
def test_every_clause_has_its_anchor_and_its_words_in_both_languages(committed: None, version: policy.Version) -> None:
    for language, root in ROOTS.items():
        page = Client().get(f"{root}{version.id}/").text
        sheet = sheets.of_version(version, None, language)
        shown = {each.id: each for part in sheet.parts for theme in part.themes for each in theme.clauses}
        assert set(shown) | {sheet.opening.id} == set(version.clauses)
        assert [id_ for id_ in version.clauses if page.count(f'id="{id_}"') != 1] == []
        assert f'<html lang="{language}">' in page


def test_every_type_of_clause_answers_one_question() -> None:
    types = [type_ for _, _, types in sheets.THEMES for type_ in types]
    assert len(types) == len(set(types))
    assert set(types) == {name.partition(".")[0] for name in kinds.KINDS}
    assert set(sheets.UNTIL) == set(kinds.END_EVENTS)


def test_the_version_in_force_is_at_the_root_and_former_ones_say_so(committed: None) -> None:
    root, former = (Client().get(f"/engagement/{rest}").text for rest in ("", "2020-01-25/"))
    version = commitment.in_force(clock.legal_day(clock.now()))
    assert f"Version {version.id} de l’engagement" in root
    assert "plus en vigueur" not in root
    assert "Cette version n’est plus en vigueur." in former
    assert "qui s’applique du 25 janvier 2020 au 21 novembre 2026." in former


def test_a_coming_version_is_shown_as_coming_and_governs_nothing_yet(committed: None, folder: Path) -> None:
    coming(folder)
    page = Client().get("/engagement/")
    assert "Version 2026-11-22 de l’engagement" in page.text
    assert f"/engagement/2026-11-22/{COMING}/" in page.text
    asleep = Client().get(f"/engagement/{COMING}/").text
    assert "Cette version n’est pas encore en vigueur." in asleep
    assert "qui s’applique à partir du 15 juin 2043." in asleep
    assert Client().get(f"/engagement/2026-11-22/{COMING}/pdf/").status_code == 200
    assert sheets.last_date(VERSIONS.get("2020-01-25"), VERSIONS.all) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("clause", "old", "new", "french", "english"),
    [
        (
            "client.retention.quotes",
            "retention: {period: {years: 2}, start: last_activity, then: anonymised",
            "retention: {period: {months: 13}, start: last_activity, then: anonymised",
            "13 mois après votre dernière activité, puis anonymisation",
            "13 months after your last activity, then anonymised",
        ),
        (
            "client.rights.delay",
            "delay: {period: {months: 1}, start: receipt",
            "delay: {period: {days: 15}, start: receipt",
            "15 jours après la réception de votre demande",
            "15 days after the receipt of your request",
        ),
        (
            "client.rights.channels",
            "[dpo.clients@halvec.example]",
            "[dpo@lormeau.example]",
            "dpo@lormeau.example",
            "dpo@lormeau.example",
        ),
        (
            "client.rights.channels",
            "channels: [by_email, by_form, by_post, at_counter]",
            "channels: [by_form, by_post]",
            "formulaire du site ou courrier",
            "the site’s form or post",
        ),
    ],
)
def test_the_short_answers_and_the_differences_follow_the_file(
    committed: None, folder: Path, clause: str, old: str, new: str, french: str, english: str
) -> None:
    coming(folder, (old, new))
    for language, answer in {"fr": french, "en": english}.items():
        answers = [
            re.findall(r"<dd>(.*?)</dd>", Client().get(f"{ROOTS[language]}{id_}/").text)
            for id_ in ("2026-11-22", COMING)
        ]
        assert [answer in found for found in answers] == [False, True]
        changed = Client().get(f"{ROOTS[language]}2026-11-22/{COMING}/").text
        assert f'<section class="sheet change" id="{clause}">' in changed


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ("servent à établir vos devis.", "servent à préparer vos devis.", ["client.use.quote"]),
        (
            "billing: {fr: facturation, en: billing}",
            "billing: {fr: les factures, en: billing}",
            ["client.retention.derogations", "user.retention.derogations"],
        ),
    ],
)
def test_a_clause_changed_in_one_language_counts_in_both(folder: Path, old: str, new: str, moved: list[str]) -> None:
    coming(folder, (old, new))
    newer, older = policy.load(folder / f"{COMING}.yaml"), VERSIONS.get("2026-11-22")
    for language in ROOTS:
        found = [change for group in changes.between(older, newer, language).groups for change in group.changes]
        assert [change.id for change in found] == ["commitment.published", *moved]
        assert [change.note != "" for change in found[1:]] == [language == "en"] * len(moved)


def test_each_side_shows_a_clause_as_its_version_words_it() -> None:
    older, newer = VERSIONS.get("2020-01-25"), VERSIONS.get("2026-11-22")
    found = changes.between(older, newer, "fr")
    kinds_of = {change.id: change.kind for group in found.groups for change in group.changes}
    assert kinds_of["client.transfers"] == "added"
    assert kinds_of["user.retention.ads"] == "removed"
    assert kinds_of["user.rights.delay"] == "changed"
    assert set(kinds_of) >= set(older.clauses) ^ set(newer.clauses)
    fields = {
        (change.id, field.name): (field.old, field.new)
        for group in found.groups
        for change in group.changes
        for field in change.fields
    }
    assert fields["client.retention.quotes", "retention.archive"] == ("none", "intermediate")
    assert fields["user.rights.delay", "delay.start"] == ("complete_request", "receipt")


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_marks_lose_no_word_and_mark_none_that_both_have_alone(before: list[str], after: list[str]) -> None:
    old, new = " ".join(before), " ".join(after)
    left, right = changes.marked(old, new)
    assert ("".join(run.text for run in left), "".join(run.text for run in right)) == (old, new)
    if old == new:
        assert not any(run.is_marked for run in (*left, *right))
    kept = [" ".join("".join(run.text for run in side if not run.is_marked).split()) for side in (left, right)]
    assert kept[0] == kept[1] or not any(run.is_marked for run in (*left, *right))


def test_a_repairers_notice_names_that_repairer_alone(cast: Any) -> None:
    for root in ROOTS.values():
        pages = {code: Client().get(f"{root}reparateurs/{code}/").text for code in ("TILLEUL", "CANAL")}
        for code, name, other in (
            ("TILLEUL", "Garage des Tilleuls", "Canal"),
            ("CANAL", "Carrosserie du Canal", "Tilleuls"),
        ):
            assert name in pages[code]
            assert other not in pages[code]
            assert "user." not in pages[code]
        assert "12 rue des Tilleuls" in pages["TILLEUL"]
        assert "dpo.clients@halvec.example" in pages["TILLEUL"]


@pytest.mark.parametrize(
    "rest",
    [
        *("2019-01-01/", "2019-01-01/pdf/", "nothing/", "2026-11-22/2020-01-25/", "2020-01-25/2020-01-25/"),
        *("2020-01-25/2019-01-01/pdf/", "reparateurs/NOBODY/", "reparateurs/NOBODY/pdf/", "reparateurs/A%00B/"),
    ],
)
def test_what_is_not_there_is_not_found(committed: None, rest: str) -> None:
    assert [Client().get(f"{root}{rest}").status_code for root in ROOTS.values()] == [404, 404]


def test_the_page_of_clauses_counts_what_the_registry_says(committed: None) -> None:
    page = Client().get("/engagement/clauses/").text
    rows = status.counts(commitment.versions(), status.measure((), clock.now()))
    shown = re.findall(r'<th scope="row"><span class="badge-state is-(\w+)">.*?</tr>', page)[: len(status.STATUSES)]
    numbers = [
        [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', row)]
        for row in re.findall(r'<th scope="row"><span class="badge-state.*?</tr>', page)
    ]
    assert shown == list(status.STATUSES)
    assert numbers == [[row[name] for row in rows] for name in status.STATUSES]
    assert "gardien.base.walls.raise_walls" in page


def test_the_page_of_clauses_shows_nobody_a_repairers_figure(sign_in: Any, at: datetime) -> None:
    held = registry.rooms["quotes"]
    scoped = {proof.clause for proof in held.proofs if proof.is_scoped}
    assert "client.notice.verso" in scoped
    client = sign_in("counter.adviser@tilleul.example")
    pages = [each.get("/engagement/clauses/").text for each in (client, Client())]
    tables = [re.findall(r"<table.*</table>", page, re.DOTALL) for page in pages]
    assert tables[0] == tables[1]
    assert set(status.measure((), clock.now())) & scoped == set()


def test_reading_in_public_leaves_no_trace(committed: None) -> None:
    client = Client()
    for rest in ("", "2020-01-25/", PAIR, "clauses/", "2026-11-22/pdf/"):
        assert client.get(f"/engagement/{rest}").status_code == 200
    with as_role("backup") as connection:
        counted = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("django_session", "journal_entry")
        ]
    assert counted == [(0,), (0,)]
    assert "session" not in client.cookies
