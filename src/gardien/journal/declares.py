"""What the journal says of its entries: references only."""

from gardien.commitment.registry import Declaration, Holding, NotPersonal

KEYS = (
    *("reading", "quote", "line", "pdf", "version", "wording", "decision", "objection"),
    *("vehicle", "note", "merge", "absorbed"),
    *("message", "document"),
    *("party", "repairer", "site", "membership", "price_list", "file", "read", "request", "access"),
    *("service", "rule", "rate"),
    *("run", "count", "archived", "rows", "warning"),
)

DECLARATION = Declaration(
    holdings=(
        Holding(
            "journal.Entry",
            ("id", "subject", "actor_id", "references", *(f"references.{key}" for key in KEYS)),
            "derived:proof",
            ("client.use.quote", "user.use.accounts"),
            "client.evidence.retention#journal",
            "subject",
            also=("user.evidence.retention#journal",),
            dated_by="at",
        ),
    ),
    not_personal=(NotPersonal("journal.Entry", ("controller_id", "at", "tag", "actor_role"), "says what, not who"),),
)
