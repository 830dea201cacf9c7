"""The verso and the reading follow the version file: each field moved in turn moves them."""

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader
from ruamel.yaml import YAML

from gardien.commitment import documents, policy

FIRST = policy.VERSIONS_FOLDER / "2020-01-25.yaml"
PLAIN = YAML(typ="safe", pure=True).load(FIRST.read_text(encoding="utf-8"))
GARAGE = documents.Controller(
    name="Garage Lormeau",
    legal_form="SARL",
    address_lines=("14 rue des Clés", "00300 Saint-Exemple"),
    email="accueil@lormeau.example",
    phone="01 99 00 12 34",
)
TEMPLATE = """#let notice = json("notice.json")
#set page("a4", margin: 18mm)
#set text(size: 8pt)
= #notice.title
#for section in notice.sections [
  == #section.title
  #for paragraph in section.paragraphs [#par(paragraph)]
]
"""
Place = tuple[str | int, ...]


def movable(data: object, place: Place = ()) -> Iterator[Place]:
    """Yield the place of every period and of every line of every party, wherever they stand."""
    if isinstance(data, dict) and data and set(data) <= {"years", "months", "days"}:
        yield place
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from movable(value, (*place, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from movable(item, (*place, index))
    elif place[0] == "parties":
        yield place


def speaks_to_users_only(place: Place) -> bool:
    """Tell the fields a customer's notice does not carry: users' clauses, their controller, their officer."""
    return place[:2] in {("parties", "network"), ("parties", "users_dpo")} or str(place[1]).startswith("user.")


def moved(place: Place) -> tuple[dict[str, object], str, str]:
    """Return the data with the field at a place changed, and the new value's words in French and English."""
    data = copy.deepcopy(PLAIN)
    holder = data
    for step in place[:-1]:
        holder = holder[step]
    if isinstance(holder[place[-1]], dict):
        holder[place[-1]] = {"months": 47}
        return data, "47 mois", "47 months"
    new = f"autre.{holder[place[-1]]}"
    holder[place[-1]] = new
    return data, new, new


PLACES = list(movable(PLAIN))
CUSTOMERS = [place for place in PLACES if not speaks_to_users_only(place)]
USERS = [place for place in PLACES if speaks_to_users_only(place)]


@pytest.fixture(scope="module")
def version() -> policy.Version:
    return policy.load(FIRST)


def load(data: dict[str, object], folder: Path) -> policy.Version:
    path = folder / FIRST.name
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(data, file)
    return policy.load(path)


def outline_text(version: policy.Version, language: str) -> str:
    return "\n".join(clause["text"] for clause in documents.outline(version, language))


def test_the_fields_to_move_are_all_found() -> None:
    assert [place for place in CUSTOMERS if place[0] == "clauses"] == [
        ("clauses", "client.rights.delay", "delay", "period"),
        ("clauses", "client.retention.quotes", "retention", "period"),
        ("clauses", "client.retention.messages", "retention", "period"),
        ("clauses", "client.retention.processors", "retention", "period"),
    ]
    assert {place[:2] for place in PLACES if place[0] == "parties"} == {("parties", key) for key in PLAIN["parties"]}
    assert len(USERS) == 3 + 2 + 3  # the network, two mailboxes, three periods


@pytest.mark.parametrize("place", CUSTOMERS, ids=lambda place: "-".join(map(str, place)))
def test_the_verso_follows_each_field_that_speaks_to_customers(
    place: Place, version: policy.Version, tmp_path: Path
) -> None:
    data, *news = moved(place)
    other = load(data, tmp_path)
    for language, new in zip(("fr", "en"), news, strict=True):
        before = documents.verso(version, GARAGE, language)
        after = documents.verso(other, GARAGE, language)
        assert new not in before.text()
        assert new in after.text()
        assert after.sha256 != before.sha256


@pytest.mark.parametrize("place", USERS, ids=lambda place: "-".join(map(str, place)))
def test_the_verso_ignores_each_field_that_speaks_to_users(
    place: Place, version: policy.Version, tmp_path: Path
) -> None:
    data, *news = moved(place)
    other = load(data, tmp_path)
    for language, new in zip(("fr", "en"), news, strict=True):
        assert documents.verso(other, GARAGE, language) == documents.verso(version, GARAGE, language)
        assert new not in outline_text(version, language)
        assert new in outline_text(other, language)


def test_the_verso_names_the_version_and_its_day(version: policy.Version) -> None:
    french, english = (documents.verso(version, GARAGE, language).text() for language in ("fr", "en"))
    assert "version 2020-01-25" in french
    assert "en vigueur depuis le 25 janvier 2020" in french
    assert "version 2020-01-25" in english
    assert "in force since 25 January 2020" in english


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Pneus du Levant"},
        {"legal_form": "EURL"},
        {"address_lines": ("2 impasse du Cric", "00300 Saint-Exemple")},
        {"email": "bonjour@levant.example"},
        {"phone": "02 61 91 55 66"},
    ],
)
def test_the_verso_names_the_repairer(version: policy.Version, change: dict[str, str | tuple[str, ...]]) -> None:
    (new,) = change.values()
    for language in ("fr", "en"):
        before = documents.verso(version, GARAGE, language)
        after = documents.verso(version, replace(GARAGE, **change), language)  # type: ignore[arg-type]
        assert (new[0] if isinstance(new, tuple) else new) in after.text()
        assert after.sha256 != before.sha256


