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
    ),
    not_personal=(
        NotPersonal(
            "consent.Reading",
            ("controller_id", "version", "language", "wording_sha256"),
            "says what was read, not to whom",
        ),
    ),
)
