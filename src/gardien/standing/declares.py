"""What this room says of facts, endings, restrictions and holds: they bear a reference, and proofs of what was done."""

from dataclasses import replace

from gardien.commitment.registry import Declaration, Exempt, Holding, NotPersonal, Occurrence, Replay

from . import actions, queries
from .rules import Again

PURPOSES = ("client.use.quote", "client.use.storage")
OF_USERS = ("user.retention.orders", "user.retention.leavers")


def _of(model: str, columns: tuple[str, ...]) -> Holding:
    """Return what goes with its person, customer or user."""
    clock = "client.retention.quotes"
    return Holding(f"standing.{model}", columns, "derived:proof", PURPOSES, clock, "subject", also=OF_USERS)


def _proof(model: str, columns: tuple[str, ...]) -> Holding:
    """Return what proves, for as long as proofs are kept, what was done with the person's record."""
    clock = "client.evidence.retention#consent_proof"
    also = ("user.evidence.retention#consent_proof",)
    return Holding(f"standing.{model}", columns, "derived:proof", PURPOSES, clock, "subject", also=also)


DECLARATION = Declaration(
    holdings=(
        _of("Fact", ("id", "subject", "event", "happened_at", "source_id")),
        _of("Ending", ("id", "subject", "purpose", "reason", "ended_at")),
        _of("Resumption", ("id", "subject", "purpose", "resumed_at")),
        _of("RemovalWarning", ("id", "subject", "clause", "due_at", "warned_at", "message_id")),
        _of(
            "Restriction",
            (
                *("id", "subject", "placed_at", "placed_by_id"),
                *("announced_at", "announced_by_id", "lifted_at", "lifted_by_id"),
            ),
        ),
        replace(
            _of(
                "Hold",
                (
                    *("id", "subject", "ground", "category", "legal_reference", "until_date"),
                    *("placed_at", "placed_by_id", "released_at", "released_by_id"),
                ),
            ),
            outlasts=True,
        ),
        replace(
            _of("Archived", ("id", "subject", "hold_id", "clause", "sealed", "due_at", "archived_at")), outlasts=True
        ),
        _proof("Closure", ("id", "subject", "last_at", "ended_at")),
        _proof(
            "Consultation",
            ("id", "subject", "archived_id", "motive", "explanation", "consulted_at", "consulted_by_id"),
        ),
    ),
    occurrences=(
        Occurrence("last_activity", queries.activities),
        Occurrence("last_activity", queries.last_activities),
        Occurrence("end_of_purpose", queries.closures),
        Occurrence("end_of_services", queries.services_ended),
    ),
    exempt=(
        Exempt(actions.restrict, "places the restriction; placed twice it is one"),
        Exempt(actions.announce_lift, "the person is told before the restriction is lifted (GDPR, article 18(3))"),
        Exempt(actions.lift, "ends the restriction, after the person was told"),
        Exempt(actions.hold, "keeps what a legal claim needs (GDPR, article 18(2)), and touches the hold alone"),
        Exempt(actions.release, "ends a hold, and touches the hold alone"),
        Exempt(actions.hold_again, "places, on a restored database, a hold that was placed; touches the hold alone"),
        Exempt(actions.release_again, "ends, on a restored database, a hold that was released; touches it alone"),
    ),
    replays=(Replay(Again.HELD, actions.hold_again), Replay(Again.RELEASED, actions.release_again)),
    not_personal=tuple(
        NotPersonal(f"standing.{model}", ("controller_id",), "names the controller")
        for model in (
            *("Fact", "Ending", "Resumption", "RemovalWarning", "Restriction", "Hold"),
            *("Archived", "Closure", "Consultation"),
        )
    ),
)
