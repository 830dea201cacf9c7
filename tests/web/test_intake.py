"""The intake form asks what the version lists, and marks with an asterisk what the version makes mandatory."""

import re
from pathlib import Path
from typing import Any

import pytest

from gardien.commitment import documents, policy
from gardien.commitment import queries as commitment
from gardien.web.repairer.forms.intake import IntakeForm
from tests.web import counter

MOBILE, CALLS = "06 39 98 12 34", "answer_client_phone_prospecting_phone"
TOLD = {"mobile": MOBILE, f"{CALLS}_mobile": "no"}
VERSIONS = policy.load_folder()
ASKED = {
    "2020-01-25": {"answer_client_use_quote", "answer_client_use_storage"},
    "2026-11-22": {f"{CALLS}_mobile", f"{CALLS}_phone"},
}
USES = {"answer_client_use_quote": "yes", "answer_client_use_storage": "no"}
PRESENT = VERSIONS.get("2026-11-22")


def changed(folder: Path, old: str, new: str) -> policy.Version:
    """Return the present version with one text changed."""
    text = (policy.VERSIONS_FOLDER / "2026-11-22.yaml").read_text()
    assert text.count(old) == 1
    file = folder / "2026-11-22.yaml"
    file.write_text(text.replace(old, new))
    return policy.load(file)


def asterisks(version: policy.Version) -> set[str]:
    """Return the fields that the form marks, questions left out."""
    form = IntakeForm(version)
    return {name for name, field in form.fields.items() if field.required} - {asked.name for asked in form.asked}


def filled(**told: str) -> IntakeForm:
    """Return the form under the present version, filled."""
    return IntakeForm(PRESENT, {"last_name": "Moreau", "kind": "person", **told})


def sentence(form: IntakeForm, field: str) -> str:
    return " ".join(str(error) for error in form.errors[field])


@pytest.mark.parametrize("version", VERSIONS.all, ids=lambda version: version.id)
def test_the_name_alone_is_mandatory_in_both_versions(version: policy.Version) -> None:
    assert asterisks(version) == {"last_name"}
    assert IntakeForm(version, {**TOLD, **USES}).errors.keys() == {"last_name"}
    assert "fax" not in IntakeForm(version).fields


@pytest.mark.parametrize(
    ("mandatory", "marked"),
    [
        ("[last_name, mobile]", {"last_name", "mobile"}),
        ("[last_name, address]", {"last_name", "street", "postcode", "city"}),
        ("[last_name, plate, email]", {"last_name", "plate", "plate_country", "email"}),
    ],
)
def test_asterisks_follow_the_file(tmp_path: Path, mandatory: str, marked: set[str]) -> None:
    version = changed(tmp_path, "mandatory: [last_name]\n", f"mandatory: {mandatory}\n")
    assert asterisks(version) == marked
    assert IntakeForm(version, {}).errors.keys() == marked


def test_a_category_that_is_not_listed_is_not_asked(tmp_path: Path) -> None:
    version = changed(
        tmp_path,
        "[last_name, first_name, address, email, phone, mobile, plate, vin]",
        "[last_name, phone, plate]",
    )
    left = {"kind", "company", "siren", "last_name", "phone", "plate", "plate_country", "make", "model", "note"}
    assert set(IntakeForm(version).fields) == left | {f"{CALLS}_phone"}


def test_each_category_that_is_asked_has_its_fields() -> None:
    for version in VERSIONS.all:
        asked = set(documents.mandatory_fields(version, "client"))
        assert set(IntakeForm.CATEGORIES.values()) == asked - {"fax", "vin"}


def test_the_page_marks_the_mandatory_field(sign_in: Any, tmp_path: Path, settings: Any) -> None:
    changed(tmp_path, "mandatory: [last_name]\n", "mandatory: [last_name, mobile]\n")
    settings.GARDIEN_VERSIONS_FOLDER = tmp_path
    client = sign_in(counter.ADVISER)
    page = client.get(client.post("/clients/nouveau/").headers["Location"]).text
    commitment._versions.cache_clear()
    marked = re.findall(r'<label class="form-label" for="id_(\w+)">[^<]* <span class="asterisk"', page)
    assert marked == ["last_name", "mobile"]


@pytest.mark.parametrize("version", VERSIONS.all, ids=lambda version: version.id)
def test_each_question_of_the_version_has_a_yes_and_a_no_and_neither_is_chosen(version: policy.Version) -> None:
    form = IntakeForm(version)
    assert {asked.name for asked in form.asked} == ASKED[version.id]
    for asked in form.asked:
        assert [value for value, _ in form.fields[asked.name].choices] == ["yes", "no"]
        assert "checked" not in str(form[asked.name])


def test_a_question_about_a_number_must_be_answered_where_the_number_was_told_and_only_there() -> None:
    form = filled(mobile=MOBILE)
    assert form.errors.keys() == {f"{CALLS}_mobile"}
    assert counter.is_french(sentence(form, f"{CALLS}_mobile"))
    assert filled(mobile=MOBILE, **{f"{CALLS}_mobile": "maybe"}).errors.keys() == {f"{CALLS}_mobile"}
    assert filled(mobile=MOBILE, **{f"{CALLS}_mobile": "no"}).errors == {}


