"""The vocabulary of the network: parties, account states, password strength."""

import hashlib
import hmac
import math
import string
from base64 import b32decode
from datetime import datetime
from enum import StrEnum

from gardien.journal import rules as journal


class PartyKind(StrEnum):
    """The two parties that exist once."""

    NETWORK = "network"
    PROVIDER = "provider"


class UserState(StrEnum):
    """The states of an account that exist so far (domain.md, states)."""

    ACTIVE = "active"


class Kind(StrEnum):
    """What attempts are counted by: the typed e-mail address of a password, the user of a code, the network address."""

    PASSWORD = "password"  # noqa: S105 -- the name of a kind
    CODE = "code"
    ADDRESS = "address"


class Tag(journal.Tag):
    """What this room tells the journal."""

    PARTY_NAMED = "network:party:named"
    REPAIRER_OPENED = "network:repairer:opened"
    SITE_OPENED = "network:site:opened"
    USER_OPENED = "network:user:opened"
    ROLE_GIVEN = "network:role:given"
    USER_UNBLOCKED = "network:user:unblocked"
    FACTOR_RESET = "network:factor:reset"


_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_OTHER_SIGNS = 37


def password_bits(password: str) -> float:
    """Return the entropy in bits of a password chosen at random from the classes of signs it uses.

    The measure of the CNIL's recommendation on passwords (delibération 2022-100 of 21 July 2022): length
    times the binary logarithm of the alphabet: 26 lower case, 26 upper case, 10 digits, 37 other signs.
    A password repeats fewer signs than that at its own risk: each distinct sign counts at most three times.
    """
    alphabet = sum(len(signs) for signs in _CLASSES if any(sign in signs for sign in password))
    if any(all(sign not in signs for signs in _CLASSES) for sign in password):
        alphabet += _OTHER_SIGNS
    counted = sum(min(password.count(sign), 3) for sign in set(password))
    return counted * math.log2(alphabet) if alphabet else 0.0


_PERIOD_SECONDS, _DIGITS = 30, 6


def totp_code(secret: str, counter: int) -> str:
    """Return the six digits of a base32 secret in the half minute `counter` since 1970 (RFC 6238 over RFC 4226)."""
    digest = hmac.digest(b32decode(secret, casefold=True), counter.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def totp_counter(secret: str, code: str, at: datetime) -> int | None:
    """Return the half minute whose code this is, of the present one, the one before and the one after; else None."""
    now = int(at.timestamp()) // _PERIOD_SECONDS
    typed = code.encode()
    right = [each for each in (now - 1, now, now + 1) if hmac.compare_digest(totp_code(secret, each).encode(), typed)]
    return max(right, default=None)
