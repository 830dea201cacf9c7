"""What this room says of facts, endings, restrictions and holds: they bear a reference, and proofs of what was done."""

from gardien.commitment.registry import Declaration, Exempt, Holding, NotPersonal

from . import actions


def _of(model: str, columns: tuple[str, ...]) -> Holding:
    purposes = ("client.use.quote", "client.use.storage")
    return Holding(f"standing.{model}", columns, "derived:proof", purposes, "client.retention.quotes", "subject")


DECLARATION = Declaration(
    holdings=(
        _of("Fact", ("id", "subject", "event", "happened_at", "source_id")),
        _of("Ending", ("id", "subject", "purpose", "reason", "ended_at")),
        _of("Resumption", ("id", "subject", "purpose", "resumed_at")),
        _of(
            "Restriction",
            (
                *("id", "subject", "placed_at", "placed_by_id"),
                *("announced_at", "announced_by_id", "lifted_at", "lifted_by_id"),
            ),
        ),
        _of(
            "Hold",
            (
                *("id", "subject", "ground", "category", "legal_reference", "until_date"),
                *("placed_at", "placed_by_id", "released_at", "released_by_id"),
            ),
        ),
    ),
    exempt=(
        Exempt(actions.restrict, "places the restriction; placed twice it is one"),
        Exempt(actions.announce_lift, "the person is told before the restriction is lifted (GDPR, article 18(3))"),
        Exempt(actions.lift, "ends the restriction, after the person was told"),
        Exempt(actions.hold, "keeps what a legal claim needs (GDPR, article 18(2)), and touches the hold alone"),
        Exempt(actions.release, "ends a hold, and touches the hold alone"),
    ),
    not_personal=tuple(
        NotPersonal(f"standing.{model}", ("controller_id",), "names the controller")
        for model in ("Fact", "Ending", "Resumption", "Restriction", "Hold")
    ),
)
