"""What this room says of its own tables: counts, anonymous twins, files, and the references of what it could not do."""

from gardien.commitment.registry import Declaration, Holding, Keeper, NotPersonal, Tidy

from . import actions

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
        NotPersonal("retention.Twin", ("*",), "anonymous: alike for several persons, with no way back"),
        NotPersonal("retention.Backup", ("*",), "which files were written, and until when they stay"),
        NotPersonal("retention.Quarantined", ("controller_id",), "names the controller"),
    ),
    tidies=(Tidy("retention.Backup", actions.remove_old_backups),),
    keepers=(
        Keeper("client.backup.retention", actions.remove_old_backups),
        Keeper("user.backup.retention", actions.remove_old_backups),
    ),
)
