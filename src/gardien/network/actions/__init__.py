"""Opening repairers, sites and accounts; requests; roles; whether an account may sign in; provider support."""

from ..rules import NotABusinessNumberError
from ._places import LastAdministratorError, LastManagerError, NoSuchRoleError, ServicesEndedError
from .attempting import (
    COMMITTED,
    Attempt,
    NotActiveError,
    TooManyAttemptsError,
    change_password,
    reset_second_factor,
    unblock,
    use_code,
)
from .ending import end_services
from .opening import (
    Identity,
    NotADiscountError,
    NotADurationError,
    Place,
    name_central_party,
    open_repairer,
    open_site,
    open_user,
    set_quote_days,
    set_quote_terms,
)
from .requesting import AccountClosedError, NotVerifiedError, Told, approve, refuse, request_account, verify
from .roles import end_role, give_role
from .standing import (
    NotInStateError,
    activate,
    close,
    end_sessions,
    record_sign_in,
    resume,
    suspend,
    suspend_withdrawn,
)
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
    "NotADiscountError",
    "NotADurationError",
    "NotATicketError",
    "NotActiveError",
    "NotInStateError",
    "NotVerifiedError",
    "Place",
    "ServicesEndedError",
    "Told",
    "TooLongError",
    "TooManyAttemptsError",
    "activate",
    "approve",
    "change_password",
    "close",
    "end_role",
    "end_services",
    "end_sessions",
    "give_role",
    "name_central_party",
    "open_repairer",
    "open_site",
    "open_support",
    "open_user",
    "record_sign_in",
    "record_support_read",
    "refuse",
    "request_account",
    "reset_second_factor",
    "resume",
    "revoke_support",
    "set_quote_days",
    "set_quote_terms",
    "suspend",
    "suspend_withdrawn",
    "unblock",
    "use_code",
    "verify",
]
