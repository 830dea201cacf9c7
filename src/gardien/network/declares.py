"""What the network says of its tables: users' data, held by the network as controller."""

from dataclasses import replace

from gardien.commitment.registry import Activity, Declaration, Holding, NotPersonal, Occurrence, Root, Withdrawal
from gardien.standing.rules import Event

from . import actions, queries

ACCOUNTS = ("user.use.accounts", "user.use.product")
ORGANISATION = "a legal entity's public identity, no natural person's"
LEAVERS = ("user.retention.leavers",)


def _of_users(place: str, columns: tuple[str, ...], category: str, clock: str, found_by: str) -> Holding:
    return Holding(place, columns, category, ACCOUNTS, clock, found_by, also=LEAVERS)


def _contacts(place: str) -> tuple[Holding, ...]:
    names = ("email", "first_name", "last_name", "phone")
    return tuple(_of_users(place, (name,), name, "user.retention.contact", "reference") for name in names)


def _security(place: str, columns: tuple[str, ...], found_by: str) -> Holding:
    return _of_users(place, columns, "derived:account_security", "user.retention.orders", found_by)


def _of_support(place: str, columns: tuple[str, ...], found_by: str, dated_by: str) -> Holding:
    """Return a record of the provider's access: it runs on its own, and outlives the account that it names."""
    clock = "client.retention.processors"
    return Holding(place, columns, "derived:account_security", ACCOUNTS, clock, found_by, dated_by=dated_by)


DECLARATION = Declaration(
    holdings=(
        *_contacts("network.User"),
        _security("network.User", ("id", "reference", "state", "opened_at", "last_login"), "reference"),
        replace(
            _security("network.User", ("password", "session_stamp"), "reference"), is_exported=False, is_archived=False
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
        Holding(
            "network.AccountRequest",
            ("left_at",),
            "derived:account_security",
            ACCOUNTS,
            "user.retention.leavers",
            "reference",
            dated_by="left_at",
        ),
        _of_support(
            "network.SupportAccess",
            ("id", "site_id", "ticket", "reason", "opened_by_id", "from_at", "until_at", "revoked_at"),
            "opened_by_id",
            "until_at",
        ),
        Holding(
            "network.Throttle",
            ("id", "digest", "failed_at", "in_a_row", "last_at"),
            "derived:account_security",
            ACCOUNTS,
            "user.evidence.retention#security_log",
            "digest",
            is_exported=False,
            dated_by="last_at",
        ),
        _of_support(
            "network.SupportRead",
            ("id", "access_id", "user_id", "action", "object_id", "read_at"),
            "user_id",
            "read_at",
        ),
    ),
    not_personal=(
        NotPersonal("network.CentralParty", ("*",), ORGANISATION),
        NotPersonal("network.Repairer", ("*",), ORGANISATION),
        NotPersonal("network.Site", ("*",), ORGANISATION),
        NotPersonal("network.SupportRead", ("controller_id",), "names the controller"),
    ),
    activity=(
        Activity(Event.ACCOUNT_OPENED.value, actions.activate),
        Activity(Event.SIGNED_IN.value, actions.record_sign_in),
    ),
    roots=(Root("user", "network.User"),),
    occurrences=(Occurrence("departure", queries.departures),),
    withdrawals=(Withdrawal(("user.use.accounts",), actions.suspend_withdrawn),),
)
