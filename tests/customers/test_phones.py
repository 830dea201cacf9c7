"""Telephone numbers, e-mail addresses, postcodes."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.customers import rules
from tests import nasty

FICTION = ("019900", "026191", "035301", "046571", "053649", "063998")
NUMBERS = st.builds("".join, st.tuples(st.sampled_from(FICTION), st.from_regex(r"\A[0-9]{4}\Z")))


def read(typed: str, region: str = "FR") -> tuple[str, str, str] | str:
    """Return E.164, kind and display, or the code of the refusal."""
    try:
        phone = rules.parse_phone(typed, region)
    except rules.PhoneRefused as refusal:
        return refusal.code
    return phone.e164, phone.kind, phone.display


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("01 99 00 12 34", ("+33199001234", "fixed", "01 99 00 12 34")),
        ("0639981234", ("+33639981234", "mobile", "06 39 98 12 34")),
        ("+33 (0)6.39.98.12.34", ("+33639981234", "mobile", "06 39 98 12 34")),
        ("0033 6-39-98-12-34", ("+33639981234", "mobile", "06 39 98 12 34")),
        ("０１９９００１２３４", ("+33199001234", "fixed", "01 99 00 12 34")),
        ("09 12 34 56 78", ("+33912345678", "other", "09 12 34 56 78")),
        ("0692 12 34 56", ("+262692123456", "mobile", "0692 12 34 56")),
        ("+262 692 12 34 56", ("+262692123456", "mobile", "0692 12 34 56")),
        ("0596 30 12 34", ("+596596301234", "fixed", "0596 30 12 34")),
        ("0269 60 12 34", ("+262269601234", "fixed", "0269 60 12 34")),
        ("0800 12 34 56", ("+33800123456", "other", "0 800 12 34 56")),
        ("0590 99 12 34", ("+590590991234", "fixed", "0590 99 12 34")),
        ("+687 75 12 34", ("+687751234", "mobile", "+687 75.12.34")),
        ("+44 20 7946 0018", ("+442079460018", "fixed", "+44 20 7946 0018")),
        ("+1 202 555 0143", ("+12025550143", "other", "+1 202-555-0143")),
    ],
)
def test_a_number_is_kept_in_one_form_and_shown_as_dialled(typed: str, expected: tuple[str, str, str]) -> None:
    assert read(typed) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("  - ", "empty"),
        ("1" * 41, "too_long"),
        ("01 99 00 12 34 ext. 5", "characters"),
        ("01 99 00 1O 34", "characters"),
        ("٠١٩٩٠٠١٢٣٤", "characters"),
        ("01 99 00 12", "unknown"),
        ("01 99 00 12 34 5", "unknown"),
        ("00 00 00 00 00", "unknown"),
        ("07 12 34 56 78", "unknown"),
        ("112", "unknown"),
        ("3615", "unknown"),
        ("+999 12 34 56 78", "unknown"),
        ("()", "unknown"),
    ],
)
def test_what_is_no_number_is_refused(typed: str, code: str) -> None:
    assert read(typed) == code


def test_a_number_is_read_in_the_region_named() -> None:
    assert read("0470 12 34 56", "BE") == ("+32470123456", "mobile", "+32 470 12 34 56")
    assert read("0470 12 34 56", "XX") == "unknown"


@given(NUMBERS, st.randoms(use_true_random=False))
def test_every_number_of_fiction_is_read_whatever_its_spacing(number: str, random) -> None:  # noqa: ANN001
    typed = "".join(character + random.choice(["", " ", ".", "-", "\u202f"]) for character in number)
    e164, kind, display = read(typed)
    assert e164 == f"+33{number[1:]}"
    assert kind == ("mobile" if number.startswith("06") else "fixed")
    assert display == " ".join(re.findall("..", number))


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_display_of_a_number_of_any_region_reads_back(region: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        example = phonenumbers.example_number_for_type(region, kind)
        if example:
            e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            phone = rules.parse_phone(e164)
            assert phone.e164 == e164
            assert rules.parse_phone(phone.display) == phone


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Lea.Martin+pneus@Garage.EXAMPLE", "Lea.Martin+pneus@garage.example"),
        (" lea@garage.example\u200b", "lea@garage.example"),
        ("o'brien@garage.example", "o'brien@garage.example"),
        ("lea@société.example", "lea@xn--socit-esab.example"),
        ("lea@mıke.example", "lea@xn--mke-jua.example"),
        ("a" * 64 + "@garage.example", "a" * 64 + "@garage.example"),
        ("", "shape"),
        ("lea", "shape"),
        ("@garage.example", "shape"),
        ("lea@", "shape"),
        ("lea@a@garage.example", "local"),
        ("mıke@garage.example", "local"),
        ("lea＠garage.example", "shape"),
        ("Léa@garage.example", "local"),
        ("lea martin@garage.example", "local"),
        ("lea..martin@garage.example", "local"),
        (".lea@garage.example", "local"),
        ('"lea"@garage.example', "local"),
        ("a" * 65 + "@garage.example", "local"),
        ("Léa <lea@garage.example>", "local"),
        ("lea@garage", "domain"),
        ("lea@-garage.example", "domain"),
        ("lea@garage..example", "domain"),
        ("lea@192.0.2.1", "domain"),
        ("lea@[192.0.2.1]", "domain"),
        ("lea@straße.example", "domain"),
        ("lea@ｇarage.example", "domain"),
        ("lea@garage。example", "domain"),
        ("lea@" + "a" * 64 + ".example", "domain"),
        ("lea@" + "abcdefg." * 32 + "example", "too_long"),
        ("a" * 1_000_000, "too_long"),
        ("lea@garage.example\r\nBcc: x@y.example", "local"),
        ("lea@gar age.example", "shape"),
    ],
)
def test_an_address_is_kept_ready_to_be_written_to_or_refused(typed: str, expected: str) -> None:
    try:
        assert rules.parse_email(typed) == expected
    except rules.EmailRefused as refusal:
        assert refusal.code == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("35000", "35000"),
        (" 35 000 ", "35000"),
        ("２０１３７", "20137"),
        ("97133", "97133"),
        ("", "shape"),
        ("3500", "shape"),
        ("350000", "shape"),
        ("2A004", "shape"),
        ("00000", "shape"),
        ("٣٥٠٠٠", "shape"),
        ("3" * 1_000_000, "shape"),
    ],
)
def test_a_postcode_has_five_digits(typed: str, expected: str) -> None:
    try:
        assert rules.parse_postcode(typed) == expected
    except rules.PostcodeRefused as refusal:
        assert refusal.code == expected


def test_every_nasty_string_is_read_or_refused_with_a_sentence() -> None:
    accepted = []
    for parse in (rules.parse_phone, rules.parse_email, rules.parse_postcode):
        for name, value in nasty.load():
            try:
                parse(value)
            except (rules.PhoneRefused, rules.EmailRefused, rules.PostcodeRefused) as refusal:
                assert (refusal.msgid % refusal.params)[-1] == "."
            else:
                accepted.append(name)
    assert accepted == []
