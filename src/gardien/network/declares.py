"""What the network says of its tables: users' data, held by the network as controller."""

from gardien.commitment.registry import Declaration, Holding, NotPersonal

ACCOUNTS = ("user.use.accounts", "user.use.product")
ORGANISATION = "a legal entity's public identity, no natural person's"


def _of_users(place: str, columns: tuple[str, ...], category: str, clock: str, found_by: str) -> Holding:
    return Holding(place, columns, category, ACCOUNTS, clock, found_by)


DECLARATION = Declaration(
    holdings=(
        _of_users("network.User", ("email",), "email", "user.retention.contact", "reference"),
        _of_users("network.User", ("first_name",), "first_name", "user.retention.contact", "reference"),
        _of_users("network.User", ("last_name",), "last_name", "user.retention.contact", "reference"),
        _of_users(
            "network.User",
            ("id", "reference", "state", "opened_at", "last_login", "password"),
            "derived:account_security",
            "user.retention.orders",
            "reference",
        ),
        _of_users(
            "network.Membership",
            ("id", "user_id", "role", "site_id", "central_party_id", "from_at", "until_at"),
            "derived:account_security",
            "user.retention.orders",
            "user.reference",
        ),
    ),
    not_personal=(
        NotPersonal("network.Throttle", ("*",), "keyed digests and times of failures, of accounts that may not exist"),
        NotPersonal("network.CentralParty", ("*",), ORGANISATION),
        NotPersonal("network.Repairer", ("*",), ORGANISATION),
        NotPersonal("network.Site", ("*",), ORGANISATION),
    ),
)
