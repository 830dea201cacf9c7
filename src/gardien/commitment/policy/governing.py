"""Which version governs a record: what its person was told, when a later version would keep it longer."""

from datetime import date, timedelta
from functools import lru_cache

from gardien.commitment.policy.clauses import Retention
from gardien.commitment.policy.periods import Period
from gardien.commitment.policy.versions import Version, Versions

_LEAP_CYCLE = [date(2024, 1, 1) + timedelta(days=number) for number in range(4 * 365 + 1)]


class NoClockError(LookupError):
    """Neither the version in force nor the one at collection has this retention clause."""


def governing(versions: Versions, clause: str, *, collected_on: date, today: date, was_told_again: bool) -> Version:
    """Return the version that governs a record kept under a clock, such as `client.retention.quotes` (see `retention`).

    It is the one in force `today`, unless that one keeps longer than the one in force when the record was collected
    and its person was not told again since: then the older. Of two clocks that cannot be compared (other events, or a
    month and thirty-one days) the later one counts as longer. A clause that only one of them has is that one's.
    Days are those of Paris; before the first version NoVersionInForceError, with no such clause NoClockError.
    """
    now, then = versions.in_force(today), versions.in_force(collected_on)
    new, old = (retention(version, clause) for version in (now, then))
    if new is None and old is None:
        message = f"No version since {collected_on} has the clause “{clause}”."
        raise NoClockError(message)
    if new is None:
        return then
    if old is None or was_told_again:
        return now
    return then if may_keep_longer(new, old) else now


def retention(version: Version, clock: str) -> Retention | None:
    """Return how long a version keeps what lies under a clock, None if it has no such clock.

    A clock is a retention clause, `client.retention.quotes`, or a record of a clause that lists several, as
    `client.evidence.retention#consent_proof`.
    """
    clause_id, _, record = clock.partition("#")
    clause = version.clauses.get(clause_id)
    if clause is None:
        return None
    return clause.records.get(record) if record else clause.retention


def may_keep_longer(new: Retention, old: Retention) -> bool:
    """Say whether data under `new` may still be there at an instant at which it would be gone under `old`.

    Archives do not count: they hold what a derogation keeps, and a derogation has its own end.
    """
    if not set(old.until) <= set(new.until):
        return True
    if old.then and new.then is None:
        return True
    if new.adds_legal_periods and not old.adds_legal_periods:
        return True
    if old.period is None:
        return False
    if new.period is None or new.start != old.start:
        return True
    return may_outlast(new.period, old.period) or may_outlast(_at_most(new), _at_most(old))


def _at_most(retention: Retention) -> Period:
    """Return a period with the time that its warning gives, were it to come at the last moment."""
    parts = [each for each in (retention.period, retention.warning) if each]
    return Period(**{unit: sum(getattr(each, unit) for each in parts) for unit in Period.model_fields})


@lru_cache(maxsize=256)
def may_outlast(new: Period, old: Period) -> bool:
    """Say whether a period may end later than another that began on the same day, whatever the day."""
    return any(new.after(day) > old.after(day) for day in _LEAP_CYCLE)
