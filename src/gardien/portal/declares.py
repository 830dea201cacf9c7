"""What the portal says for tables of third parties, for the files it writes, and for clauses that pages keep."""

from gardien.base import clock
from gardien.commitment import queries as commitment
from gardien.commitment import registry
from gardien.commitment.registry import Declaration, Holding, Keeper, NotPersonal, Proof, Tidy
from gardien.web.public import views as public
from gardien.web.shared import sessions

from . import startup

SECURITY = ("derived:account_security", ("user.use.accounts",), "user.retention.orders")
LEAVERS = ("user.retention.leavers",)


def _of_accounts(place: str, columns: tuple[str, ...], found_by: str, *, is_archived: bool = True) -> Holding:
    return Holding(place, columns, *SECURITY, found_by, also=LEAVERS, is_archived=is_archived)


def columns_classified() -> tuple[int, int]:
    """Return how many columns, keys and arguments there are, and how many no holding classifies."""
    places = startup.places()
    return len(places), len(registry.unclassified(places))


def version_published() -> tuple[int, int]:
    """Return how many versions are in force today, and 1 if none is."""
    published = commitment.in_force(clock.legal_day(clock.now()))
    return 1, 0 if published.clauses else 1


DECLARATION = Declaration(
    holdings=(
        Holding("sessions.Session", ("session_key", "session_data", "expire_date"), *SECURITY, "session_data"),
        Holding("session:carried", ("id", "author", "place", "path", "typed_at"), *SECURITY, "author"),
        Holding("session:carried", ("sealed",), "address", ("client.use.quote",), "client.retention.quotes", "author"),
        _of_accounts("account.EmailAddress", ("id", "user_id", "verified", "primary"), "user.reference"),
        Holding(
            "account.EmailAddress",
            ("email",),
            "email",
            ("user.use.accounts",),
            "user.retention.contact",
            "user.reference",
            also=LEAVERS,
        ),
        _of_accounts(
            "account.EmailConfirmation",
            ("id", "email_address_id", "created", "sent", "key"),
            "email_address.user.reference",
            is_archived=False,
        ),
        _of_accounts(
            "mfa.Authenticator",
            (
                *("id", "user_id", "type", "data", "created_at", "last_used_at"),
                *(f"data.{key}" for key in ("secret", "used", "seed", "used_mask", "viewed_at", "name", "credential")),
            ),
            "user.reference",
            is_archived=False,
        ),
        Holding(
            "file:demo", ("quote.pdf",), "derived:quote", ("client.use.quote",), "client.retention.quotes", "number"
        ),
        Holding("file:demo", ("logins.json",), *SECURITY, "email"),
        Holding(
            "file:ledger",
            ("subjects", "sealed", "key"),
            "derived:proof",
            ("client.use.quote", "client.use.storage", "user.use.accounts"),
            "client.backup.retention",
            "subjects",
            is_exported=False,
            also=("user.backup.retention",),
        ),
    ),
    not_personal=(
        *(
            NotPersonal(f"auth.{model}", ("*",), "Django's own permissions, which the portal does not use")
            for model in ("Permission", "Group", "Group_permissions")
        ),
        NotPersonal("contenttypes.ContentType", ("*",), "names of tables"),
        NotPersonal("job:portal.retry_stalled", ("timestamp",), "when it was due"),
        NotPersonal("job:portal.sweep", ("timestamp",), "when it was due"),
        NotPersonal("file:keys", ("*",), "random numbers"),
        NotPersonal("file:postgres", ("*",), "the tables themselves, classified column by column"),
        *(
            NotPersonal(f"procrastinate.Procrastinate{model}", ("*",), "the life of a job, without its arguments")
            for model in ("Worker", "Event", "PeriodicDefer")
        ),
        NotPersonal(
            "procrastinate.ProcrastinateJob", ("*",), "the life of a job; its arguments are classified as job:<name>"
        ),
    ),
    tidies=(Tidy("sessions.Session", sessions.forget_ended),),
    keepers=(
        Keeper("client.categories", startup.refuse),
        Keeper("commitment.published", public.notice),
    ),
    proofs=(
        Proof("client.categories", columns_classified),
        Proof("commitment.published", version_published),
    ),
)