def test_an_answer_bears_its_number_its_purpose_and_the_words_that_were_shown() -> None:
    answers = {f"{CALLS}_mobile": "yes", f"{CALLS}_phone": "no"}
    form = filled(mobile=MOBILE, phone="01 99 00 12 01", **answers)
    assert form.is_valid()
    (wording,) = {answer.wording for answer in form.answers()}
    assert [(answer.purpose, answer.address, answer.is_given) for answer in form.answers()] == [
        ("client.phone-prospecting", "+33639981234", True),
        ("client.phone-prospecting", "+33199001201", False),
    ]
    _, ((_, paragraphs),) = form.numbers()[0]
    assert all(paragraph in wording.text() for paragraph in paragraphs)


def test_an_answer_about_a_number_that_was_taken_back_is_none() -> None:
    form = filled(**{f"{CALLS}_mobile": "yes"})
    assert form.is_valid()
    assert form.answers() == []


@pytest.mark.parametrize(
    ("quote", "storage", "is_refused"), [("no", "no", True), ("yes", "no", False), ("no", "yes", False)]
)
def test_who_agrees_to_no_use_at_all_is_refused_a_record(quote: str, storage: str, is_refused: bool) -> None:
    answers = {"answer_client_use_quote": quote, "answer_client_use_storage": storage}
    form = IntakeForm(VERSIONS.get("2020-01-25"), {"last_name": "Moreau", **answers})
    assert form.is_valid()
    assert form.is_refused() is is_refused
    assert [answer.is_given for answer in form.answers()] == [quote == "yes", storage == "yes"]


def test_uses_that_rest_on_consent_must_be_answered_one_by_one() -> None:
    form = IntakeForm(VERSIONS.get("2020-01-25"), {"last_name": "Moreau", "answer_client_use_quote": "yes"})
    assert form.errors.keys() == {"answer_client_use_storage"}


def test_a_company_has_a_name_and_perhaps_a_siren_and_a_person_has_neither() -> None:
    assert filled(kind="company").errors.keys() == {"company"}
    assert filled(kind="company", company="Halles", siren="732829321").errors.keys() == {"siren"}
    company = filled(kind="company", company="Halles", siren="732 829 320")
    assert company.is_valid()
    assert (company.details().company, company.details().siren) == ("Halles", "732829320")
    changed_mind = filled(kind="person", company="Halles", siren="12")
    assert changed_mind.is_valid()
    assert (changed_mind.details().company, changed_mind.details().siren) == ("", "")


def test_a_landline_is_refused_where_text_messages_go_and_a_mobile_may_be_a_second_number() -> None:
    assert counter.is_french(sentence(filled(mobile="01 99 00 12 01"), "mobile"))
    assert filled(phone=MOBILE, **{f"{CALLS}_phone": "no"}).errors == {}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"postcode": "3500"}, "postcode"),
        ({"postcode": "SW1A 1AA"}, "postcode"),
        ({"postcode": "35000", "city": "Saint-Martin-des-Champs-sur-Rivière-X"}, "city"),
        ({"delivery": "a", "building": "b", "street": "c", "locality": "d", "city": "e", "company": "F"}, "delivery"),
    ],
)
def test_an_address_to_which_no_letter_would_come_is_refused_at_the_line_to_mend(
    told: dict[str, str], field: str
) -> None:
    form = filled(**{"kind": "company" if "company" in told else "person", **told})
    assert form.errors.keys() == {field}
    assert counter.is_french(sentence(form, field))


def test_an_address_abroad_keeps_its_postcode() -> None:
    form = filled(postcode="SW1A 1AA", city="London", country="GB", street="1 Test Street")
    assert form.is_valid()
    assert (form.details().postcode, form.details().country) == ("SW1A 1AA", "GB")


def test_the_folded_lines_of_an_address_open_where_something_is_in_them() -> None:
    assert not filled().is_unfolded()
    assert filled(building="Tour A").is_unfolded()
    assert IntakeForm(PRESENT, initial={"country": "BE"}).is_unfolded()


def test_a_remark_has_three_hundred_characters_and_lines() -> None:
    two_lines = filled(note="à rappeler\r\naprès 18 h")
    assert two_lines.is_valid()
    assert two_lines.cleaned_data["note"] == "à rappeler\naprès 18 h"
    form = filled(note="a" * 301)
    assert "300" in sentence(form, "note")
    assert filled(note="a" * 300).errors == {}


def test_every_field_is_closed_to_the_browsers_memory() -> None:
    form = IntakeForm(PRESENT)
    named = [str(form[name]) for name in form.fields if not hasattr(form.fields[name], "choices")]
    assert [tag for tag in named if 'autocomplete="off"' not in tag] == []
    assert 'inputmode="tel"' in str(form["mobile"])
    assert 'inputmode="email"' in str(form["email"])
    assert 'inputmode="numeric"' in str(form["siren"])
