"""Text: what is kept, what is stripped, what is refused."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import text
from tests import nasty

NASTY = nasty.load()
# Typed text with the characters that matter made frequent; lone surrogates included.
TYPED = st.text(st.characters() | st.sampled_from("aé \t\n\0\u200b\u200d\u202e\u0301\u0316\u2028\ud800\ufdd0ﬁßŁʼ"))
NEVER_STORED = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0))} - {"\n"} | set(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
)


def kept(typed: str, *, max_length: int = 1_000, multiline: bool = False) -> str:
    """Return what is stored, or the code of the refusal in angle brackets."""
    try:
        return text.clean(typed, max_length=max_length, multiline=multiline)
    except text.Refused as refusal:
        return f"<{refusal.code}>"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        (" \t\r\n", ""),
        ("  Jean \t Du\u00a0Pont\n", "Jean Du Pont"),
        ("Du\0ra\x1bnd\x9c", "Durand"),
        ("Total \u202e00,021", "Total 00,021"),
        ("a\u2066b\u2069c\u061cd\u200ee", "abcde"),
        ("Mar\u00adtin\ufeff", "Martin"),
        ("Du\ud800pont\udfff", "Dupont"),
        ("a\ufdd0b\U0010ffffc", "abc"),
        ("E\u0301lodie", "Élodie"),
        ("e\u200b\u0301", "é"),
        ("👨‍👩‍👧‍👦 🇫🇷 ❤️", "👨‍👩‍👧‍👦 🇫🇷 ❤️"),
        ("O'Brien d'Ûrsel <b>#panic(\"x\")</b>", "O'Brien d'Ûrsel <b>#panic(\"x\")</b>"),
        ("张伟 محمد", "张伟 محمد"),
        ("\u200b", "<only_invisible>"),
        ("\0", "<only_invisible>"),
        ("\u3164 \u200d\u2800", "<only_invisible>"),
        ("\ufe0f\u0301", "<only_invisible>"),
        ("e" + "\u0301" * 8, "é" + "\u0301" * 7),
        ("e" + "\u0301" * 9, "<too_many_marks>"),
    ],
)
def test_one_line_keeps_what_can_be_seen(typed: str, stored: str) -> None:
    assert kept(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("un\r\ndeux\rtrois\u2028quatre", "un\ndeux\ntrois\nquatre"),
        ("  un  \n\n\n  deux \n", "un\n\ndeux"),
        ("\n\n", ""),
        ("a\u202e\n\0b", "a\nb"),
    ],
)
def test_several_lines_keep_their_line_ends(typed: str, stored: str) -> None:
    assert kept(typed, multiline=True) == stored


def test_the_length_counts_what_is_stored() -> None:
    assert kept("a" * 10, max_length=10) == "a" * 10
    assert kept("a" * 11, max_length=10) == "<too_long>"
    assert kept("e\u0301" * 10, max_length=10) == "é" * 10


@given(TYPED, st.booleans())
def test_what_is_stored_is_nfc_harmless_and_stable(typed: str, multiline: bool) -> None:
    stored = kept(typed, multiline=multiline)
    assert unicodedata.is_normalized("NFC", stored)
    assert set(stored) & NEVER_STORED == set()
    assert stored.encode("utf-8").decode() == stored
    assert stored.strip() == stored
    assert multiline or "\n" not in stored
    assert kept(stored, multiline=multiline) == stored


def test_a_refusal_names_its_sentence_and_quotes_nothing() -> None:
    with pytest.raises(text.Refused) as refusal:
        text.clean("Durand" * 20, max_length=10)
    assert refusal.value.msgid % refusal.value.params == "This is too long: shorten it to 10 characters."
    assert str(refusal.value) == "too_long"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("O'Brien", "o brien"),
        ("O\u2019Brien", "o brien"),
        ("O\u02bcBrien", "o brien"),
        ("Jean-Pierre  LEFÈVRE", "jean pierre lefevre"),
        ("d'Ûrsel", "d ursel"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Straße", "strasse"),
        ("GROẞ", "gross"),
        ("Œuvrard Ærø", "oeuvrard aero"),
        ("İstanbul ıI", "istanbul ii"),
        ("Ｄｕｒａｎｄ １２", "durand 12"),
        ("ﬁn", "fin"),
        ("Mar\u00adtin\u200d", "martin"),
        ("张伟", "张伟"),
        ("Дмитрий", "дмитрии"),
        ("😀 !?", ""),
        ("a\0b\nc", "ab c"),
    ],
)
def test_a_key_forgets_case_accents_and_punctuation(typed: str, key: str) -> None:
    assert text.fold(typed) == key
    assert text.words(typed) == tuple(key.split())


@given(TYPED)
def test_a_key_is_its_own_key(typed: str) -> None:
    assert text.fold(text.fold(typed)) == text.fold(typed)


@given(TYPED)
def test_a_key_forgets_the_form_of_normalisation(typed: str) -> None:
    assert text.fold(unicodedata.normalize("NFD", typed)) == text.fold(unicodedata.normalize("NFC", typed))


@pytest.mark.parametrize(
    ("typed", "identifier"),
    [
        ("AA-123.bb", "AA123bb"),
        (" +33 1\u201199\u00a000 ", "+3319900"),
        ("ＡＡ－１", "AA1"),
        ("a\u200b·\u2212b/", "ab/"),
    ],
)
def test_an_identifier_loses_its_spacing_only(typed: str, identifier: str) -> None:
    assert text.compact(typed) == identifier


def test_the_list_of_nasty_strings_is_long_and_named_once() -> None:
    assert len({name for name, _ in NASTY}) == len(NASTY)
    assert len(NASTY) >= 120
    assert max(len(value) for _, value in NASTY) >= 1_000_000


def test_no_nasty_string_takes_long() -> None:
    started = time.process_time()
    for _, value in NASTY:
        kept(value, multiline=True)
    assert time.process_time() - started < 1
    for name, value in NASTY:
        started = time.process_time()
        text.fold(value)
        text.compact(value)
        assert (name, time.process_time() - started < 1) == (name, True)
