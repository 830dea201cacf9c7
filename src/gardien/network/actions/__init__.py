"""Opening repairers, sites and accounts; requests; roles; whether an account may sign in; provider support."""

from ..rules import NotABusinessNumberError
from ._places import LastAdministratorError, LastManagerError, NoSuchRoleError
from .attempting import COMMITTED, Attempt, TooManyAttemptsError, reset_second_factor, unblock, use_code
from .opening import (
    Identity,
    NotADurationError,
    Place,
    name_central_party,
    open_repairer,
    open_site,
    open_user,
    set_quote_days,
)
from .requesting import AccountClosedError, NotVerifiedError, Told, approve, refuse, request_account, verify
from .roles import end_role, give_role
from .standing import NotInStateError, activate, close, end_sessions, resume, suspend, suspend_withdrawn
from .support import NotATicketError, TooLongError, open_support, record_support_read, revoke_support

__all__ = [
    "COMMITTED",
    "AccountClosedError",
    "Attempt",
    "Identity",
    "LastAdministratorError",
    "LastManagerError",
    "NoSuchRoleError",
    "NotABusinessNumberError",
    "NotADurationError",
    "NotATicketError",
    "NotInStateError",
    "NotVerifiedError",
    "Place",
    "Told",
    "TooLongError",
    "TooManyAttemptsError",
    "activate",
    "approve",
    "close",
    "end_role",
    "end_sessions",
    "give_role",
    "name_central_party",
    "open_repairer",
    "open_site",
    "open_support",
    "open_user",
    "record_support_read",
    "refuse",
    "request_account",
    "reset_second_factor",
    "resume",
    "revoke_support",
    "set_quote_days",
    "suspend",
    "suspend_withdrawn",
    "unblock",
    "use_code",
    "verify",
]
