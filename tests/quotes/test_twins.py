"""What is told of quotes once their persons are gone: one row of each that was offered, and where, when, how large."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from gardien.base import ids, scope
from gardien.catalogue.models import Article
from gardien.customers.models import Customer
from gardien.customers.queries.departments import department
from gardien.quotes import actions
from gardien.quotes.queries import twins
from gardien.quotes.rules.vocabulary import CancelReason
from tests import scene
from tests.quotes.counter import Counter, day

AT = day(2031)
COLUMNS = ("month", "department", "size", "amount")


def told(counter: Counter, *quotes: Any) -> list[tuple[Any, ...]]:
    """Return what is told of the customers of these quotes."""
    references = [quote.customer.reference for quote in quotes]
    return counter.read(lambda: list(twins.rows().filter(subject__in=references).values_list(*COLUMNS)))


def tyres(counter: Counter, quote: Any, size: str, quantity: int, option: int = 0) -> None:
    scene.price_list(AT)
    article = Article.objects.filter(size_key=size).exclude(label_status="missing").first()
    offer = actions.Offer(size, Decimal(quantity), Decimal("100.00"), Decimal(20), option=option)
    counter.do(actions.add_tyre, AT, quote_id=quote.id, article=article, offer=offer, line_key=ids.new())


def test_a_quote_is_told_by_the_month_of_its_issue_in_paris(counter: Counter) -> None:
    late = counter.sell(datetime(2031, 5, 31, 22, 30, tzinfo=UTC), "10.00")
    assert told(counter, late) == [(date(2031, 6, 1), "", "", Decimal("40.00"))]


def test_a_quote_counts_once_by_its_last_revision_and_only_if_it_was_offered(counter: Counter) -> None:
    draft, quote, cancelled = counter.draft(AT, "1.00"), counter.sell(AT, "2.00"), counter.sell(AT, "3.00")
    counter.do(actions.cancel, AT, quote_id=cancelled.id, reason=CancelReason.MISTAKE)
    newer = counter.do(actions.revise, AT, quote_id=quote.id, draft_key=ids.new())
    assert [row[-1] for row in told(counter, draft, quote, cancelled)] == [Decimal("8.00")]
    counter.add(newer, AT)
    counter.issue(newer, AT)
    assert [row[-1] for row in told(counter, quote)] == [Decimal("82.00")]


def test_the_size_is_that_of_the_most_tyres_of_the_option_that_the_amount_is_of(counter: Counter) -> None:
    quote = counter.draft(AT, "1.00")
    for size, quantity, option in (("195/65R15", 1, 1), ("205/55R16", 4, 1), ("225/45R17", 2, 2)):
        tyres(counter, quote, size, quantity, option)
    counter.issue(quote, AT)
    assert told(counter, quote) == [(date(2031, 6, 1), "", "205/55R16", Decimal("504.00"))]
    counter.do(actions.accept, AT, quote_id=quote.id, option=2)
    assert told(counter, quote) == [(date(2031, 6, 1), "", "225/45R17", Decimal("204.00"))]


@pytest.mark.parametrize(
    ("postcode", "country", "expected"),
    [
        ("01000", "FR", "01"),
        ("35700", "FR", "35"),
        ("20000", "FR", "2A"),
        ("20137", "FR", "2A"),
        ("20200", "FR", "2B"),
        ("20620", "FR", "2B"),
        ("20700", "FR", ""),
        ("97110", "FR", "971"),
        ("98800", "FR", "988"),
        ("00100", "FR", ""),
        ("99123", "FR", ""),
        ("", "FR", ""),
        ("1000", "BE", ""),
        ("35700", "DE", ""),
    ],
)
def test_a_postcode_tells_its_department(counter: Counter, postcode: str, country: str, expected: str) -> None:
    with scope.entered(counter.tenant):
        one = scene.customer(counter.membership, AT)
        Customer.objects.filter(id=one.id).update(postcode=postcode, country=country)
        assert Customer.objects.filter(id=one.id).values_list(department()).get() == (expected,)
