"""Keys in a folder, and the envelope under which documents are stored.

The folder (`GARDIEN_KEYS`) holds one file per purpose and key id, `envelope.1.key`, `envelope.2.key`, `secret.1.key`:
64 hexadecimal digits, 256 bits. The highest id is the newest. To rotate, add a file with the next id; nothing is
ever overwritten, and an older envelope key must stay for as long as something sealed under it is kept. The folder is
backed up apart from the database: whoever holds both reads everything, whoever lost it reads nothing.

One key never rotates: `objection.1.key`, under which addresses are digested, since a digest made under another key
would no longer be found. A second file of that purpose is refused.

A sealed document is `version (1) | key id (4) | nonce (12) | wrapped key (48) | nonce (12) | ciphertext and tag`: a
256-bit key of its own, wrapped by the envelope key; both layers are AES-256-GCM with the first five bytes and the
context as associated data. Nonces are random: one envelope key may seal 2³² documents (NIST SP 800-38D, 8.3).
"""

import hashlib
import hmac
import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Self, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Purpose = Literal["envelope", "links", "objection", "secret"]
"""What a key is for: `envelope` seals documents, `links` stamps what must come back unaltered (`base.links`),
`objection` digests addresses, and `secret` is the source of Django's SECRET_KEY."""

_VERSION: Final = 1
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_HEADER: Final = slice(0, 5)
_WRAP_NONCE: Final = slice(5, 17)
_WRAPPED: Final = slice(17, 65)
_NONCE: Final = slice(65, 77)
_BODY: Final = slice(77, None)
_STAMP_KEY: Final = slice(0, 4)
_FILE: Final = re.compile(r"([a-z-]+)\.([1-9][0-9]{0,8})\.key")
_CONTENT: Final = re.compile(r"[0-9a-f]{64}\n?")
_LENGTH_BYTES: Final = 8


class KeyMissing(Exception):
    """The folder holds no key for a purpose."""

    def __init__(self, purpose: Purpose, folder: Path) -> None:
        """Tell whoever runs the program how to get the key back."""
        super().__init__(
            f"No '{purpose}' key in {folder}, the folder that GARDIEN_KEYS names. Restore that folder from its own "
            f"backup; only for a new installation, or a purpose that came with an update, create it with: "
            f"python -m gardien.base.crypto {folder}"
        )


class KeyFileRefused(Exception):
    """A key file, or the folder, is not as this module writes it; the text says which and what to do."""


class Unreadable(Exception):
    """A sealed document cannot be opened: altered, cut, opened under another context, or its key is unknown."""


