"""How addresses are spelt before they are digested, and what a withdrawal takes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.consent.rules import About, Channel, NotAnAddressError, normalised, to_take_back
from gardien.customers.rules import parse_email, parse_phone

ABOUTS = [About("p", channel, digest) for channel, digest in (("", ""), ("phone", ""), ("phone", "a"), ("phone", "b"))]
WIDER = {0: {0}, 1: {0, 1}, 2: {0, 1, 2}, 3: {0, 1, 3}}
"""By the number of a point, the points whose answers are about it."""

answers = st.lists(st.tuples(st.sampled_from(ABOUTS), st.booleans()), max_size=12)


@pytest.mark.parametrize(
    "typed", ["06 39 98 12 34", "+33 6 39 98 12 34", "0033639981234", "06.39-98 12　34", "０６39981234"]
)
def test_a_number_has_one_spelling_once_it_was_parsed(typed: str) -> None:
    assert normalised(Channel.PHONE, parse_phone(typed).e164) == normalised("sms", "+33639981234") == "+33639981234"


@pytest.mark.parametrize("typed", ["zoe.lhote@courriel.example", " Zoe.LHOTE@Courriel.EXAMPLE "])
def test_an_email_address_has_one_spelling_whatever_its_case(typed: str) -> None:
    assert normalised(Channel.EMAIL, parse_email(typed)) == "zoe.lhote@courriel.example"


def test_a_postal_address_has_one_spelling_whatever_case_accents_and_punctuation() -> None:
    one, other = "7, impasse des Lilas\n99100 VAUCLAIR", "7 IMPASSE DES LILÀS 99100 Vauclair"
    assert normalised(Channel.POST, one) == normalised(Channel.POST, other) == "7 impasse des lilas 99100 vauclair"
    assert normalised(Channel.POST, "8 impasse des Lilas") != normalised(Channel.POST, "7 impasse des Lilas")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        *(
            ("phone", typed)
            for typed in ("", "0639981234", "+0639981234", "+33 639981234", "+33639981234\n", "zoe@a.example")
        ),
        *(("email", typed) for typed in ("", "zoe", "zoe@", "@a.example", "zoé@a.example", "a@b@c", "z oe@a.example")),
        *(("post", typed) for typed in ("", " ,;")),
        *(("counter", typed) for typed in ("", "+33639981234")),
        ("fax", "+33639981234"),
    ],
)
def test_what_is_not_spelt_as_it_is_kept_is_refused_without_being_repeated(channel: str, address: str) -> None:
    with pytest.raises(NotAnAddressError) as refusal:
        normalised(channel, address)
    assert str(refusal.value) == channel


def holds(decided: list[tuple[About, bool]], number: int) -> bool | None:
    """Fold a history: what the last answer about a point, or about a wider one, says of it."""
    said = None
    for about, is_given in decided:
        if ABOUTS.index(about) in WIDER[number]:
            said = is_given
    return said


@given(answers, st.sampled_from(range(len(ABOUTS))))
def test_after_a_withdrawal_nothing_below_it_is_a_yes_and_a_second_one_adds_nothing(
    decided: list[tuple[About, bool]], number: int
) -> None:
    points = to_take_back(decided, ABOUTS[number])
    after = [*decided, *((point, False) for point in points)]
    below = [other for other in WIDER if number in WIDER[other]]
    assert {holds(after, other) for other in below} == {False}
    assert to_take_back(after, ABOUTS[number]) == []
    assert all(holds(decided, other) == holds(after, other) for other in WIDER if other not in below)


@given(answers)
def test_only_what_was_given_and_the_point_itself_is_taken_back(decided: list[tuple[About, bool]]) -> None:
    given_ = {about for about, is_given in dict(decided).items() if is_given}
    assert set(to_take_back(decided, ABOUTS[0])) - {ABOUTS[0]} == given_ - {ABOUTS[0]}


def test_an_answer_to_another_purpose_takes_nothing_back() -> None:
    assert to_take_back([(About("q"), True)], About("p")) == [About("p")]
