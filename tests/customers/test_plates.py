"""Number plates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.customers import rules
from tests import nasty

CASES = st.randoms(use_true_random=False)
FRENCH = st.one_of(
    st.from_regex(r"\A[A-Z]{2}[0-9]{3}[A-Z]{2}\Z"),
    st.from_regex(r"\AW{1,2}[0-9]{3}[A-HJ-NP-TV-Z]{2}\Z"),
    st.from_regex(r"\A[1-9][0-9]{0,3}[A-Z]{1,3}(75|2A|971|01)\Z"),
    st.from_regex(r"\A[A-Z]{1,2}[0-9]{2,3}[A-Z]\Z"),
)


def read(typed: str, country: str = "FR") -> tuple[str, str, str] | str:
    """Return canonical form, display and kind, or the code of the refusal."""
    try:
        plate = rules.parse_plate(typed, country)
    except rules.PlateRefused as refusal:
        return refusal.code
    return plate.canonical, plate.display, plate.kind


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("AA-123-BB", ("AA123BB", "AA-123-BB", "siv")),
        (" aa 123.bb ", ("AA123BB", "AA-123-BB", "siv")),
        ("ＡＡ－１２３－ＢＢ", ("AA123BB", "AA-123-BB", "siv")),
        ("aa\u2011123\u2013bb\u200b", ("AA123BB", "AA-123-BB", "siv")),
        ("AA-001-WW", ("AA001WW", "AA-001-WW", "siv")),
        ("AW-999-ZZ", ("AW999ZZ", "AW-999-ZZ", "siv")),
        ("WW-123-AA", ("WW123AA", "WW-123-AA", "ww")),
        ("W-123-AA", ("W123AA", "W-123-AA", "w")),
        ("1 A 01", ("1A01", "1 A 01", "fni")),
        ("1234 ab 75", ("1234AB75", "1234 AB 75", "fni")),
        ("12 ABC 2A", ("12ABC2A", "12 ABC 2A", "fni")),
        ("123 AB 20", ("123AB20", "123 AB 20", "fni")),
        ("123 AB 974", ("123AB974", "123 AB 974", "fni")),
        ("AB 12 C", ("AB12C", "AB 12 C", "moped")),
    ],
)
def test_each_french_series_is_recognised(typed: str, expected: tuple[str, str, str]) -> None:
    assert read(typed) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" -. ", "empty"),
        ("A" * 11, "too_long"),
        ("A" * 1_000_000, "too_long"),
        ("АВ-123-СЕ", "letters"),
        ("AA-1٣3-BB", "letters"),
        ("ÀA-123-BB", "letters"),
        ("AA-000-BB", "zero"),
        ("WW-000-AA", "zero"),
        ("SS-123-AA", "never_issued"),
        ("AA-123-SS", "never_issued"),
        ("AU-123-AA", "never_issued"),
        ("AI-123-AA", "never_issued"),
        ("123 AB 96", "unknown"),
        ("123 AB 00", "unknown"),
        ("0123 AB 75", "unknown"),
        ("AA-12-BB", "unknown"),
        ("AA*123*BB", "unknown"),
        ("AA-123-BB 75", "unknown"),
    ],
)
def test_what_is_no_french_plate_is_refused(typed: str, code: str) -> None:
    assert read(typed) == code


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("AA-1O3-BB", "AA-103-BB"),
        ("aa-iO3-bb", "AA-103-BB"),
        ("1O AB 7S", None),
        ("IOAB75", None),
        ("2O3 AB 75", "203 AB 75"),
    ],
)
def test_a_letter_taken_for_a_digit_is_suggested(typed: str, suggestion: str | None) -> None:
    with pytest.raises(rules.PlateRefused) as refusal:
        rules.parse_plate(typed)
    assert refusal.value.params.get("suggestion") == suggestion
    assert str(refusal.value) in {"confused", "unknown"}


def test_a_suggestion_is_a_sentence_and_stays_out_of_the_exception_text() -> None:
    with pytest.raises(rules.PlateRefused) as refusal:
        rules.parse_plate("AA-1O3-BB")
    sentence = "Did you mean AA-103-BB? Check letter O and zero, letter I and one."
    assert refusal.value.msgid % refusal.value.params == sentence
    assert repr(refusal.value) == "PlateRefused('confused')"


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        (" mü-ab  123 ", "DE", ("MUAB123", "MÜ-AB 123", "foreign")),
        ("1-ABC-234", "BE", ("1ABC234", "1-ABC-234", "foreign")),
        ("AA 123 BB", "IT", ("AA123BB", "AA 123 BB", "foreign")),
        ("АВ 123", "BG", "letters"),
        ("<b>1</b>", "BE", "letters"),
        ("A" * 13, "BE", "too_long"),
        ("A - B - C - D - E - F", "BE", "too_long"),
        ("\u200b", "BE", "empty"),
        ("AA-123-BB", "fr", "country"),
        ("AA-123-BB", "", "country"),
    ],
)
def test_a_foreign_plate_is_free_text_in_latin_letters(
    typed: str, country: str, expected: tuple[str, str, str] | str
) -> None:
    assert read(typed, country) == expected


@given(FRENCH, CASES)
def test_case_and_spacing_do_not_matter_and_the_display_reads_back(plain: str, random) -> None:  # noqa: ANN001
    typed = "".join(
        random.choice([character, character.lower()]) + random.choice(["", " ", "-", ".", "\u00a0"])
        for character in plain
    )
    assert read(typed) == read(plain)
    if isinstance(read(plain), tuple):
        plate = rules.parse_plate(plain)
        assert rules.parse_plate(plate.display, plate.country) == plate
        assert plate.canonical == plain
        assert plate.kind == "fni" or set(plate.canonical) & set("IOU") == set()


@given(st.text(st.sampled_from("AZÜéßŁ019 -.·ＡŉİЖ"), max_size=20))
def test_a_foreign_display_reads_back(typed: str) -> None:
    if isinstance(read(typed, "DE"), tuple):
        plate = rules.parse_plate(typed, "DE")
        assert rules.parse_plate(plate.display, "DE") == plate
        assert plate.canonical.isascii()
        assert plate.canonical.isalnum()
        assert len(plate.canonical) <= 12
        assert len(plate.display) <= 20


@pytest.mark.parametrize("country", ["FR", "DE"])
def test_no_nasty_string_is_answered_by_anything_but_a_plate_or_a_refusal(country: str) -> None:
    answers = {name: read(value, country) for name, value in nasty.load()}
    assert [name for name, value in answers.items() if not value] == []
    assert answers["SQL quote and comment"] in {"letters", "unknown"}
