"""Words as tokens: the same spelling for what is stored and what is typed, in an order that shows names first."""

from hypothesis import given
from hypothesis import strategies as st

from gardien.customers.rules import tokens
from gardien.customers.rules.tokens import Traits, Why

PERSON = Traits(
    reference="C-7K3M9QX0",
    names=("L'Hôte-Ben Saïd", "Zoë", ""),
    plates=(("GH402KL", Why.PLATE), ("1AB75", Why.FORMER_PLATE)),
    phones=("+33639981234", "+3227654321"),
    email="zoe.lhote@courriel.example",
)


def test_a_person_has_a_token_for_each_word_each_end_of_a_name_and_each_number() -> None:
    assert tokens.tokens(PERSON) == {
        *("l n", "hote n", "ben n", "said n", "lhotebensaid n", "hotebensaid n", "bensaid n", "zoe n"),
        *("gh４o２kl p", "iab７５ x", "c７k３m９qxo r", "zoelhotecourrielexample e"),
        *("３３６３９９８i２３４ t", "６３９９８i２３４ t", "３２２７６５４３２i t", "２７６５４３２i t"),
    }


def test_the_very_word_sorts_before_longer_ones_names_before_plates_and_what_is_before_what_was() -> None:
    written = ["ca n", "cabane n", "caz n", "ca２２２aa p", "ca２２２aa x", "cb n"]
    assert sorted(written) == written


def test_letters_for_zero_and_one_make_one_key() -> None:
    assert {tokens.glued(typed) for typed in ("AO 120-iB", "a0120ib", "A0-I2O-1B")} == {"aoi２oib"}


def test_a_name_of_five_letters_has_itself_and_its_five_gaps_and_a_shorter_one_has_none() -> None:
    assert tokens.near_stored(Traits("C-00000000", ("Petit", "Luc", "A2 Taxi"))) == {
        *("petit", "etit", "ptit", "peit", "pett", "peti")
    }


def test_a_typed_word_is_near_from_four_letters_on_and_without_digits() -> None:
    near = {typed: len(tokens.near_typed(tokens.glued(typed))) for typed in ("luc", "ptit", "petit", "ab2cd", "n" * 32)}
    assert near == {"luc": 0, "ptit": 5, "petit": 6, "ab2cd": 0, "n" * 32: 0}


@given(name=st.text("abcdefgh", min_size=5, max_size=30), letter=st.sampled_from("abcz"), data=st.data())
def test_words_that_one_slip_sets_apart_always_share_a_variant(name: str, letter: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    before, one, after = name[:place], name[place], name[place + 1 :]
    stored = tokens.near_stored(Traits("C-00000000", (name,)))
    for typed in (
        before + letter + after,
        before + after,
        before + letter + one + after,
        before + after[:1] + one + after[1:],
    ):
        assert stored & tokens.near_typed(typed)


def test_words_are_read_alone_or_in_one_run_and_numbers_also_without_their_zero() -> None:
    assert tokens.readings(("le", "roy")) == [("le", "roy"), ("leroy",)]
    assert tokens.readings(tokens.keys("06 39")) == [("o６", "３９"), ("o６３９",), ("６", "３９"), ("６３９",)]
    five = tokens.readings(("a", "b", "c", "d", "e"))
    assert len(five) == len(set(five)) == 1 + 4 + 3 + 1
    assert len(tokens.readings(tokens.keys("martin gh 482 kl"))) == 1 + 6


@given(st.text(max_size=80))
def test_no_token_is_too_long_for_its_column_and_no_key_has_a_blank(text: str) -> None:
    made = tokens.tokens(Traits("C-00000000", (text * 5,), email=text))
    assert max(map(len, made)) <= 254
    assert {token.count(" ") for token in made} == {1}
    assert all(len(variant) <= 30 for variant in tokens.near_stored(Traits("C-00000000", (text * 5,))))