class Keyring:
    """The keys of one folder, read once."""

    def __init__(self, folder: Path) -> None:
        """Read the folder; files of other names are ignored, an absent folder holds no key.

        Refuses with `KeyFileRefused` a key file that is not 64 hexadecimal digits, and a second `objection` key.
        """
        self._folder = folder
        self._keys = _read_all(folder)
        if len(self._keys.get("objection", ())) > 1:
            message = (
                f"{folder} holds more than one 'objection' key, which never rotates: under another one no objection "
                f"is found again. Remove all but the first"
            )
            raise KeyFileRefused(message)

    @classmethod
    def generate(cls, folder: Path) -> Self:
        """Create the folder (0700) and a first key (0600) for each purpose that has none; return the keyring.

        Never overwrites. Refuses with `KeyFileRefused` a folder that others than its owner may enter.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            message = f"{folder} is open to other users of this machine. Close it with: chmod 700 {folder}"
            raise KeyFileRefused(message)
        present = _read_all(folder)
        for purpose in get_args(Purpose):
            if purpose not in present:
                _write(folder / f"{purpose}.1.key")
        return cls(folder)

    def secret(self) -> str:
        """Return the newest `secret` key, 64 hexadecimal digits, for Django's SECRET_KEY. Refuses with `KeyMissing`."""
        keys = self._of("secret")
        return keys[max(keys)].hex()

    def require(self) -> None:
        """Refuse a folder that lacks the key of a purpose with `KeyMissing`."""
        for purpose in get_args(Purpose):
            self._of(purpose)

    def digest(self, *parts: str) -> str:
        """Return the HMAC-SHA256 of `parts` under the objection key, 64 hexadecimal digits.

        Other parts, or the same letters parted elsewhere, give another digest; the caller normalises. Whoever holds the
        key can try every number, so it is a pseudonym, not anonymous. Refuses with `KeyMissing`.
        """
        (key,) = self._of("objection").values()
        told = (part.encode() for part in parts)
        message = b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in told)
        return hmac.new(key, message, hashlib.sha256).hexdigest()

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Return `plaintext` sealed under the newest envelope key, 93 bytes longer.

        `context` says what the document is and whose, `b"quote:<tenant>:<id>"`; it is not stored, and without the same
        bytes the document does not open. Refuses with `KeyMissing`.
        """
        keys = self._of("envelope")
        key_id = max(keys)
        header = bytes([_VERSION]) + key_id.to_bytes(4, "big")
        document_key = AESGCM.generate_key(bit_length=256)
        wrap_nonce, nonce = secrets.token_bytes(_NONCE_BYTES), secrets.token_bytes(_NONCE_BYTES)
        wrapped = AESGCM(keys[key_id]).encrypt(wrap_nonce, document_key, header + context)
        body = AESGCM(document_key).encrypt(nonce, plaintext, header + context)
        return header + wrap_nonce + wrapped + nonce + body

    def open_(self, blob: bytes, *, context: bytes) -> bytes:
        """Return what was sealed. Refuses with `Unreadable`, and with `KeyMissing` where there is no envelope key."""
        keys = self._of("envelope")
        header = blob[_HEADER]
        if len(blob) < _BODY.start or header[0] != _VERSION:
            raise Unreadable("not a sealed document of a known version")
        key_id = int.from_bytes(header[1:], "big")
        if key_id not in keys:
            message = f"sealed under envelope key {key_id}, which {self._folder} does not hold"
            raise Unreadable(message)
        try:
            document_key = AESGCM(keys[key_id]).decrypt(blob[_WRAP_NONCE], blob[_WRAPPED], header + context)
            return AESGCM(document_key).decrypt(blob[_NONCE], blob[_BODY], header + context)
        except InvalidTag as error:
            raise Unreadable("altered, or opened under another context") from error

    def stamp(self, message: bytes) -> bytes:
        """Return 36 bytes that only a holder of a `links` key can make for `message`: key id (4) | HMAC-SHA-256 (32).

        `message` must begin with what the stamp is for, so that none serves for another end. Refuses with `KeyMissing`.
        """
        keys = self._of("links")
        key_id = max(keys)
        return key_id.to_bytes(4, "big") + hmac.digest(keys[key_id], message, hashlib.sha256)

    def is_stamp(self, stamp: bytes, message: bytes) -> bool:
        """Say, in constant time, whether `stamp` was made for `message` with a key that is still there."""
        keys = self._of("links")
        key_id = int.from_bytes(stamp[_STAMP_KEY], "big")
        expected = stamp[_STAMP_KEY] + hmac.digest(keys.get(key_id, b""), message, hashlib.sha256)
        return key_id in keys and hmac.compare_digest(stamp, expected)

    def _of(self, purpose: Purpose) -> Mapping[int, bytes]:
        if purpose not in self._keys:
            raise KeyMissing(purpose, self._folder)
        return self._keys[purpose]


def new_key() -> bytes:
    """Return a random 256-bit key, to be kept by whoever asks: one person's, so that it can be destroyed alone."""
    return AESGCM.generate_key(bit_length=_KEY_BYTES * 8)


def seal_under(key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """Return `plaintext` sealed under a `new_key`: nonce (12) | ciphertext and tag; `context` as for the envelope."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def open_under(key: bytes, blob: bytes, *, context: bytes) -> bytes:
    """Return what `seal_under` sealed. Refuses with `Unreadable`."""
    try:
        return AESGCM(key).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("altered, or opened under another context") from error


def _read_all(folder: Path) -> dict[str, dict[int, bytes]]:
    keys: dict[str, dict[int, bytes]] = {}
    for path in folder.glob("*.key"):
        if named := _FILE.fullmatch(path.name):
            keys.setdefault(named[1], {})[int(named[2])] = _read(path)
    return keys


def _read(path: Path) -> bytes:
    content = path.read_text(encoding="ascii", errors="replace")
    if not _CONTENT.fullmatch(content):
        message = f"{path} does not hold 64 hexadecimal digits. Restore it from the backup of the keys"
        raise KeyFileRefused(message)
    return bytes.fromhex(content)


def _write(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    Keyring.generate(Path(sys.argv[1]))
