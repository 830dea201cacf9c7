"""What becomes known of a run only later: since when what it deleted is gone from the disk."""

from datetime import datetime

from gardien.base.actor import Actor

from .. import queries


def keep_removals(*, by: Actor, at: datetime) -> None:
    """Write to earlier runs since when their tables are vacuumed: the server remembers the last time alone."""
    del by
    for run in queries.runs().filter(removal__tables__freed_at=None):
        run.removal = queries.reckoned(run.removal, at)
        run.save(update_fields=["removal"])
