"""What is printed, said and asked follows the version: whole, in both languages, for the repairer who answers."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gardien.commitment import documents, policy
from gardien.quotes import _sheet as sheet
from tests.commitment import lint_mutations as made
from tests.commitment.lint_mutations import changed, drop, muted
from tests.quotes.test_sheet import AT, QUOTE, font_sizes, pages

GARAGE = documents.Controller(
    name="Garage Lormeau",
    legal_form="SARL",
    address_lines=("14 rue des Clés", "00300 Saint-Exemple"),
    email="accueil@lormeau.example",
    phone="01 99 00 12 34",
)
VERSIONS = policy.load_folder().all


@pytest.fixture(params=VERSIONS, ids=lambda version: version.id)
def version(request: pytest.FixtureRequest) -> policy.Version:
    found: policy.Version = request.param
    return found


def test_the_verso_names_the_version_and_its_day(version: policy.Version) -> None:
    french, english = (documents.verso(version, GARAGE, language).text() for language in ("fr", "en"))
    day_french, day_english = {
        "2020-01-25": ("25 janvier 2020", "25 January 2020"),
        "2026-11-22": ("22 novembre 2026", "22 November 2026"),
    }[version.id]
    assert f"version {version.id}" in french
    assert f"en vigueur depuis le {day_french}" in french
    assert f"version {version.id}" in english
    assert f"in force since {day_english}" in english


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
def test_the_verso_fits_one_page_of_the_quote(version: policy.Version, language: str) -> None:
    longest = replace(GARAGE, name="Lormeau et Fils " * 8, address_lines=("14 rue des Clés " * 6,) * 3)
    verso = documents.verso(version, longest, language)
    parts = tuple(sheet.Section(section.title, section.paragraphs) for section in verso.sections)
    printed = replace(QUOTE, language=language, notice=sheet.Notice(verso.title, parts, version.id, verso.sha256))
    found = pages(sheet.render(printed, AT))
    assert len(found) == 2
    assert min(font_sizes(found[-1])) == 8.0
    words = re.sub(r"\W", "", found[-1].extract_text())
    assert [text for part in parts for text in part.paragraphs if re.sub(r"\W", "", text) not in words] == []


@pytest.mark.parametrize("language", policy.LANGUAGES)
def test_the_reading_takes_half_a_minute(version: policy.Version, language: str) -> None:
    sections = documents.reading(version, GARAGE, language).sections
    words = " ".join(paragraph for section in sections for paragraph in section.paragraphs).split()
    assert 20 <= len(words) / 150 * 60 <= 40  # 150 words a minute is an unhurried voice


def test_a_document_is_the_same_each_time_and_its_hash_is_that_of_its_words(version: policy.Version) -> None:
    again = policy.load(policy.VERSIONS_FOLDER / f"{version.id}.yaml")
    for write in (documents.verso, documents.reading):
        first, second = write(version, GARAGE, "fr"), write(again, GARAGE, "fr")
        assert first == second
        assert first.sha256 == hashlib.sha256(first.text().encode()).hexdigest()
        assert (first.version_id, first.language) == (version.id, "fr")


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


@pytest.mark.parametrize("population", policy.POPULATIONS)
def test_a_notice_holds_each_clause_of_its_population_once(
    version: policy.Version, population: policy.Population
) -> None:
    for language in policy.LANGUAGES:
        notice = documents.notice(version, population, language)
        held = [id_ for section in notice.sections for id_ in section.clause_ids]
        assert held == ["commitment.published", *version.population(population)]
        assert "{" not in notice.text()


def test_a_repairers_notice_is_the_customers_notice_and_names_the_repairer(version: policy.Version) -> None:
    for language in policy.LANGUAGES:
        public = documents.notice(version, "client", language).text().splitlines()
        own = documents.notice(version, "client", language, GARAGE).text().splitlines()
        assert [line for line in public if line not in own] == []
        assert len([line for line in own if GARAGE.fields()["controller.details"] in line]) == 1


def test_what_rests_on_consent_is_asked_purpose_by_purpose(version: policy.Version) -> None:
    asked = documents.on_consent(version)
    assert (
        asked
        == {
            "2020-01-25": (
                "client.use.quote",
                "client.use.storage",
                "user.use.accounts",
                "user.use.product",
                "user.use.reporting",
                "user.use.audience",
            ),
            "2026-11-22": ("user.messages.phone",),
        }[version.id]
    )
    for purpose in asked:
        for language in policy.LANGUAGES:
            basis = version.clauses[f"{purpose.partition('.')[0]}.basis.consent"]
            paragraphs = documents.consent(version, purpose, language).sections[0].paragraphs
            told = [clause["text"] for clause in documents.outline(version, language) if clause["id"] == purpose]
            assert paragraphs[0] == told[0]
            assert basis.ask is not None
            assert paragraphs[-1] == basis.ask.fill(language, {})


def test_what_does_not_rest_on_consent_is_not_asked(version: policy.Version) -> None:
    for id_ in {*version.clauses, "client.use.unknown"} - set(documents.on_consent(version)):
        with pytest.raises(documents.NotOnConsentError):
            documents.consent(version, id_, "fr")


def test_an_acknowledgement_is_an_act_of_its_own_since_the_second_version() -> None:
    first, second = VERSIONS
    with pytest.raises(documents.NotOnConsentError):
        documents.acknowledgement(first, "fr")
    asked = documents.acknowledgement(second, "fr").sections[0].paragraphs
    assert asked[-1] == "J’ai lu l’engagement de confidentialité."


def test_a_form_marks_what_the_version_makes_mandatory(version: policy.Version) -> None:
    users = documents.mandatory_fields(version, "user")
    assert [category for category, is_mandatory in users.items() if is_mandatory] == [
        "last_name",
        "first_name",
        "email",
    ]
    customers = documents.mandatory_fields(version, "client")
    assert tuple(customers) == version.clauses["client.categories"].categories
    assert [category for category, is_mandatory in customers.items() if is_mandatory] == ["last_name"]


def test_a_version_without_a_clause_has_its_documents_without_it(version: policy.Version, tmp_path: Path) -> None:
    for name in ("persons", "categories", "controller"):
        gone = drop(*(f"{population}.{name}" for population in policy.POPULATIONS))
        without = policy.load(made.write(changed(muted(version.id), gone), tmp_path))
        for population in policy.POPULATIONS:
            sections = documents.notice(without, population, "fr").sections
            assert [section.clause_ids for section in sections] == [
                (other,) for other in without.clauses if other.partition(".")[0] in {"commitment", population}
            ]
            is_asked = f"{population}.categories" in without.clauses
            assert bool(documents.mandatory_fields(without, population)) == is_asked
