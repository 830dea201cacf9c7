"""How strong a password is: 80 bits where nothing else protects an account."""

import math
import string

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gardien.network._password import EntropyValidator
from gardien.network.rules import password_bits

CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "éàç !#-_")
SIZES = (26, 26, 10, 37)


def is_accepted(password: str) -> bool:
    try:
        EntropyValidator(80).validate(password)
    except ValidationError:
        return False
    return True


@given(st.sets(st.integers(0, 3), min_size=1), st.randoms(use_true_random=False))
def test_a_password_of_distinct_signs_is_accepted_from_80_bits_on(classes: set[int], random: object) -> None:
    alphabet = sum(SIZES[number] for number in classes)
    needed = math.ceil(80 / math.log2(alphabet))
    signs = [sign for number in sorted(classes) for sign in CLASSES[number] * 3]
    first = [CLASSES[number][0] for number in sorted(classes)]
    random.shuffle(signs)  # type: ignore[attr-defined]
    for sign in first:
        signs.remove(sign)
    for length, expected in ((needed - 1, False), (needed, True), (needed + 1, True)):
        password = "".join([*first, *signs][:length])
        if len(password) == length:
            assert is_accepted(password) is expected
            assert password_bits(password) == pytest.approx(length * math.log2(alphabet))


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", False),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", False),
        ("ababababababababababababababab", False),
        ("jante moyeu volant essieu 42", True),
        ("1234567890" * 2, False),
        ("1234567890" * 3, True),
    ],
)
def test_a_repeated_sign_counts_three_times_at_most(password: str, expected: bool) -> None:
    assert is_accepted(password) is expected


@given(st.text(max_size=40), st.characters())
def test_a_longer_password_is_never_weaker(password: str, added: str) -> None:
    assert password_bits(password + added) >= password_bits(password)


@given(st.text(max_size=60))
def test_no_password_is_worth_more_than_its_length_in_signs_of_all_kinds(password: str) -> None:
    assert 0 <= password_bits(password) <= len(password) * math.log2(99) + 1e-9
