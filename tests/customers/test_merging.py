"""Merging and undoing: one kept record per person, nothing lost, whatever the order and whoever is at it."""

import itertools
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gardien.base import ids, scope
from gardien.customers import actions, queries, rules
from gardien.customers.models import Customer, Merge
from tests import scene
from tests.customers.together import at_once
from tests.quotes.counter import Counter, day, rows

AT = day(2026)
PEOPLE = 6
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("undo"), st.integers(0, 7), st.just(0)),
    ),
    max_size=14,
)


class Model:
    """What merging means, slowly: trees of records, redrawn from the merges in force each time."""

    def __init__(self) -> None:
        self.merges: list[tuple[UUID, UUID, bool]] = []

    def root(self, person: UUID) -> UUID:
        parents = [kept for kept, absorbed, in_force in self.merges if in_force and absorbed == person]
        return self.root(parents[0]) if parents else person

    def merge(self, kept: UUID, absorbed: UUID) -> None:
        if self.root(kept) != self.root(absorbed):
            self.merges.append((self.root(kept), self.root(absorbed), True))

    def undo(self, number: int) -> None:
        self.merges[number] = (*self.merges[number][:2], False)


def play(counter: Counter, people: Sequence[UUID], steps: Sequence[tuple[str, int, int]]) -> None:
    """Play steps in the actions and in the model, and see after each that they agree."""
    model, made = Model(), []
    for what, first, second in steps:
        if what == "undo" and first < len(made):
            actions.undo_merge(merge_id=made[first].id, by=counter.by, at=AT)
            model.undo(first)
        if what == "merge" and first != second:
            done = actions.merge(kept_id=people[first], absorbed_id=people[second], by=counter.by, at=AT)
            model.merge(people[first], people[second])
            made += [done] if done.id not in {each.id for each in made} else []
        assert len(made) == len(model.merges)
        named = dict(Customer.objects.filter(id__in=people).values_list("id", "merged_into_id"))
        assert {person: named[person] or person for person in people} == {
            person: model.root(person) for person in people
        }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("merge", 0, 1), ("merge", 2, 0), ("merge", 1, 3), ("undo", 0, 0), ("merge", 1, 2), ("undo", 1, 0)])
@example([("merge", 0, 1), ("merge", 1, 0), ("undo", 0, 0), ("merge", 1, 0), ("undo", 0, 0)])
@given(STEPS)
def test_any_sequence_of_merges_and_undos_is_as_the_slow_model_has_it(counter: Counter, steps: Any) -> None:
    with scope.entered(counter.tenant):
        people = [scene.customer(counter.membership, AT).id for _ in range(PEOPLE)]
        play(counter, people, steps)
        groups = [queries.group(person) for person in people]
        assert [{record.id for record in group} for group in groups] == [
            {record.id for record in group[0].absorbed.all()} | {group[0].id} for group in groups
        ]
        transaction.set_rollback(True)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_the_end_of_every_chain_is_found_and_a_circle_is_refused(parents: list[int]) -> None:
    nodes = [UUID(int=number) for number in range(len(parents) + 1)]
    tree = {nodes[child + 1]: nodes[parent % (child + 1)] for child, parent in enumerate(parents)}
    assert rules.kept(tree) == dict.fromkeys(tree, nodes[0])
    with pytest.raises(ValueError, match="circle"):
        rules.kept({**tree, nodes[0]: nodes[-1]})


def test_the_absorbed_record_keeps_its_reference_and_all_that_is_its_own(counter: Counter) -> None:
    kept, absorbed = counter.customer(AT, plate="AB-201-CD"), counter.draft(AT, "10.00", first_name="Elodie").customer
    before = rows("SELECT * FROM quotes_quote WHERE customer_id = %s", absorbed.id)
    done = counter.do(actions.merge, AT, kept_id=kept.id, absorbed_id=absorbed.id)
    found = counter.read(queries.group, absorbed.id)
    assert [record.id for record in found] == [kept.id, absorbed.id]
    assert (found[1].reference, found[1].first_name, found[1].merged_into_id) == (absorbed.reference, "Elodie", kept.id)
    assert counter.read(queries.subjects, kept.id) == (kept.reference, absorbed.reference)
    assert [each.plate for each in counter.read(queries.vehicles, found)] == ["AB201CD", "GH482KL"]
    assert rows("SELECT * FROM quotes_quote WHERE customer_id = %s", absorbed.id) == before
    told = rows(
        "SELECT subject, \"references\" FROM journal_entry WHERE tag = 'customers:customer:merged' AND subject = %s",
        kept.reference,
    )
    assert told == [(kept.reference, {"merge": str(done.id), "absorbed": absorbed.reference})]


def test_an_undone_merge_stays_in_the_history_of_both(counter: Counter) -> None:
    kept, absorbed = counter.customer(AT), counter.customer(AT)
    done = counter.do(actions.merge, AT, kept_id=kept.id, absorbed_id=absorbed.id)
    later = day(2026, 7)
    for _ in range(2):
        counter.do(actions.undo_merge, later, merge_id=done.id)
    again = counter.do(actions.merge, day(2026, 8), kept_id=absorbed.id, absorbed_id=kept.id)
    for customer in (kept, absorbed):
        assert [(each.id, each.undone_at) for each in counter.read(queries.merges, customer.id)] == [
            (again.id, None),
            (done.id, later),
        ]
    told = "SELECT count(*) FROM journal_entry WHERE tag = 'customers:customer:merge_undone' AND subject = %s"
    assert rows(told, kept.reference) == [(1,)]


