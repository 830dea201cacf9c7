"""Primary keys and references."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import ids
from tests import nasty

REFERENCES = st.builds(
    lambda prefix, body: f"{prefix}-{body}", st.sampled_from("CU"), st.text(ids.ALPHABET, min_size=8, max_size=8)
)


def test_primary_keys_are_ordered_uuids_of_version_7() -> None:
    keys = [ids.new() for _ in range(1_000)]
    assert {(type(key), key.version, key.variant) for key in keys} == {(uuid.UUID, 7, uuid.RFC_4122)}
    assert sorted(set(keys)) == keys


def test_the_alphabet_has_no_letter_that_is_misread() -> None:
    assert set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set(ids.ALPHABET) == set("ILOU")
    assert len(ids.ALPHABET) == 32


def test_references_are_random_over_the_whole_alphabet() -> None:
    references = [ids.reference("C") for _ in range(1_000)]
    assert len(set(references)) == 1_000
    assert {reference[:2] for reference in references} == {"C-"}
    assert {len(reference) for reference in references} == {10}
    assert set("".join(reference[2:] for reference in references)) == set(ids.ALPHABET)


def test_a_new_reference_is_read_back() -> None:
    reference = ids.reference("U")
    assert ids.parse_reference(reference) == reference


@given(REFERENCES, st.randoms(use_true_random=False))
def test_a_reference_is_read_whatever_its_case_spacing_and_misread_letters(reference: str, random) -> None:  # noqa: ANN001
    typed = "".join(
        random.choice({"0": "0oO", "1": "1iIlL"}.get(character, character + character.lower()))
        + random.choice(["", " ", "-", "\u200b"])
        for character in reference
    )
    assert ids.parse_reference(typed) == reference


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "C",
        "C-7K3M9QX",
        "C-7K3M9QXAA",
        "D-7K3M9QXA",
        "C-7K3M9QXU",
        "С-7K3M9QXA",
        "C-7K3M9QXé",
        "C-7K3M9QX\u0131",
        "7K3M9QXA",
    ],
)
def test_what_is_no_reference_is_read_as_none(typed: str) -> None:
    assert ids.parse_reference(typed) is None


def test_of_the_nasty_strings_one_word_alone_reads_as_a_reference() -> None:
    found = {value: reference for _, value in nasty.load() if (reference := ids.parse_reference(value))}
    assert found == {"undefined": "U-NDEF1NED"}
