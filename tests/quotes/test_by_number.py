"""Finding a quote by its number, as people read it from paper."""

import pytest

from gardien.base import ids
from gardien.quotes import actions, queries
from gardien.quotes.rules import vocabulary
from gardien.standing import actions as standing
from tests.quotes.counter import Counter, day

NUMBER = "D-COL7-2031-000120"
SAME = [
    *("D-COL7-2031-000120", "d col7 2031 120", "dcol72031000120", "COL7 2031 000120", "2031-120", "2031 0120"),
    *("2O3I-OOOI2O", " d-c0l7-2031-000120 ", "D–COL7–2031–120", "2031000120"),
]
OTHERS = [
    *("", "2031", "120", "D-COL7-2031", "D-COL8-2031-000120", "2031-121", "2032-120", "2031-0000120", "06 39 98 12 34"),
    *("2031 120 120", "martin 2031 120", "\u0662031 120", "2" * 1_000_000, "D-COL7-2031-000120-1"),
]


@pytest.mark.parametrize("typed", SAME)
def test_a_number_is_read_in_any_spelling(typed: str) -> None:
    read = vocabulary.parse_number(typed)
    assert read is not None
    assert (read.year, read.rank, read.means(NUMBER)) == (2031, 120, True)


@pytest.mark.parametrize(
    "typed", ["D-COL7-2031-000120-R2", "2031 120 r2", "dcol72031000120r02", "col7 2031 0120 R 2", "2031-000120-R2"]
)
def test_a_revision_is_read_in_any_spelling(typed: str) -> None:
    read = vocabulary.parse_number(typed)
    assert read is not None
    assert (read.year, read.rank, read.revision, read.means(f"{NUMBER}-R2")) == (2031, 120, 2, True)


@pytest.mark.parametrize("typed", OTHERS)
def test_what_is_another_number_or_none_does_not_mean_it(typed: str) -> None:
    read = vocabulary.parse_number(typed)
    assert not (read and (read.year, read.rank) == (2031, 120) and read.means(NUMBER))


def test_a_quote_is_found_by_its_number_at_its_repairer_only(counters: dict[str, Counter]) -> None:
    at = day(2053)
    sold, draft = counters["TILLEUL"].sell(at), counters["TILLEUL"].draft(at)
    assert sold.number == "D-TILLEUL-2053-000001"
    for typed in (sold.number, "d t1lleul 2053 1", "2053-000001"):
        found = counters["TILLEUL"].read(queries.by_number, typed)
        assert (found and found.id, counters["CANAL"].read(queries.by_number, typed)) == (sold.id, None)
    assert counters["TILLEUL"].read(queries.by_number, str(draft.id)) is None


def test_a_number_brings_its_last_revision_unless_another_is_typed(counter: Counter) -> None:
    at = day(2055)
    first = counter.sell(at)
    second = counter.issue(counter.do(actions.revise, at, quote_id=first.id, draft_key=ids.new()), at)
    third = counter.issue(counter.do(actions.revise, at, quote_id=second.id, draft_key=ids.new()), at)
    numbers = {first.number: third, f"{first.number} r1": first, str(second.number): second, str(third.number): third}
    found = {typed: counter.read(queries.by_number, typed) for typed in numbers}
    assert found == numbers
    assert counter.read(queries.by_number, f"{first.number}-R4") is None


def test_a_restricted_persons_quote_is_not_found(counter: Counter) -> None:
    sold = counter.sell(day(2054))
    counter.do(standing.restrict, day(2054), subjects=[sold.customer.reference])
    assert counter.read(queries.by_number, sold.number) is None