def test_a_record_is_not_merged_with_itself_nor_with_nobody(counters: dict[str, Counter]) -> None:
    counter, stranger = counters["TILLEUL"], counters["CANAL"].customer(AT)
    customer = counter.customer(AT)
    with pytest.raises(actions.SamePersonError):
        counter.do(actions.merge, AT, kept_id=customer.id, absorbed_id=customer.id)
    for other in (stranger.id, ids.new()):
        for pair in ((customer.id, other), (other, customer.id)):
            with pytest.raises(queries.NoSuchCustomerError):
                counter.do(actions.merge, AT, kept_id=pair[0], absorbed_id=pair[1])
    with pytest.raises(queries.NoSuchMergeError):
        counter.do(actions.undo_merge, AT, merge_id=ids.new())
    assert rows(
        "SELECT count(*) FROM customers_merge WHERE kept_id = %s OR absorbed_id = %s", customer.id, customer.id
    ) == [(0,)]


def test_the_same_merge_twice_is_one(counter: Counter) -> None:
    kept, absorbed = counter.customer(AT), counter.customer(AT)
    done = [counter.do(actions.merge, AT, kept_id=kept.id, absorbed_id=absorbed.id).id for _ in range(2)]
    assert done[0] == done[1]


@pytest.mark.parametrize("round_", range(5))
def test_two_advisers_who_merge_the_same_two_either_way_round_end_in_one_kept_record(
    counter: Counter, round_: int
) -> None:
    one, other = counter.customer(AT), counter.customer(AT)

    def deed(kept: Customer, absorbed: Customer) -> Any:
        return lambda: actions.merge(kept_id=kept.id, absorbed_id=absorbed.id, by=counter.by, at=AT)

    done = at_once(counter, deed(one, other), deed(other, one), deed(one, other))
    assert {type(each) for each in done} == {Merge}
    assert len({each.id for each in done}) == 1
    groups = {counter.read(queries.group, each.id)[0].id for each in (one, other)}
    assert groups == {done[0].kept_id}


def test_many_merges_and_undos_at_once_leave_whole_groups(counter: Counter) -> None:
    people = [counter.customer(AT).id for _ in range(4)]

    def deed(kept: UUID, absorbed: UUID) -> Any:
        return lambda: actions.merge(kept_id=kept, absorbed_id=absorbed, by=counter.by, at=AT)

    first = at_once(counter, *(deed(*pair) for pair in itertools.combinations(people, 2)))
    assert {type(each) for each in first} == {Merge}
    assert len({each.id for each in first}) == len(people) - 1
    undone = [lambda merge=each: actions.undo_merge(merge_id=merge.id, by=counter.by, at=AT) for each in first[:2]]
    again = at_once(counter, *undone, *(deed(*pair) for pair in itertools.pairwise(people[::-1])))
    assert {type(each) for each in again} == {Merge}
    roots = {person: counter.read(queries.group, person)[0] for person in people}
    assert {root.merged_into_id for root in roots.values()} == {None}
    in_force = rows(
        "SELECT kept_id, absorbed_id FROM customers_merge WHERE undone_at IS NULL AND kept_id = ANY(%s)", people
    )
    assert {absorbed: roots[kept].id for kept, absorbed in in_force} == {
        absorbed: roots[absorbed].id for _, absorbed in in_force
    }


def test_two_advisers_who_record_one_customer_at_once_make_two_records_that_a_merge_joins_whole(
    counter: Counter,
) -> None:
    def deed(plate: str) -> Any:
        return lambda: scene.customer(
            counter.membership, AT, plate=plate, email="both@courriel.example", last_name="Doublet"
        )

    one, other = at_once(counter, deed("AB-301-CD"), deed("AB-302-CD"))
    assert one.reference != other.reference
    proposed = counter.read(lambda: queries.candidates(one.details, excluding=one.id))
    assert [each.customer.id for each in proposed] == [other.id]
    before = rows(
        "SELECT customer_id, plate, parted_at FROM customers_vehicle WHERE customer_id IN (%s, %s) ORDER BY plate",
        one.id,
        other.id,
    )
    counter.do(actions.merge, AT, kept_id=one.id, absorbed_id=other.id)
    assert (
        rows(
            "SELECT customer_id, plate, parted_at FROM customers_vehicle WHERE customer_id IN (%s, %s) ORDER BY plate",
            one.id,
            other.id,
        )
        == before
    )
    assert counter.read(queries.candidates, one.details, None, one.id) == []
    for plate in ("AB301CD", "AB302CD"):
        assert {record.id for record in counter.read(queries.search, plate)} & {one.id, other.id} != set()


def test_a_person_of_any_number_of_records_costs_two_queries(counter: Counter, django_assert_num_queries: Any) -> None:
    people = [counter.customer(AT).id for _ in range(5)]
    for person in people[1:]:
        counter.do(actions.merge, AT, kept_id=people[0], absorbed_id=person)
    with scope.entered(counter.tenant), django_assert_num_queries(2):
        assert len(queries.subjects(people[3])) == 5
