"""The intake form asks what the version lists, and marks with an asterisk what the version makes mandatory."""

import re
from pathlib import Path
from typing import Any

import pytest

from gardien.commitment import documents, policy
from gardien.commitment import queries as commitment
from gardien.web.repairer.forms import IntakeForm

TOLD = {"mobile": "06 39 98 12 34"}
VERSIONS = policy.load_folder()


def changed(folder: Path, old: str, new: str) -> policy.Version:
    """Return the present version with one text changed."""
    text = (policy.VERSIONS_FOLDER / "2026-11-22.yaml").read_text()
    assert text.count(old) == 1
    file = folder / "2026-11-22.yaml"
    file.write_text(text.replace(old, new))
    return policy.load(file)


def asterisks(version: policy.Version) -> set[str]:
    """Return the fields that the form marks."""
    return {name for name, field in IntakeForm(version).fields.items() if field.required}


@pytest.mark.parametrize("version", VERSIONS.all, ids=lambda version: version.id)
def test_the_name_alone_is_mandatory_in_both_versions(version: policy.Version) -> None:
    assert asterisks(version) == {"last_name"}
    assert IntakeForm(version, TOLD).errors.keys() == {"last_name"}
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
        "[last_name, phone, mobile, plate]",
    )
    left = {"last_name", "mobile", "phone", "plate", "plate_country", "company", "siren", "make", "model"}
    assert set(IntakeForm(version).fields) == left


def test_each_category_that_is_asked_has_its_fields() -> None:
    for version in VERSIONS.all:
        asked = set(documents.mandatory_fields(version, "client"))
        assert set(IntakeForm.CATEGORIES.values()) == asked - {"fax", "vin"}


def test_the_page_marks_the_mandatory_field(sign_in: Any, tmp_path: Path, settings: Any) -> None:
    changed(tmp_path, "mandatory: [last_name]\n", "mandatory: [last_name, mobile]\n")
    settings.GARDIEN_VERSIONS_FOLDER = tmp_path
    client = sign_in("counter.adviser@tilleul.example")
    page = client.get(client.post("/clients/nouveau/").headers["Location"]).text
    commitment._versions.cache_clear()
    marked = re.findall(r'<label class="form-label" for="id_(\w+)">[^<]* <span class="asterisk"', page)
    assert marked == ["last_name", "mobile"]
