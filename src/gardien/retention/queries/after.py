"""What is asked after a run: what is left of who is gone, how far twins lead back, and when all is off the disk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from gardien.base import scope
from gardien.commitment.registry import Root

from ..models import Run
from . import attack, clocks, residue
from .removal import removal
from .statements import Members

MOST_SAMPLED = 100
"""Of so many persons of a controller what they bore is looked for after a run, of all when fewer went."""


@dataclass
class Witness:
    """Keeps, in memory and for this run only, what some of the persons bore who are about to go."""

    samples: dict[UUID, list[residue.Sample]] = field(default_factory=dict)
    went: int = 0
    """How many records went, those of the sample included."""

    def sees(self, root: Root, of: Members) -> Callable[[], None]:
        """Look at persons of the present scope, as long as too few were seen; what is returned says that they went.

        Who did not go after all is still everywhere, and is not looked for.
        """
        seen = self.samples.setdefault(scope.current(), [])
        left = MOST_SAMPLED - sum(each.persons for each in seen)
        sample = residue.collect(root, Members(of.ids[:left], of.references[:left])) if left > 0 else None

        def gone() -> None:
            self.went += len(of.ids)
            seen.extend([sample] if sample else [])

        return gone


def reports(run: Run, witness: Witness, paths: Mapping[str, Path], at: datetime) -> dict[str, Any]:
    """Return the reports of a run that has just swept: `residue`, `attack` and `removal`; call outside any scope.

    `paths` are the files and folders of the holdings that are no tables.
    """
    attacks = {}
    for of in clocks.passes():
        with scope.entered(of.controller):
            attacks[str(of.controller)] = attack.measured()
    samples = [each for found in witness.samples.values() for each in found]
    return {
        "residue": residue.scan(samples, paths) | {"went": witness.went},
        "attack": attack.added_up(attacks, run.attack["written"]),
        "removal": removal(at),
    }
