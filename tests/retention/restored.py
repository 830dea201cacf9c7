"""The tests' own database as an earlier backup has it, and made to give up again what the ledger says."""

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from gardien.base import ledger
from gardien.portal.commands import restore
from tests import rows
from tests.roles import swept_by


def backed_up(aside: Path) -> Callable[[], int]:
    """Keep the rows as they are; return what restores them, does the ledger's lines again, and says how many.

    `aside` is where the ledger lies meanwhile.
    """
    kept = rows.taken_out()

    def restored() -> int:
        shutil.copytree(settings.GARDIEN_LEDGER.folder, aside / "ledger")
        rows.empty_tables()
        rows.put_back(kept)
        shutil.move(aside / "ledger", settings.GARDIEN_LEDGER.folder)
        with swept_by():
            ledger.reconcile()
            done = ledger.replay(restore.apply)
        assert ledger.standing().unreplayed == ()
        return done

    return restored
