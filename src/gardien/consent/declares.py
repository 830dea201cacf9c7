"""What this room says of its readings."""

from gardien.commitment.registry import Declaration, Holding, NotPersonal

DECLARATION = Declaration(
    holdings=(
        Holding(
            "consent.Reading",
            ("id", "subject", "read_by_id", "read_at"),
            "derived:proof",
            ("client.use.quote",),
            "client.retention.quotes",
            "subject",
        ),
        Holding(
            "consent.Decision",
            (
                *("id", "subject", "purpose", "channel", "address_digest", "basis", "is_given", "how"),
                *("recorded_by_id", "decided_at", "quote_id"),
            ),
            "derived:proof",
            ("client.use.quote",),
            "client.retention.quotes",
            "subject",
        ),
        Holding(
            "consent.Objection",
            ("id", "channel", "sender", "digest", "objected_at"),
            "derived:proof",
            ("client.use.quote",),
            "client.retention.quotes",
            "digest",
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
        NotPersonal("consent.Objection", ("controller_id",), "names the controller"),
    ),
)
