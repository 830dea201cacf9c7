"""Identifiers: primary keys for programs, references that people read aloud."""

import re
import secrets
import uuid
from typing import Final, Literal

import uuid_utils.compat

from gardien.base import text as base_text

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U."""

_LENGTH: Final = 8
_MAX_TYPED: Final = 40
_MISREAD: Final = str.maketrans("ILO", "110")
_REFERENCE: Final = re.compile(rf"[CU][{ALPHABET}]{{{_LENGTH}}}")


def new() -> uuid.UUID:
    """Return a new primary key: a UUID version 7, ordered by creation, which therefore tells its time of creation."""
    return uuid_utils.compat.uuid7()


def reference(prefix: Literal["C", "U"]) -> str:
    """Return a random reference of a customer (`C-`) or a user (`U-`), such as `C-7K3M9QXA`.

    40 random bits from the system's source: it can be neither counted nor guessed, but unique only once the database
    has said so.
    """
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))


def parse_reference(text: str) -> str | None:
    """Return the reference a person typed, in its one written form, or None if it is none.

    Case, blanks, hyphens and dots do not matter; O is read as 0, I and L as 1.
    """
    if len(text) > _MAX_TYPED:
        return None
    typed = base_text.compact(text)
    if not typed.isascii():
        return None
    typed = typed.upper()
    typed = typed[:1] + typed[1:].translate(_MISREAD)
    return f"{typed[:1]}-{typed[1:]}" if _REFERENCE.fullmatch(typed) else None