def test_the_verso_carries_every_clause_that_speaks_to_customers_once(version: policy.Version) -> None:
    carried = [id_ for section in documents.verso(version, GARAGE, "fr").sections for id_ in section.clause_ids]
    assert sorted(carried) == sorted(id_ for id_ in version.clauses if id_.startswith("client."))


@pytest.mark.parametrize("language", policy.LANGUAGES)
def test_the_verso_fits_one_page_at_eight_points(version: policy.Version, language: str, tmp_path: Path) -> None:
    longest = replace(GARAGE, name="Lormeau et Fils " * 8, address_lines=("14 rue des Clés " * 6,) * 3)
    notice = documents.verso(version, longest, language)
    sections = [{"title": section.title, "paragraphs": section.paragraphs} for section in notice.sections]
    (tmp_path / "notice.json").write_text(json.dumps({"title": notice.title, "sections": sections}))
    (tmp_path / "notice.typ").write_text(TEMPLATE)
    typst.compile(tmp_path / "notice.typ", output=tmp_path / "notice.pdf", ignore_system_fonts=True)
    assert len(PdfReader(tmp_path / "notice.pdf").pages) == 1


@pytest.mark.parametrize("language", policy.LANGUAGES)
def test_the_reading_takes_half_a_minute(version: policy.Version, language: str) -> None:
    sections = documents.reading(version, GARAGE, language).sections
    words = " ".join(paragraph for section in sections for paragraph in section.paragraphs).split()
    assert 20 <= len(words) / 150 * 60 <= 40  # 150 words a minute is an unhurried voice


@pytest.mark.parametrize("language", policy.LANGUAGES)
def test_the_reading_says_who_and_how_long(version: policy.Version, language: str, tmp_path: Path) -> None:
    data, *news = moved(("clauses", "client.retention.quotes", "retention", "period"))
    text = documents.reading(load(data, tmp_path), GARAGE, language).text()
    assert GARAGE.name in text
    assert news[policy.LANGUAGES.index(language)] in text
    assert text != documents.reading(version, GARAGE, language).text()


def test_a_document_is_the_same_each_time_and_its_hash_is_that_of_its_words() -> None:
    for write in (documents.verso, documents.reading):
        first, second = (write(policy.load(FIRST), GARAGE, "fr") for _ in range(2))
        assert first == second
        assert first.sha256 == hashlib.sha256(first.text().encode()).hexdigest()
        assert (first.version_id, first.language) == ("2020-01-25", "fr")


def test_a_repairer_named_like_a_field_is_printed_as_written(version: policy.Version) -> None:
    odd = replace(GARAGE, name="Garage {provider.name} {0} 张伟")
    for write in (documents.verso, documents.reading):
        assert odd.name in write(version, odd, "fr").text()


def test_a_language_nobody_wrote_is_refused(version: policy.Version) -> None:
    for language in ("de", "", "FR"):
        with pytest.raises(policy.UnknownLanguageError):
            documents.verso(version, GARAGE, language)
        with pytest.raises(policy.UnknownLanguageError):
            documents.reading(version, GARAGE, language)
        with pytest.raises(policy.UnknownLanguageError):
            documents.outline(version, language)


@pytest.mark.parametrize("change", [{"name": " "}, {"address_lines": ()}, {"address_lines": ("", " ")}])
def test_a_repairer_without_name_or_address_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(documents.UnnamedControllerError):
        replace(GARAGE, **change)  # type: ignore[arg-type]


def test_what_a_repairer_did_not_give_leaves_no_gap() -> None:
    bare = replace(GARAGE, legal_form="", email="", phone="")
    assert bare.fields()["controller.details"] == "Garage Lormeau, 14 rue des Clés, 00300 Saint-Exemple"
    assert set(bare.fields()) == policy.CONTROLLER_FIELDS


def test_the_outline_gives_every_clause_in_words(version: policy.Version) -> None:
    for language in policy.LANGUAGES:
        outline = documents.outline(version, language)
        assert [clause["id"] for clause in outline] == list(version.clauses)
        assert [clause["id"] for clause in outline if "{" in clause["title"] + clause["text"]] == []
    assert documents.outline(version, "en")[0]["title"] == "A public commitment"
