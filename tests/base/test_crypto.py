"""The keyring and the envelope."""

import hashlib
import hmac
import runpy
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import crypto
from gardien.base.crypto import Keyring

CONTEXT = b"quote:one"
DOCUMENT = b"%PDF-1.7 a document"
FILES = [f"{purpose}.1.key" for purpose in sorted(get_args(crypto.Purpose))]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    Keyring.generate(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture(name="keyring", scope="session")
def _keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.generate(tmp_path_factory.mktemp("session") / "keys")


def modes(folder: Path) -> dict[str, int]:
    """Return the permission bits of each file."""
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_keys_are_generated_for_their_owner_alone(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert modes(folder) == dict.fromkeys(FILES, 0o600)


def test_generating_again_changes_no_key(folder: Path) -> None:
    before = {path.name: path.read_text() for path in folder.iterdir()}
    Keyring.generate(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert len(set(before.values())) == len(FILES)


def test_generating_adds_the_purpose_that_has_no_key(folder: Path) -> None:
    envelope = (folder / "envelope.1.key").read_text()
    (folder / "objection.1.key").unlink()
    with pytest.raises(crypto.KeyMissing, match="'objection'"):
        Keyring(folder).require()
    Keyring.generate(folder).require()
    assert sorted(modes(folder)) == FILES
    assert (folder / "envelope.1.key").read_text() == envelope


def test_a_folder_open_to_others_gets_no_key(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(crypto.KeyFileRefused, match="chmod 700"):
        Keyring.generate(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_generates_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["crypto", str(tmp_path / "keys")])
    runpy.run_path(crypto.__file__, run_name="__main__")
    assert sorted(modes(tmp_path / "keys")) == FILES


def test_the_secret_is_the_newest_secret_key(folder: Path) -> None:
    assert Keyring(folder).secret() == (folder / "secret.1.key").read_text().strip()
    (folder / "secret.2.key").write_text("ab" * 32)
    assert Keyring(folder).secret() == "ab" * 32


def test_a_missing_key_tells_what_to_do(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "absent")
    uses = [keyring.secret, lambda: keyring.seal(b"", context=b""), lambda: keyring.open_(b"", context=b"")]
    for use in (*uses, lambda: keyring.digest("+33639981234"), keyring.require):
        with pytest.raises(crypto.KeyMissing, match=r"Restore that folder .* python -m gardien\.base\.crypto"):
            use()


@pytest.mark.parametrize("content", ["", "ab" * 31, "ab" * 33, "xy" * 32, "ab" * 32 + "\n\n", "é" * 64])
def test_a_damaged_key_file_is_refused_by_name(folder: Path, content: str) -> None:
    (folder / "envelope.1.key").write_text(content, encoding="utf-8")
    with pytest.raises(crypto.KeyFileRefused, match=r"envelope\.1\.key"):
        Keyring(folder)


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_was_sealed_opens_under_its_context(keyring: Keyring, plaintext: bytes, context: bytes) -> None:
    blob = keyring.seal(plaintext, context=context)
    assert keyring.open_(blob, context=context) == plaintext
    assert len(blob) == len(plaintext) + 93


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_context_is_refused(keyring: Keyring, context: bytes, other: bytes) -> None:
    blob = keyring.seal(DOCUMENT, context=context)
    if context != other:
        with pytest.raises(crypto.Unreadable):
            keyring.open_(blob, context=other)


def test_every_changed_bit_of_a_document_is_found(keyring: Keyring) -> None:
    blob = keyring.seal(DOCUMENT, context=CONTEXT)
    for index in range(len(blob)):
        for bit in range(8):
            altered = bytearray(blob)
            altered[index] ^= 1 << bit
            with pytest.raises(crypto.Unreadable):
                keyring.open_(bytes(altered), context=CONTEXT)


def test_a_cut_or_lengthened_document_is_refused(keyring: Keyring) -> None:
    blob = keyring.seal(DOCUMENT, context=CONTEXT)
    for altered in (*(blob[:length] for length in range(len(blob))), blob + b"\0"):
        with pytest.raises(crypto.Unreadable):
            keyring.open_(altered, context=CONTEXT)


def test_the_key_of_one_document_does_not_open_another(keyring: Keyring) -> None:
    one, other = (keyring.seal(DOCUMENT, context=CONTEXT) for _ in range(2))
    with pytest.raises(crypto.Unreadable):
        keyring.open_(one[:65] + other[65:], context=CONTEXT)


def test_no_two_seals_share_a_nonce_or_a_key(keyring: Keyring) -> None:
    blobs = [keyring.seal(DOCUMENT, context=CONTEXT) for _ in range(100)]
    for part in (slice(5, 17), slice(17, 65), slice(65, 77), slice(77, None)):
        assert len({blob[part] for blob in blobs}) == 100


def test_after_a_rotation_the_newest_key_seals_and_all_open(folder: Path) -> None:
    old = Keyring(folder).seal(b"old", context=CONTEXT)
    for key_id in (2, 10):
        (folder / f"envelope.{key_id}.key").write_text(f"{key_id:02x}" * 32)
    rotated = Keyring(folder)
    new = rotated.seal(b"new", context=CONTEXT)
    assert int.from_bytes(new[1:5], "big") == 10
    assert [rotated.open_(blob, context=CONTEXT) for blob in (old, new)] == [b"old", b"new"]
    (folder / "envelope.1.key").unlink()
    with pytest.raises(crypto.Unreadable, match="envelope key 1,"):
        Keyring(folder).open_(old, context=CONTEXT)


def test_another_installation_with_the_same_key_id_cannot_read(keyring: Keyring, folder: Path) -> None:
    with pytest.raises(crypto.Unreadable):
        Keyring(folder).open_(keyring.seal(DOCUMENT, context=CONTEXT), context=CONTEXT)


def test_a_second_objection_key_is_refused(folder: Path) -> None:
    before = Keyring(folder).digest("+33639981234")
    (folder / "objection.2.key").write_text("ab" * 32)
    with pytest.raises(crypto.KeyFileRefused, match="never rotates"):
        Keyring(folder)
    (folder / "objection.2.key").unlink()
    assert Keyring(folder).digest("+33639981234") == before


def test_a_digest_is_the_hmac_of_its_parts_each_after_its_length(folder: Path) -> None:
    key = bytes.fromhex((folder / "objection.1.key").read_text())
    message = (3).to_bytes(8, "big") + b"sms" + (2).to_bytes(8, "big") + "é".encode()
    assert Keyring(folder).digest("sms", "é") == hmac.new(key, message, "sha256").hexdigest()


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_other_parts_have_another_digest(keyring: Keyring, one: list[str], other: list[str]) -> None:
    assert (keyring.digest(*one) == keyring.digest(*other)) == (one == other)


def test_another_installation_has_another_digest(keyring: Keyring, folder: Path) -> None:
    assert keyring.digest("+33639981234") != Keyring(folder).digest("+33639981234")


def test_a_stamp_is_of_one_message_and_one_keyring(keyring: Keyring, folder: Path) -> None:
    stamp = keyring.stamp(b"link\0a")
    assert (len(stamp), keyring.is_stamp(stamp, b"link\0a")) == (36, True)
    assert not keyring.is_stamp(stamp, b"link\0b")
    assert not keyring.is_stamp(stamp[:-1], b"link\0a")
    assert not keyring.is_stamp(b"", b"link\0a")
    assert not Keyring(folder).is_stamp(stamp, b"link\0a")


def test_nobody_stamps_with_a_key_that_is_not_there(folder: Path) -> None:
    unknown = (9).to_bytes(4, "big") + hmac.digest(b"", b"link\0a", hashlib.sha256)
    assert not Keyring(folder).is_stamp(unknown, b"link\0a")
