"""Twins: what is left of records, shared by several persons, beside a slow model of the ladder."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.base import ids, scope
from gardien.retention import rules
from gardien.retention.actions import _twins
from gardien.retention.models import Twin
from tests.conftest import as_role, empty_tables
from tests.retention.records import Record, people, told

K, SUPPRESSED = rules.LEAST_ALIKE, "suppressed"
MOST = 24
Tuple = tuple[str, str, str, int | None]
Classes = dict[tuple[int, Tuple], list[str]]


@pytest.fixture(scope="module")
def tenant(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A repairer with customers, of whom the last four are absorbed by the first four."""
    with django_db_blocker.unblock():
        found = ids.new()
        people(found, MOST, absorbed=4)
        yield found
    empty_tables()


def subject(number: int) -> str:
    return f"C-{number:08d}"


def person(reference: str) -> str:
    """Whose reference it is, as `people` merged them."""
    number = int(reference[2:])
    return subject(number - MOST + 4) if number >= MOST - 4 else reference


@contextmanager
def undone(tenant: Any) -> Iterator[None]:
    """Work in the repairer's scope, and leave nothing."""
    with scope.entered(tenant):
        yield
        transaction.set_rollback(True)


def coarse(record: Record, level: rules.Level) -> Tuple:
    """What a record says at a level, by hand."""
    month = record.month
    period = {"month": f"{month:%Y-%m}", "quarter": f"{month:%Y}-Q{(month.month + 2) // 3}", "year": f"{month:%Y}"}
    rim = record.size[len(record.size.rstrip("0123456789.")) - 1 :] if record.size else ""
    size = {"size": record.size, "rim": rim, "none": ""}
    step = level.step
    amount = None if step is None or record.amount is None else record.amount // step * step
    return (period[level.period], record.department if level.has_department else "", size[level.size], amount)


def placed(records: Sequence[Record], there: Classes) -> Classes:
    """Place records level by level, by hand: what is there already, and what they add, with the persons."""
    found: Classes = defaultdict(list, {key: list(persons) for key, persons in there.items()})
    waiting = list(records)
    for place, level in enumerate(rules.LADDER):
        persons = defaultdict(set)
        for record in waiting:
            persons[coarse(record, level)].add(person(record.subject))
        taken = {key for key, bearers in persons.items() if (place, key) in there or len(bearers) >= K}
        for record in waiting:
            if coarse(record, level) in taken:
                found[place, coarse(record, level)].append(person(record.subject))
        waiting = [record for record in waiting if coarse(record, level) not in taken]
    return found


def written() -> Counter[tuple[int, Tuple]]:
    """The published classes of the present scope, with their rows."""
    values = Twin.objects.values_list("level", "period", "department", "size", "amount")
    return Counter((level, (*rest, None if amount is None else int(amount))) for level, *rest, amount in values)


def sizes(classes: Classes) -> Counter[tuple[int, Tuple]]:
    return Counter({key: len(persons) for key, persons in classes.items()})


def write(records: Sequence[Record], subjects: Iterable[str] | None = None) -> Counter[str]:
    with told(records):
        return _twins.write("client", list(subjects or {record.subject for record in records}))


def everybody(count: int, **told_of: Any) -> list[Record]:
    return [Record(subject(number), **told_of) for number in range(count)]


records = st.builds(
    Record,
    subject=st.integers(0, MOST - 1).map(subject),
    month=st.sampled_from([date(2024, 3, 1)] * 3 + [date(2024, 2, 1), date(2024, 12, 1), date(2025, 1, 1)]),
    department=st.sampled_from(["75", "75", "2A", ""]),
    size=st.sampled_from(["205/55R16"] * 3 + ["195/65R16", "315/80R22.5", "145/80-10", ""]),
    amount=st.sampled_from([410, 410, 449, 450, 0, 1200, None]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, max_size=60), st.randoms(use_true_random=False))
