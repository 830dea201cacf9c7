"""What the network says of its tables: users' data, held by the network as controller."""

from gardien.commitment.registry import Declaration, Holding, NotPersonal, Root, Withdrawal

from . import actions

ACCOUNTS = ("user.use.accounts", "user.use.product")
ORGANISATION = "a legal entity's public identity, no natural person's"


def _of_users(place: str, columns: tuple[str, ...], category: str, clock: str, found_by: str) -> Holding:
    return Holding(place, columns, category, ACCOUNTS, clock, found_by)


def _contacts(place: str) -> tuple[Holding, ...]:
    names = ("email", "first_name", "last_name", "phone")
    return tuple(_of_users(place, (name,), name, "user.retention.contact", "reference") for name in names)


def _security(place: str, columns: tuple[str, ...], found_by: str) -> Holding:
    return _of_users(place, columns, "derived:account_security", "user.retention.orders", found_by)


DECLARATION = Declaration(
    holdings=(
        *_contacts("network.User"),
        _security("network.User", ("id", "reference", "state", "opened_at", "last_login"), "reference"),
        Holding(
            "network.User",
            ("password", "session_stamp"),
            "derived:account_security",
            ACCOUNTS,
            "user.retention.orders",
            "reference",
            is_exported=False,
            is_archived=False,
        ),
        _security(
            "network.Membership",
            ("id", "user_id", "role", "site_id", "central_party_id", "from_at", "until_at"),
            "user.reference",
        ),
        *_contacts("network.AccountRequest"),
        _security(
            "network.AccountRequest",
            (
                *("id", "reference", "company", "siret", "site_id", "role", "origin", "state", "refusal"),
                *("requested_at", "requested_by_id", "verified_at", "decided_at", "decided_by_id", "user_id"),
            ),
            "reference",
        ),
        _security(
            "network.SupportAccess",
            ("id", "site_id", "ticket", "reason", "opened_by_id", "from_at", "until_at", "revoked_at"),
            "opened_by.reference",
        ),
        Holding(
            "network.Throttle",
            ("id", "digest", "failed_at", "in_a_row", "last_at"),
            "derived:account_security",
            ACCOUNTS,
            actions.SECURITY_LOG,
            "digest",
            is_exported=False,
        ),
        _security(
            "network.SupportRead", ("id", "access_id", "user_id", "action", "object_id", "read_at"), "user.reference"
        ),
    ),
    not_personal=(
        NotPersonal("job:network.forget_attempts", ("timestamp",), "when it was due"),
        NotPersonal("network.CentralParty", ("*",), ORGANISATION),
        NotPersonal("network.Repairer", ("*",), ORGANISATION),
        NotPersonal("network.Site", ("*",), ORGANISATION),
        NotPersonal("network.SupportRead", ("controller_id",), "names the controller"),
    ),
    roots=(Root("user", "network.User"),),
    withdrawals=(Withdrawal(("user.use.accounts",), actions.suspend_withdrawn),),
)
