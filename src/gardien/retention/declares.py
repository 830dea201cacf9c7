"""What this room says of its own tables: counts, anonymous twins, files, and the references of what it could not do."""

from gardien.commitment.registry import Declaration, Exempt, Holding, Keeper, NotPersonal, Proof, Replay, Tidy
from gardien.standing import actions as standing

from . import actions
from .actions import _archiving
from .actions._erasing import ERASED
from .queries import backups, figures, proofs

POPULATIONS = ("client", "user")


DECLARATION = Declaration(
    holdings=(
        Holding(
            "retention.Quarantined",
            ("id", "clause", "key", "cause", "found_at"),
            "derived:proof",
            ("client.use.quote", "user.use.accounts"),
            "client.retention.quotes",
            "key",
            also=("user.retention.orders",),
        ),
    ),
    not_personal=(
        NotPersonal("retention.Run", ("*",), "counts over all persons, and when they were taken"),
        NotPersonal("retention.Outlook", ("*",), "counts of one controller's persons, and when they were taken"),
        NotPersonal("retention.Twin", ("*",), "anonymous: alike for several persons, with no way back"),
        NotPersonal("retention.Backup", ("*",), "which files were written, and until when they stay"),
        NotPersonal("retention.Quarantined", ("controller_id",), "names the controller"),
    ),
    exempt=(
        Exempt(actions.erase_again, "repeats, on a restored database, what was done after a restriction was lifted"),
        Exempt(
            _archiving.let_go_again, "repeats, on a restored database, what was done after a restriction was lifted"
        ),
        Exempt(_archiving.end_holds_again, "repeats, on a restored database, what was done after it was lifted"),
        Exempt(figures.measure, "counts whom a restriction keeps from being deleted, and touches nobody"),
    ),
    replays=(
        Replay(ERASED, actions.erase_again),
        Replay(_archiving.LET_GO, _archiving.let_go_again),
        Replay(_archiving.HOLDS_GONE, _archiving.end_holds_again),
    ),
    tidies=(Tidy("retention.Backup", actions.remove_old_backups),),
    keepers=(
        *(Keeper(clause, actions.sweep) for clause in proofs.BY_CLAUSE),
        *(
            Keeper(clause, _archiving.keep, mends=("archive-none",))
            for clause in proofs.BY_CLAUSE
            if ".retention." in clause
        ),
        *(Keeper(clause, _archiving.keep) for clause in proofs.OF_ARCHIVE),
        *(Keeper(f"{each}.retention.derogations", standing.hold) for each in POPULATIONS),
        *(Keeper(f"{each}.archive.intermediate", standing.consult) for each in POPULATIONS),
        *(Keeper(clause, actions.remove_old_backups) for clause in backups.CLAUSES),
    ),
    proofs=(
        *(
            Proof(clause, measure, is_scoped=True, is_timed=True)
            for clause, measure in (*proofs.BY_CLAUSE.items(), *proofs.OF_ARCHIVE.items())
        ),
        *(Proof(clause, backups.overdue, is_timed=True) for clause in backups.CLAUSES),
    ),
)
