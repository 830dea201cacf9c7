"""Where each clause stands: kept by code and proved by a figure, or not yet."""

from . import registry
from .policy import Version


def keepers(clause: str) -> list[str]:
    """Return the names of the callables that keep a clause, as `module.name`."""
    found = [keeper.keeps for keeper in registry.registry.keepers() if keeper.clause == clause]
    return [f"{keeps.__module__}.{keeps.__qualname__}" for keeps in found]


def kept(version: Version) -> list[str]:
    """Return the version's clauses that have both a keeper and a proof."""
    proved = {proof.clause for proof in registry.registry.proofs()}
    return [clause for clause in version.clauses if keepers(clause) and clause in proved]


def not_yet(version: Version) -> list[str]:
    """Return the version's clauses that lack a keeper or a proof so far."""
    done = set(kept(version))
    return [clause for clause in version.clauses if clause not in done]
