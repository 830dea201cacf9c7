"""What this room says of readings, decisions and objections: proofs, each under the clock of its own kind."""

from gardien.commitment.registry import Declaration, Holding, Keeper, NotPersonal, Proof, Replay

from . import actions, queries
from .rules import OBJECTED_AGAIN

USES = ("client.use.quote", "client.use.storage")
OF_BOTH = (*USES, "user.use.accounts")

DECLARATION = Declaration(
    holdings=(
        Holding(
            "consent.Reading",
            ("id", "subject", "read_by_id", "read_at"),
            "derived:proof",
            USES,
            "client.evidence.retention#consent_proof",
            "subject",
            also=("user.evidence.retention#consent_proof",),
        ),
        Holding(
            "consent.Acknowledgement",
            ("id", "subject", "version", "language", "notice_sha256", "acknowledged_at"),
            "derived:proof",
            ("user.use.accounts",),
            "user.retention.orders",
            "subject",
            also=("user.retention.leavers",),
        ),
        Holding(
            "consent.Decision",
            (
                *("id", "subject", "purpose", "channel", "address_digest", "basis", "is_given", "how"),
                *("recorded_by_id", "decided_at", "quote_id"),
            ),
            "derived:proof",
            OF_BOTH,
            "client.evidence.retention#consent_proof",
            "subject",
            also=("user.evidence.retention#consent_proof",),
            begun=queries.taken_back,
        ),
        Holding(
            "consent.Objection",
            ("id", "channel", "sender", "digest", "how", "objected_at"),
            "derived:proof",
            USES,
            "client.evidence.retention#objection_digest",
            "digest",
            also=("user.evidence.retention#objection_digest",),
            dated_by="objected_at",
            renewed_by=("channel", "sender", "digest"),
        ),
    ),
    not_personal=(
        NotPersonal(
            "consent.Reading",
            ("controller_id", "version", "language", "wording_sha256"),
            "says what was read, not to whom",
        ),
        NotPersonal(
            "consent.Decision", ("controller_id", "version", "language", "wording_sha256"), "which wording was shown"
        ),
        NotPersonal("consent.Acknowledgement", ("controller_id",), "names the controller"),
        NotPersonal("consent.Objection", ("controller_id",), "names the controller"),
    ),
    replays=(Replay(OBJECTED_AGAIN, actions.object_again),),
    keepers=(
        Keeper("client.basis.consent", actions.decide),
        Keeper("client.basis.consent", actions.withdraw),
        Keeper("user.acknowledgement", actions.acknowledge),
    ),
    proofs=(
        Proof("client.basis.consent", queries.decided_on_other_words, is_scoped=True),
        Proof("user.acknowledgement", queries.acknowledged_other_words, is_scoped=True),
    ),
)
