"""The postal address: six lines of 38 characters, nothing cut, nothing lost."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import text
from gardien.customers import rules
from gardien.customers.rules import Details, postal

HOME = Details(
    last_name="Moreau",
    first_name="Élodie",
    delivery="Étage 3, porte 12",
    building="Résidence des Lilas, bât. B",
    street="7 impasse des Lilas",
    locality="BP 12",
    postcode="99100",
    city="Vauclair-sur-Sarve",
)
LINES = (
    "Élodie Moreau",
    "Étage 3, porte 12",
    "Résidence des Lilas, bât. B",
    "7 impasse des Lilas",
    "BP 12",
    "99100 VAUCLAIR-SUR-SARVE",
)
LONG = "Marie-Christine Antoinette"
LONGER = "de La Rochefontaine-Doudeville d’Orval"


def lines(**told: Any) -> tuple[str, ...] | str:
    """Return the lines of `HOME` told otherwise, or code and field of the refusal."""
    try:
        return rules.address_lines(rules.checked(replace(HOME, **told)))
    except text.Refused as refused:
        return f"{refused.code} {refused.params.get('field')}"


def test_a_person_has_the_six_lines_from_the_particular_to_the_general() -> None:
    assert lines() == LINES


def test_lines_that_were_not_told_leave_no_gap() -> None:
    assert lines(delivery="", building="", locality="") == (LINES[0], LINES[3], LINES[5])
    assert rules.address_lines(Details(last_name="Moreau")) == ("Moreau",)
    assert rules.address_lines(Details(last_name="Moreau", country="BE")) == ("Moreau",)


def test_a_company_comes_first_and_the_person_there_second() -> None:
    assert lines(company="Transports Sarvane", delivery="")[:2] == ("Transports Sarvane", "Élodie Moreau")
    assert lines(company="Transports Sarvane") == "lines delivery"


@pytest.mark.parametrize("code, country", [("BE", "BELGIQUE"), ("GB", "ROYAUME-UNI"), ("LU", "LUXEMBOURG")])
def test_a_customer_abroad_has_the_country_on_a_seventh_line(code: str, country: str) -> None:
    assert lines(country=code, postcode="L-2134 ab") == (*LINES[:5], "L-2134 AB VAUCLAIR-SUR-SARVE", country)


def test_a_long_name_goes_on_with_its_next_word_on_another_line() -> None:
    told = {"first_name": LONG, "last_name": LONGER}
    assert (len(LONG), len(LONGER)) == (26, 38)
    assert lines(**told, delivery="")[:2] == (f"{LONG} de La", "Rochefontaine-Doudeville d’Orval")
    assert lines(**told) == "lines delivery"


@pytest.mark.parametrize(
    "told, refusal",
    [
        ({"company": "S" * 39, "delivery": ""}, "name company"),
        ({"street": "s" * 39}, "line street"),
        ({"city": "V" * 33}, "town city"),
        ({"city": "ß" * 17}, "town city"),
        ({"postcode": "9910"}, "shape None"),
        ({"postcode": "35000 CEDEX 9"}, "shape None"),
        ({"country": "ZQ"}, "country country"),
        ({"country": "001"}, "country country"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_to_change(told: dict[str, str], refusal: str) -> None:
    assert lines(**told) == refusal


@pytest.mark.parametrize("told", [{"street": "s" * 38}, {"city": "V" * 32}, {"company": "S" * 38, "delivery": ""}])
def test_what_just_fits_is_not(told: dict[str, str]) -> None:
    assert max(map(len, lines(**told))) == postal.WIDTH


def test_a_french_postcode_is_kept_in_its_five_digits_and_a_foreign_one_as_told() -> None:
    assert rules.checked(replace(HOME, postcode="99 100")).postcode == "99100"
    assert rules.checked(replace(HOME, postcode="B 99 100", country="BE")).postcode == "B 99 100"


TEXTS = st.text(st.sampled_from("abçÉ ß-’éW张😀1"), max_size=45).map(lambda typed: text.clean(typed, max_length=200))
DETAILS = st.builds(
    Details,
    **dict.fromkeys(("last_name", "first_name", "delivery", "building", "street", "locality", "city"), TEXTS),
    company=st.one_of(st.just(""), TEXTS, st.lists(TEXTS, max_size=3).map(" ".join)),
    postcode=st.sampled_from(["", "99100", "35000"]),
    country=st.sampled_from(["FR", "BE", "ZQ"]),
)


@given(DETAILS)
def test_no_line_is_too_long_and_no_character_is_ever_dropped(details: Details) -> None:
    try:
        found = rules.address_lines(details)
    except rules.AddressRefused as refused:
        assert refused.msgid % refused.params
        return
    assert max(map(len, found), default=0) <= postal.WIDTH
    assert len(found) <= postal.MOST_LINES + (details.country != "FR")
    told = [getattr(details, name) for name in ("company", "first_name", "last_name", *postal._LINES)]
    town = f"{details.postcode} {details.city}".upper()
    country = ["BELGIQUE"] if details.country == "BE" and any((*told[3:], town.strip())) else []
    assert "".join("".join(found).split()) == "".join("".join((*told, town, *country)).split())


@given(DETAILS)
def test_a_short_name_with_one_line_of_each_kind_is_never_refused(details: Details) -> None:
    short = {
        name: getattr(details, name)[:30].strip()
        for name in Details.__dataclass_fields__
        if name not in {"phone", "mobile"}
    }
    told = replace(
        details, **{**short, "company": "", "first_name": "", "country": "FR", "city": short["city"].replace("ß", "s")}
    )
    assert rules.address_lines(told) is not None
