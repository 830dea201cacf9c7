"""Which record stands for a person whose records were merged."""

from collections.abc import Mapping
from uuid import UUID


def kept(merges: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Return, for each absorbed record, the one that is kept at the end of its chain.

    `merges` leads from an absorbed record to the one that absorbed it. Merges join whole groups by their kept records,
    so that a chain never comes back to where it began; one that does raises ValueError.
    """
    return {absorbed: _end(absorbed, merges) for absorbed in merges}


def _end(record: UUID, merges: Mapping[UUID, UUID]) -> UUID:
    for _ in merges:
        record = merges[record]
        if record not in merges:
            return record
    msg = "merges in a circle"
    raise ValueError(msg)
