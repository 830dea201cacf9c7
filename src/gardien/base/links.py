"""Links that act for whoever holds them: a token that we signed, for one purpose, one object and a time.

A token is base64url of `version (1) | controller (16) | object (16) | SHA-256 (32) | last second (8) | stamp (36)`:
146 characters, ids only. The purpose is signed and not written: the page that reads the token names its own, and a
token made for another page is none there.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings

_VERSION = 1
_SIGNED = slice(0, 73)
_STAMP = slice(73, None)
_CHARACTERS = 146
_SHA256_BYTES = 32


class NotOursError(ValueError):
    """The token was not made here for this purpose, or was altered; pages answer as if there were nothing."""


class ExpiredError(ValueError):
    """The token was made here, and its time is over; pages may say so to whoever holds it."""


@dataclass(frozen=True)
class Link:
    """What a token says: on whose behalf, about which object, in which form, until when.

    `purpose` is a name such as `quotes.answer`; `sha256`, 64 hexadecimal digits, is the digest of the very document
    that the link stands for; `expires_at` is aware, and counts in whole seconds.
    """

    purpose: str
    controller: UUID
    object_id: UUID
    sha256: str
    expires_at: datetime


def token(link: Link) -> str:
    """Return the token of a link, to be put into an address. It is a key: it is never logged nor shown to others."""
    digest = bytes.fromhex(link.sha256)
    if len(digest) != _SHA256_BYTES:
        raise ValueError("a SHA-256 has 64 hexadecimal digits")
    seconds = int(link.expires_at.timestamp()).to_bytes(8, "big")
    signed = bytes([_VERSION]) + link.controller.bytes + link.object_id.bytes + digest + seconds
    stamp = settings.GARDIEN_KEYRING.stamp(_message(link.purpose, signed))
    return base64.urlsafe_b64encode(signed + stamp).decode().rstrip("=")


def read(text: str, *, purpose: str, at: datetime) -> Link:
    """Return what a token says; raise `NotOursError` or, after its last second, `ExpiredError`.

    The caller enters the scope of `controller`, and compares `sha256` with the document as it stands.
    """
    raw = _decoded(text)
    signed = raw[_SIGNED]
    if signed[0] != _VERSION or not settings.GARDIEN_KEYRING.is_stamp(raw[_STAMP], _message(purpose, signed)):
        raise NotOursError
    link = Link(
        purpose=purpose,
        controller=UUID(bytes=signed[1:17]),
        object_id=UUID(bytes=signed[17:33]),
        sha256=signed[33:65].hex(),
        expires_at=datetime.fromtimestamp(int.from_bytes(signed[65:], "big"), UTC),
    )
    if at > link.expires_at:
        raise ExpiredError
    return link


def _message(purpose: str, signed: bytes) -> bytes:
    return b"link\0" + purpose.encode() + b"\0" + signed


def _decoded(text: str) -> bytes:
    """Return the bytes of a token; only its one written form is taken, so that one link has one address."""
    try:
        raw = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotOursError from error
    if len(text) != _CHARACTERS or base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise NotOursError
    return raw
