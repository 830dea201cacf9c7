"""What proves who somebody is: kinds of attempts, and codes that change with time."""

import hashlib
import hmac
from base64 import b32decode
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5


class Kind(StrEnum):
    """What attempts are counted by: the address typed for a password or a letter, a code's user, a network address.

    A request for an account is counted by network address too, apart from attempts at secrets.
    """

    PASSWORD = "password"  # noqa: S105 -- the name of a kind
    CODE = "code"
    ADDRESS = "address"
    LETTER = "letter"
    REQUEST = "request"


def sign_in_of(user_id: UUID, day: date) -> UUID:
    """Return the one id of a user's signing in on a day in Paris, however often they do."""
    return uuid5(user_id, day.isoformat())


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
