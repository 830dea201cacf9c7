"""How often a secret may be tried: decisions over what is remembered of one account, one user or one address."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .rules import MOST_LETTERS_A_DAY, Kind


@dataclass(frozen=True)
class Limit:
    """How many failures are borne: `most` within `window`; from `waits_from` in a row on, each wait twice the last.

    The first wait is `wait`; at `blocks_at` in a row nothing is tried any more until somebody lifts it (None: never).
    """

    most: int
    window: timedelta
    waits_from: int | None = None
    wait: timedelta = timedelta(seconds=60)
    blocks_at: int | None = None


LIMITS = {
    Kind.PASSWORD: Limit(most=25, window=timedelta(hours=24), waits_from=5, blocks_at=10),
    Kind.CODE: Limit(most=25, window=timedelta(hours=24), blocks_at=6),
    Kind.ADDRESS: Limit(most=20, window=timedelta(minutes=15)),
    Kind.LETTER: Limit(most=MOST_LETTERS_A_DAY, window=timedelta(hours=24)),
    Kind.REQUEST: Limit(most=20, window=timedelta(hours=1)),
}
"""The portal's own figures: stricter than a password of 80 bits needs."""


def may_try(limit: Limit, failed_at: Sequence[datetime], in_a_row: int, at: datetime) -> bool:
    """Say whether one more attempt is let through at `at`; `failed_at` holds the failures, the oldest first."""
    if limit.blocks_at is not None and in_a_row >= limit.blocks_at:
        return False
    if len(recent(limit, failed_at, at)) >= limit.most:
        return False
    if limit.waits_from is None or in_a_row < limit.waits_from or not failed_at:
        return True
    return at >= failed_at[-1] + limit.wait * (1 << (in_a_row - limit.waits_from))


def recent(limit: Limit, failed_at: Sequence[datetime], at: datetime) -> list[datetime]:
    """Return the failures that still count; every wait is shorter than the window."""
    return [each for each in failed_at if each > at - limit.window][-limit.most :]


def folded(key: str) -> str:
    """Return one spelling of all that a data base or a person takes for the same address: case, width, composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold()).strip()
