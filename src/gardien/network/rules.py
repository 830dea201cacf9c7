"""The vocabulary of the network: parties, account states, password strength."""

import math
import string
from enum import StrEnum

from gardien.journal import rules as journal


class PartyKind(StrEnum):
    """The two parties that exist once."""

    NETWORK = "network"
    PROVIDER = "provider"


class UserState(StrEnum):
    """The states of an account that exist so far (domain.md, states)."""

    ACTIVE = "active"


class Tag(journal.Tag):
    """What this room tells the journal."""

    PARTY_NAMED = "network:party:named"
    REPAIRER_OPENED = "network:repairer:opened"
    SITE_OPENED = "network:site:opened"
    USER_OPENED = "network:user:opened"
    ROLE_GIVEN = "network:role:given"


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
