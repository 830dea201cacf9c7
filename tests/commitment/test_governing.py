"""A record is governed by the version in force, unless that keeps it longer than its person was told."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.commitment import policy
from gardien.commitment.policy import Period, Retention, Version, Versions

CLAUSE = "client.retention.quotes"
FIRST = policy.load_folder().all[0]
DAYS = [date(2020, 1, 25), date(2023, 3, 1), date(2026, 11, 22)]
PERIODS = st.builds(Period, years=st.integers(0, 3), months=st.integers(1, 14), days=st.integers(0, 40))


def version(day: date, **fields: Any) -> Version:
    clauses = {**FIRST.clauses}
    clauses[CLAUSE] = clauses[CLAUSE].model_copy(update={"retention": Retention(**fields)})
    return FIRST.model_copy(update={"effective_date": day, "clauses": clauses})


def governing(told: Retention | None, now: Retention | None, *, was_told_again: bool = False) -> str:
    """Return "told" or "now": which of two versions governs a record collected under the first."""
    held = []
    for day, retention in ((DAYS[0], told), (DAYS[1], now)):
        clauses = {**FIRST.clauses, CLAUSE: FIRST.clauses[CLAUSE].model_copy(update={"retention": retention})}
        held.append(FIRST.model_copy(update={"effective_date": day, "clauses": clauses}))
    found = policy.governing(
        Versions(tuple(held)), CLAUSE, collected_on=DAYS[0], today=DAYS[2], was_told_again=was_told_again
    )
    return "told" if found is held[0] else "now"


def clock(**fields: Any) -> Retention:
    return Retention(**{"start": "last_activity", "then": "anonymised", **fields})


@settings(max_examples=150, deadline=None)
@given(st.lists(PERIODS, min_size=3, max_size=3), st.sampled_from(DAYS), st.booleans())
def test_the_governing_version_never_keeps_longer_than_was_told(
    periods: list[Period], collected_on: date, was_told_again: bool
) -> None:
    held = Versions(
        tuple(
            version(day, period=period, start="last_activity", then="anonymised")
            for day, period in zip(DAYS, periods, strict=True)
        )
    )
    found = policy.governing(held, CLAUSE, collected_on=collected_on, today=DAYS[-1], was_told_again=was_told_again)
    told, now = held.in_force(collected_on), held.all[-1]
    starts = [date(2024, 1, 1) + timedelta(days=number) for number in range(1461)]
    retention = {each.id: each.clauses[CLAUSE].retention for each in (told, now, found)}
    ends = {id_: [kept.period.after(day) for day in starts] for id_, kept in retention.items() if kept and kept.period}
    keeps_longer = any(late > early for late, early in zip(ends[now.id], ends[told.id], strict=True))
    assert found.id == (told.id if keeps_longer and not was_told_again else now.id)


@pytest.mark.parametrize(
    ("told", "now", "governs"),
    [
        (clock(period=Period(years=2)), clock(period=Period(months=24)), "now"),
        (clock(period=Period(years=2)), clock(period=Period(months=13)), "now"),
        (clock(period=Period(months=13)), clock(period=Period(years=2)), "told"),
        (clock(period=Period(months=1)), clock(period=Period(days=31)), "told"),  # longer than February
        (clock(period=Period(days=31)), clock(period=Period(months=1)), "now"),
        (clock(period=Period(years=2)), clock(period=Period(years=2), start="end_of_custody"), "told"),
        (clock(period=Period(years=2)), clock(period=Period(years=2), then=None), "told"),
        (clock(period=Period(years=2), then=None), clock(period=Period(years=2)), "now"),
        (clock(period=Period(years=2)), clock(period=Period(years=2), adds_legal_periods=True), "told"),
        (clock(period=Period(years=2)), Retention(until=("end_of_services",), then="anonymised"), "told"),
        (Retention(until=("end_of_services",)), Retention(until=("end_of_services", "erasure_asked")), "now"),
        (Retention(until=("end_of_services", "erasure_asked")), Retention(until=("end_of_services",)), "told"),
        (clock(period=Period(years=2)), clock(period=Period(years=2), warning=Period(months=1)), "told"),
        (clock(period=Period(years=2), warning=Period(months=1)), clock(period=Period(years=2)), "now"),
        (
            clock(period=Period(years=2), warning=Period(months=1)),
            clock(period=Period(years=2), warning=Period(months=2)),
            "told",
        ),
        (
            clock(period=Period(years=2), warning=Period(months=2)),
            clock(period=Period(years=2), warning=Period(months=1)),
            "now",
        ),
        (clock(period=Period(years=2)), None, "told"),
        (None, clock(period=Period(years=2)), "now"),
    ],
)
def test_the_longer_clock_does_not_govern_who_was_not_told(
    told: Retention | None, now: Retention | None, governs: str
) -> None:
    assert governing(told, now) == governs
    assert governing(told, now, was_told_again=True) == ("told" if now is None else "now")


def test_a_clause_nobody_has_is_refused() -> None:
    with pytest.raises(policy.NoClockError):
        governing(None, None)


def test_no_shipped_clock_keeps_a_record_longer_than_its_person_was_told() -> None:
    versions = policy.load_folder()
    for clause, told in versions.all[0].clauses.items():
        if told.retention:
            found = policy.governing(
                versions, clause, collected_on=DAYS[0], today=DAYS[2], was_told_again=False
            ).clauses[clause]
            assert found.retention is not None
            assert policy.may_keep_longer(found.retention, told.retention) is False


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        (date(2024, 2, 29), Period(years=2), date(2026, 2, 28)),
        (date(2026, 8, 31), Period(months=1), date(2026, 9, 30)),
        (date(2026, 12, 15), Period(months=13), date(2028, 1, 15)),
        (date(2026, 1, 30), Period(months=1, days=2), date(2026, 3, 2)),
    ],
)
def test_a_period_ends_on_the_same_numbered_day(start: date, period: Period, end: date) -> None:
    assert period.after(start) == end


def test_a_clock_is_a_retention_clause_or_one_record_of_the_evidence() -> None:
    first, second = policy.load_folder().all
    assert policy.retention(first, CLAUSE) == first.clauses[CLAUSE].retention
    proofs = "client.evidence.retention#consent_proof"
    assert policy.retention(second, proofs) == Retention(period=Period(years=5), start="end_of_purpose", then="erased")
    for clock in ("client.evidence.retention", "client.evidence.retention#rumour", "client.use.quote", f"{CLAUSE}#x"):
        assert policy.retention(second, clock) is None
    told = {"collected_on": DAYS[0], "today": DAYS[2], "was_told_again": False}
    assert policy.governing(Versions((first, second)), proofs, **told) == second
