"""SIREN, notes, and how two advisers' changes to one record meet."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import text
from gardien.customers import rules
from gardien.customers.rules import Details
from gardien.customers.rules.details import FACTS

FIELDS = tuple(Details.__dataclass_fields__)
PHONES = st.sampled_from([None, rules.parse_phone("06 39 98 12 34"), rules.parse_phone("01 99 00 12 34")])
DETAILS = st.builds(
    Details, **{name: PHONES if name in {"phone", "mobile"} else st.sampled_from("ab") for name in FIELDS}
)


def told(read: Any, typed: str) -> str:
    """Return what a rule reads, or the code of its refusal."""
    try:
        return str(read(typed))
    except text.Refused as refused:
        assert refused.msgid % refused.params
        return refused.code


@pytest.mark.parametrize("typed", ["000400408", " 000 400 408 ", "000.400.408", "０００４００４０８"])
def test_a_siren_is_read_however_it_was_spaced(typed: str) -> None:
    assert rules.parse_siren(typed) == "000400408"


@pytest.mark.parametrize("typed", ["000400407", "12", "", "00040040700012", "ABCDEFGHI", "0" * 41, "٠٠٠٤٠٠٤٠٧"])
def test_what_is_no_siren_is_refused(typed: str) -> None:
    assert told(rules.parse_siren, typed) == "shape"


@pytest.mark.parametrize(
    "typed, kept",
    [
        (" wants to be called\r\n\r\n\r\nafter six ", "wants to be called\n\nafter six"),
        ("n" * 300, "n" * 300),
        ("n" * 301, "too_long"),
        (" \n ", "empty"),
        ("\u200b", "only_invisible"),
        ("e" + "\u0301" * 9, "too_many_marks"),
    ],
)
def test_a_note_is_kept_line_by_line_or_refused(typed: str, kept: str) -> None:
    assert told(rules.parse_note, typed) == kept


def test_every_field_of_the_details_is_of_one_fact() -> None:
    assert sorted(name for fact in FACTS for name in fact) == sorted(FIELDS)


@given(DETAILS, DETAILS)
def test_one_adviser_alone_gets_what_they_typed(seen: Details, then: Details) -> None:
    assert rules.meet(seen=seen, told=then, present=seen) == (then, ())


@given(DETAILS, DETAILS)
def test_a_form_saved_as_it_was_shown_undoes_nothing(seen: Details, present: Details) -> None:
    assert rules.meet(seen=seen, told=seen, present=present) == (present, ())


@given(DETAILS, DETAILS, DETAILS)
def test_a_fact_that_one_of_two_changed_is_theirs_and_one_that_both_did_is_named(
    seen: Details, told: Details, present: Details
) -> None:
    met, conflicts = rules.meet(seen=seen, told=told, present=present)
    for fact in FACTS:
        before, mine, theirs, kept = ([getattr(each, name) for name in fact] for each in (seen, told, present, met))
        named = [name for name in fact if name in conflicts]
        assert bool(named) == (before != mine != theirs != before)
        assert kept == (mine if theirs == before else theirs)
        assert not named or named == [name for name in fact if getattr(told, name) != getattr(present, name)]


def test_half_of_two_addresses_is_no_address() -> None:
    seen = Details(last_name="Moreau", street="7 impasse des Lilas", city="Vauclair")
    moved, floor = replace(seen, street="2 rue Haute", city="Orval"), replace(seen, building="Bât. B")
    assert rules.meet(seen=seen, told=floor, present=moved) == (moved, ("building", "street", "city"))


def test_what_is_stored_is_read_again_as_the_same_details() -> None:
    told = Details(last_name="Moreau", phone=rules.parse_phone("01 99 00 12 34"), mobile=None)
    columns = rules.columns(told)
    assert (columns["phone"], columns["mobile"], columns["country"]) == ("+33199001234", "", "FR")
    assert rules.kept_phone(columns["phone"]) == told.phone
    assert rules.kept_phone("") is None
    assert rules.kept_phone("+33000000000") == rules.Phone("+33000000000", "other")
