"""The vocabulary of the network: parties, accounts and their requests, provider support, password strength."""

import math
import re
import string
from enum import StrEnum
from typing import ClassVar, Final

from gardien.base.text import Refused
from gardien.journal import rules as journal

from .numbers import NotABusinessNumberError as NotABusinessNumberError
from .numbers import business_number as business_number
from .proving import Kind as Kind
from .proving import sign_in_of as sign_in_of
from .proving import totp_code as totp_code
from .proving import totp_counter as totp_counter


class PartyKind(StrEnum):
    """The two parties that exist once."""

    NETWORK = "network"
    PROVIDER = "provider"


class UserState(StrEnum):
    """The states of an account (domain.md, states): only an active one signs in. A request is no account yet."""

    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class RequestState(StrEnum):
    """What became of a request for an account: its address proven, then the network's word."""

    REQUESTED = "requested"
    VERIFIED = "verified"
    APPROVED = "approved"
    REFUSED = "refused"


class Origin(StrEnum):
    """Who asked for an account."""

    FORM = "form"
    MANAGER = "site_manager"
    NETWORK = "network"


class Refusal(StrEnum):
    """Why the network refuses a request."""

    NOT_OF_THE_NETWORK = "not_of_the_network"
    NOT_CONFIRMED = "not_confirmed"
    TWICE = "twice"


class Doubt(StrEnum):
    """What the approver is shown before deciding on a request."""

    FREE_MAIL = "free_mail"
    OTHER_LETTERS = "other_letters"
    LIKE_A_DOMAIN = "like_a_domain"
    LIKE_AN_ADDRESS = "like_an_address"
    UNKNOWN_SIRET = "unknown_siret"
    OTHER_NAME = "other_name"
    HAS_ACCOUNT = "has_account"


class SupportReason(StrEnum):
    """Why a site lets the provider in; a closed list, so that no customer's name is written here."""

    INCIDENT = "incident"
    QUESTION = "question"
    SETTING = "setting"


MANAGER: Final = "site_manager"
SUPPORT: Final = "provider_support"
VISIT: Final = "support_visit"
"""The role that provider support acts in while a site has let it in (`commitment/roles.yaml`)."""
MOST_SUPPORT_HOURS: Final = 24
TICKET: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{2,19}", re.ASCII)
MOST_LETTERS_A_DAY: Final = 3
"""How many requests of one origin for one address get a letter within a day, and how many a forgotten password."""
MOST_QUOTE_DAYS: Final = 365
MOST_QUOTE_TEXT: Final = 300
MOST_DISCOUNT: Final = 100


class SiretRefused(Refused):
    """What was typed is no SIRET: `invalid`."""

    messages: ClassVar = {"invalid": "A SIRET has fourteen digits: check them on an invoice."}


class Tag(journal.Tag):
    """What this room tells the journal."""

    PARTY_NAMED = "network:party:named"
    REPAIRER_OPENED = "network:repairer:opened"
    SITE_OPENED = "network:site:opened"
    SERVICES_ENDED = "network:services:ended"
    USER_OPENED = "network:user:opened"
    ROLE_GIVEN = "network:role:given"
    ROLE_ENDED = "network:role:ended"
    REQUESTED = "network:request:received"
    VERIFIED = "network:request:verified"
    APPROVED = "network:request:approved"
    REFUSED = "network:request:refused"
    ACTIVATED = "network:user:activated"
    SUSPENDED = "network:user:suspended"
    RESUMED = "network:user:resumed"
    CLOSED = "network:user:closed"
    SESSIONS_ENDED = "network:sessions:ended"
    PASSWORD_CHANGED = "network:password:changed"  # noqa: S105 -- the name of an event
    SUPPORT_OPENED = "network:support:opened"
    SUPPORT_REVOKED = "network:support:revoked"
    SUPPORT_READ = "network:support:read"
    QUOTE_DAYS_SET = "network:quote_days:set"
    QUOTE_TERMS_SET = "network:quote_terms:set"
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
