"""A token says what we signed, to the page it was made for, for a time, and nothing else is one."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import ids, links
from gardien.base.crypto import KeyMissing, Keyring
from gardien.base.links import ExpiredError, Link, NotOursError
from tests import nasty

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LINK = Link("quotes.answer", ids.new(), ids.new(), "ab" * 32, AT + timedelta(hours=1))


def read(text: str, purpose: str = "quotes.answer", at: datetime = AT) -> Link:
    return links.read(text, purpose=purpose, at=at)


def is_ours(text: str) -> bool:
    try:
        read(text)
    except NotOursError:
        return False
    return True


def test_a_token_is_read_as_it_was_made_and_fits_into_an_address() -> None:
    text = links.token(LINK)
    assert read(text) == LINK
    assert (len(text), text.isascii(), set(text) & set("+/=%?& ")) == (146, True, set())
    assert links.token(LINK) == text


def test_a_token_serves_one_purpose() -> None:
    text = links.token(LINK)
    for purpose in ("quotes.view", "quotes.answe", "", "quotes.answer\0"):
        with pytest.raises(NotOursError):
            read(text, purpose)


def test_a_token_ends_after_its_last_second() -> None:
    text = links.token(LINK)
    assert read(text, at=LINK.expires_at) == LINK
    with pytest.raises(ExpiredError):
        read(text, at=LINK.expires_at + timedelta(microseconds=1))
    with pytest.raises(NotOursError):
        read(text, "quotes.view", LINK.expires_at + timedelta(days=1))


def test_no_byte_of_a_token_can_be_changed_cut_or_added() -> None:
    raw = base64.urlsafe_b64decode(links.token(LINK) + "==")
    for place in range(len(raw)):
        for bit in (1, 128):
            altered = raw[:place] + bytes([raw[place] ^ bit]) + raw[place + 1 :]
            assert (place, is_ours(base64.urlsafe_b64encode(altered).decode().rstrip("="))) == (place, False)
    for length in range(len(raw)):
        assert not is_ours(base64.urlsafe_b64encode(raw[:length]).decode().rstrip("="))
    assert not is_ours(base64.urlsafe_b64encode(raw + b"\0").decode().rstrip("="))


def test_a_token_has_one_written_form() -> None:
    text = links.token(LINK)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [text[:-1] + letter for letter in last if letter != text[-1]]
    others += [f"{text}==", f" {text}", f"{text}\n", text.swapcase(), text[:70] + "\n" + text[70:]]
    assert [other for other in others if is_ours(other)] == []


@given(st.text(max_size=200))
def test_no_text_is_a_token(text: str) -> None:
    assert not is_ours(text)


def test_no_nasty_text_is_a_token() -> None:
    assert [name for name, text in nasty.load() if is_ours(text)] == []


def test_each_part_of_a_link_changes_its_token() -> None:
    parts: dict[str, Any] = {
        "purpose": "quotes.view",
        "controller": ids.new(),
        "object_id": ids.new(),
        "sha256": "cd" * 32,
        "expires_at": AT,
    }
    tokens = {links.token(replace(LINK, **{name: value})) for name, value in parts.items()}
    assert len(tokens | {links.token(LINK)}) == 6


def test_a_new_key_signs_and_an_older_one_still_reads_until_it_is_taken_away(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "keys"
    settings.GARDIEN_KEYRING = Keyring.generate(folder)
    old = links.token(LINK)
    (folder / "links.2.key").write_text("ab" * 32)
    settings.GARDIEN_KEYRING = Keyring(folder)
    new = links.token(LINK)
    assert old != new
    assert read(old) == read(new) == LINK
    (folder / "links.1.key").unlink()
    settings.GARDIEN_KEYRING = Keyring(folder)
    assert (is_ours(old), is_ours(new)) == (False, True)
    (folder / "links.2.key").unlink()
    settings.GARDIEN_KEYRING = Keyring(folder)
    with pytest.raises(KeyMissing):
        links.token(LINK)


def test_a_digest_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="64 hexadecimal"):
        links.token(replace(LINK, sha256="ab" * 31))
