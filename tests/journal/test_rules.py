"""The form of journal entries: a typed tag, references, and nothing that names a person."""

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import ids
from gardien.journal import rules
from tests import nasty

PERSONAL = (
    "Moreau",
    "Élodie Moreau",
    "GH-482-KL",
    "GH482KL",
    "1234 AB 75",
    "W-123-AB",
    "elodie.moreau@courriel.example",
    "+33639981234",
    "06 39 98 12 34",
    "0199001201",
    "000100107",
    "FR76 3000 6000 0112 3456 7890 189",
    "7 impasse des Lilas",
    "",
)


@pytest.mark.parametrize("value", PERSONAL)
def test_a_value_that_could_name_a_person_is_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(rules.NotAReferenceError) as refusal:
        rules.references({"quote": value})
    assert str(refusal.value) == "quote"


def test_no_nasty_string_is_a_reference() -> None:
    def is_accepted(value: str) -> bool:
        try:
            rules.references({"quote": value})
        except rules.NotAReferenceError:
            return False
        return True

    like_ours = {"64 letters", "date that is none", "date far away", "date before all"}  # a digest, days of versions
    assert {name for name, value in nasty.load() if is_accepted(value)} <= like_ours


@given(st.text(alphabet=string.ascii_letters + "éèçÉ -'’.@0123456789", min_size=1, max_size=60))
def test_a_name_a_plate_or_a_number_of_any_kind_is_refused(value: str) -> None:
    shapes = len(value) == 64 or (len(value) == 10 and (value[0] in "CU" or value[4] == "-"))
    if not shapes:
        with pytest.raises(rules.NotAReferenceError):
            rules.references({"quote": value})


def test_a_reference_followed_by_anything_is_refused() -> None:
    for reference in (ids.reference("C"), "0" * 64, "2020-01-25"):
        for added in ("\n", " ", "x", " Moreau"):
            with pytest.raises(rules.NotAReferenceError):
                rules.references({"quote": reference + added})


def test_identifiers_references_digests_days_and_counts_are_kept_as_text() -> None:
    key, reference = ids.new(), ids.reference("C")
    values: dict[str, Any] = {
        "quote": key,
        "subject": reference,
        "pdf": "0123456789abcdef" * 4,
        "version": "2020-01-25",
        "read": 250,
    }
    found = rules.references(values)
    assert found == {**values, "quote": str(key), "read": "250"}
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("other", [1.5, None, b"Moreau", ["Moreau"], {"name": "Moreau"}])
def test_a_value_of_another_type_is_refused(other: Any) -> None:
    with pytest.raises(rules.NotAReferenceError):
        rules.references({"quote": other})


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "quotes",
        "quotes:issued",
        "quotes:quote:issued:again",
        "Quotes:quote:issued",
        "quotes:quote:",
        "quotes:quote:issued ",
        "quotes:quote:is-sued",
        "quotes:quote:issued\n",
        "devis:d\u00e9vis:émis",
    ],
)
def test_a_tag_that_is_not_room_noun_verb_is_refused(tag: str) -> None:
    with pytest.raises(rules.NotATagError):
        rules.Tag("Planted", {"PLANTED": tag})


def test_every_room_begins_its_tags_with_its_own_name_and_no_tag_is_told_twice() -> None:
    tags = [
        (each, kind.__module__.split(".")[1])
        for kind in rules.Tag.__subclasses__()
        if kind.__module__.startswith("gardien.")
        for each in kind
    ]
    assert len(tags) > 10
    assert [tag.value for tag, room in tags if tag.value.split(":")[0] != room] == []
    assert len({tag.value for tag, _ in tags}) == len(tags)
