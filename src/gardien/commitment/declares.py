"""What the commitment says for `base`, which knows no clause."""

from gardien.base import walls

from . import documents
from .registry import Declaration, Holding, Keeper, Proof


def walls_standing() -> tuple[int, int]:
    """Return how many tables belong to one controller, and at how many points the database departs from their walls."""
    return len(walls.scoped_models()), len(walls.differences())


DECLARATION = Declaration(
    holdings=(
        Holding(
            "base.LedgerMark",
            ("id",),
            "derived:proof",
            ("client.use.quote", "client.use.storage"),
            "client.backup.retention",
            "id",
        ),
    ),
    keepers=(
        Keeper("client.controller", walls.raise_walls),
        Keeper("client.controller", documents.verso, mends=("controller-unnamed",)),
    ),
    proofs=(Proof("client.controller", walls_standing),),
)