def test_a_run_places_each_record_as_finely_as_enough_persons_share_it(tenant: Any, found: list, chance: Any) -> None:
    subjects = sorted({record.subject for record in found})
    with undone(tenant):
        published: Classes = {}
        for half in (subjects[::2], subjects[1::2]):
            whole = {each for each in subjects if person(each) in {person(reference) for reference in half}}
            batch = [record for record in found if record.subject in whole]
            before, published = sizes(published), placed(batch, published)
            found = [record for record in found if record.subject not in whole]
            counts = write(chance.sample(batch, len(batch)), whole)
            assert written() == sizes(published)
            added = sizes(published) - before
            by_level = Counter(str(level) for level, _ in added.elements())
            assert counts == by_level + Counter({SUPPRESSED: len(batch) - added.total()})
        assert all(len(set(persons)) >= K for persons in published.values())


def test_one_more_of_a_published_class_joins_it_and_one_alone_is_left_out(tenant: Any) -> None:
    with undone(tenant):
        assert write(everybody(K)) == {"0": K}
        assert write([Record(subject(10)), Record(subject(11), department="2B", month=date(2020, 1, 1))]) == {
            "0": 1,
            SUPPRESSED: 1,
        }
        assert written() == {(0, ("2024-03", "75", "205/55R16", 400)): K + 1}


def test_what_a_finer_level_took_counts_for_no_coarser_one(tenant: Any) -> None:
    with undone(tenant):
        near = Record(subject(K), month=date(2024, 2, 1))
        assert coarse(near, rules.LADDER[1]) == coarse(Record(subject(0)), rules.LADDER[1])
        assert write([*everybody(K), near]) == {"0": K, SUPPRESSED: 1}


def test_one_person_is_not_several_by_many_records_or_by_a_merged_reference(tenant: Any) -> None:
    with undone(tenant):
        assert write([Record(subject(0))] * K) == {SUPPRESSED: K}
        merged = [*everybody(K - 1), Record(subject(MOST - 4))]
        assert person(merged[-1].subject) == merged[0].subject
        assert write(merged) == {SUPPRESSED: K}


def test_another_repairers_class_is_none_of_ours(tenant: Any) -> None:
    other = ids.new()
    people(other, 1)
    with scope.entered(tenant):
        write(everybody(K))
    with undone(other):
        assert (written(), write([Record(subject(0))])) == (Counter(), Counter({SUPPRESSED: 1}))
    with scope.entered(tenant):
        Twin.objects.all().delete()


def test_a_class_that_is_not_committed_counts_for_nobody_else(tenant: Any) -> None:
    with as_role("app") as other:
        other.execute("SELECT set_config('gardien.controller', %s, true)", [str(tenant)])
        other.execute(
            """
            INSERT INTO retention_twin (id, controller_id, kind, level, period, department, size, amount)
            SELECT gen_random_uuid(), %s, 'quote', 0, '2024-03', '75', '205/55R16', 400 FROM generate_series(1, %s)""",
            [tenant, K],
        )
        with undone(tenant):
            assert write([Record(subject(0))]) == {SUPPRESSED: 1}
        other.rollback()


def test_what_is_not_of_these_persons_stays(tenant: Any) -> None:
    with undone(tenant):
        assert write(everybody(MOST), [subject(number) for number in range(K)]) == {"0": K}


def test_a_shuffle_leaves_no_stamp_no_order_and_no_key_by_which_a_row_came(tenant: Any) -> None:
    with scope.entered(tenant):
        write(everybody(K))
    with scope.entered(tenant):
        write(everybody(2 * K)[K:])
        before, keys = written(), set(Twin.objects.values_list("id", flat=True))
    with scope.entered(tenant):
        assert _twins.shuffle() == 2 * K
    with scope.entered(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), array_agg(id ORDER BY ctid) FROM retention_twin")
        stamps, order = cursor.fetchone()
        assert (stamps, written()) == (1, before)
        assert keys.isdisjoint(order) and sorted(order) == order
        assert {key.version for key in order} == {4}
        Twin.objects.all().delete()


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_told_is_nothing_written(tenant: Any, rows: int) -> None:
    with undone(tenant):
        assert write(everybody(rows), [subject(7)]) == {}
