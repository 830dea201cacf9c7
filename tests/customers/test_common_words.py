"""Two words that very many bear: somebody is always shown, and it is said that these are not all."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.db import transaction

from gardien.base import ids, scope
from gardien.customers import queries
from gardien.customers.models import Customer, SearchToken, SearchVariant
from gardien.customers.queries.search import LIMIT
from tests.quotes.counter import Counter, day

MANY = 1_501
"""One more than a search looks at."""
AT = day(2031)


@pytest.fixture(scope="module", autouse=True)
def crowd(counters: dict[str, Counter]) -> Iterator[None]:
    """Enter a counter whose customers of two names are too many for any search, known by their tokens alone."""
    counter = counters["TILLEUL"]
    with scope.entered(counter.tenant):
        told = {"told_at": AT, "told_to_id": counter.by.id}
        people = [
            Customer(reference=f"{kind}{number:09d}", last_name=name, sort_key=name, reading_id=ids.new(), **told)
            for (kind, name), number in product((("C", "mirvel"), ("D", "tavouet")), range(MANY))
        ]
        Customer.objects.bulk_create(people)
        SearchToken.objects.bulk_create(SearchToken(token=f"{each.last_name} n", customer=each) for each in people)
        SearchVariant.objects.bulk_create(SearchVariant(variant=each.last_name, customer=each) for each in people)
        yield
        transaction.set_rollback(True)


def test_of_two_very_common_words_that_nobody_bears_together_the_first_bearers_are_shown() -> None:
    found = queries.search("mirvel tavouet")
    assert (len(found), found.has_more, found.is_partial, found.is_approximate) == (LIMIT, True, True, False)
    assert len({customer.last_name for customer in found}) == 1
    one = queries.search("mirvel")
    assert (len(one), one.has_more, one.is_partial) == (LIMIT, True, False)


def test_a_word_that_nobody_bears_beside_a_common_one_finds_nobody_and_says_so() -> None:
    found = queries.search("mirvel qqqqqqqqqqq")
    assert (len(found), found.has_more, found.is_partial) == (0, False, False)


def test_a_slip_in_two_common_words_says_that_not_all_who_come_near_were_looked_at() -> None:
    found = queries.search("mirrvel tavvouet")
    assert (len(found), found.has_more, found.is_approximate) == (0, True, False)
    one = queries.search("mirrvel")
    assert (len(one), one.has_more, one.is_approximate) == (LIMIT, True, True)
