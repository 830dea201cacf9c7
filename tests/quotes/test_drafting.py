"""Drafts and lines: sent twice they have one effect, and what is refused moves nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.catalogue import actions as catalogue
from gardien.catalogue.models import Article
from gardien.network.models import Site
from gardien.quotes import actions, queries
from gardien.quotes.rules import money
from tests.quotes.counter import SERVICE, Counter, day, rows
from tests.walls.house import fingerprints

AT = day(2026)
POUNDS = b"reference;brand;pattern;designation;price\nP-1;Kestrane;Albion;205/55 R16 91V;64.90\n"


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """Call `act` from `count` threads at the same time; return the answers."""

    def called() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [done.result() for done in [pool.submit(called) for _ in range(count)]]


def test_a_draft_form_sent_again_returns_the_same_draft(counter: Counter) -> None:
    customer, key = counter.customer(AT), ids.new()
    what = {"customer": customer, "vehicle": None, "site": counter.membership.site, "draft_key": key}
    opened = {counter.do(actions.draft, AT, **what).id for _ in range(2)}
    opened |= {quote.id for quote in at_once(4, lambda: counter.do(actions.draft, AT, **what))}
    assert len(opened) == 1
    told = "SELECT count(*) FROM journal_entry WHERE tag = 'quotes:quote:drafted' AND subject = %s"
    assert rows(told, customer.reference) == [(1,)]


def test_a_draft_form_sent_at_the_same_time_opens_one_draft(counter: Counter) -> None:
    customer, key = counter.customer(AT), ids.new()
    what = {"customer": customer, "vehicle": None, "site": counter.membership.site, "draft_key": key}
    assert len({quote.id for quote in at_once(6, lambda: counter.do(actions.draft, AT, **what))}) == 1
    assert len(counter.read(lambda: list(queries.of_customers([customer.id])))) == 1


def test_a_line_sent_again_or_at_the_same_time_is_added_once(counter: Counter) -> None:
    quote, key = counter.draft(AT), ids.new()
    added = {line.id for line in at_once(6, lambda: counter.add(quote, AT, line_key=key))}
    assert len(added | {counter.add(quote, AT, line_key=key).id}) == 1
    assert [line.id for line in counter.read(queries.lines, quote)] == list(added)
    told = "SELECT count(*) FROM journal_entry WHERE tag = 'quotes:line:added' AND \"references\"->>'quote' = %s"
    assert rows(told, str(quote.id)) == [(1,)]


def test_lines_added_at_the_same_time_stand_one_after_the_other(counter: Counter) -> None:
    quote = counter.draft(AT)
    at_once(6, lambda: counter.add(quote, AT))
    assert [line.position for line in counter.read(queries.lines, quote)] == [1, 2, 3, 4, 5, 6]


def test_a_removed_line_stays_gone(counter: Counter) -> None:
    quote = counter.draft(AT, "10.00", "20.00")
    first, second = counter.read(queries.lines, quote)
    for _ in range(2):
        counter.do(actions.remove_line, AT, quote_id=quote.id, line_id=first.id)
    assert [line.id for line in counter.read(queries.lines, quote)] == [second.id]


def test_a_full_quote_takes_no_further_line_but_the_last_one_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "MAX_LINES", 3)
    quote, key = counter.draft(AT, "1.00", "2.00"), ids.new()
    last = counter.add(quote, AT, line_key=key)
    assert counter.add(quote, AT, line_key=key).id == last.id
    with pytest.raises(money.TooManyLinesError):
        counter.add(quote, AT)
    counter.do(actions.remove_line, AT, quote_id=quote.id, line_id=counter.read(queries.lines, quote)[0].id)
    counter.add(quote, AT)
    assert [line.position for line in counter.read(queries.lines, quote)] == [2, 3, 4]


def test_the_mileage_told_last_stands(counter: Counter) -> None:
    quote = counter.draft(AT)
    for mileage in (48_200, None, 48_300):
        counter.do(actions.tell_mileage, AT, quote_id=quote.id, mileage=mileage)
    assert counter.read(queries.by_id, quote.id).mileage == 48_300


def test_an_issued_quote_is_not_changed(counter: Counter) -> None:
    quote = counter.sell(AT)
    line, before = counter.read(queries.lines, quote)[0], fingerprints()
    refused = [
        lambda: counter.add(quote, AT),
        lambda: counter.do(actions.remove_line, AT, quote_id=quote.id, line_id=line.id),
        lambda: counter.do(actions.tell_mileage, AT, quote_id=quote.id, mileage=1),
    ]
    for act in refused:
        with pytest.raises(actions.NotADraftError):
            act()
    assert fingerprints() == before


def test_a_tyre_in_pounds_is_refused_and_nothing_moves(counter: Counter) -> None:
    by = Actor.program("import")
    catalogue.import_tyres(raw=POUNDS, file_name="uk.csv", supplier="uk", currency="GBP", by=by, at=AT)
    article, quote = Article.objects.get(supplier="uk"), counter.draft(AT)
    before, offer = fingerprints(), actions.Offer("Albion", Decimal(4), Decimal("72.99"), Decimal(20))
    with pytest.raises(actions.NotInEurosError):
        counter.do(actions.add_tyre, AT, quote_id=quote.id, article=article, offer=offer, line_key=ids.new())
    assert (article.currency, fingerprints()) == ("GBP", before)


@pytest.mark.parametrize(
    ("territory", "rate", "is_accepted"),
    [
        *(("metropolitan", "20", True), ("metropolitan", "5.5", True), ("metropolitan", "8.5", False)),
        *(("metropolitan", "0", False), ("metropolitan", "19.6", False), ("antilles_reunion", "8.5", True)),
        *(("antilles_reunion", "20", False), ("guiana_mayotte", "0", True), ("guiana_mayotte", "20", False)),
    ],
)
def test_the_vat_rate_is_one_of_the_sites_territory(
    counter: Counter, territory: str, rate: str, is_accepted: bool
) -> None:
    quote, site = counter.draft(AT), Site.objects.filter(id=counter.membership.site_id)
    site.update(territory=territory)
    try:
        before, offer = fingerprints(), actions.Offer("Montage", Decimal(1), Decimal(10), Decimal(rate))
        if is_accepted:
            assert counter.add(quote, AT, offer).vat_rate == Decimal(rate)
        else:
            with pytest.raises(money.RateRefusedError):
                counter.add(quote, AT, offer)
            assert fingerprints() == before
    finally:
        site.update(territory="metropolitan")


@pytest.mark.parametrize(("quantity", "price"), [("0", "10"), ("-1", "10"), ("1", "-1"), ("1", "0.001"), ("1e9", "1")])
def test_an_impossible_amount_is_refused_and_nothing_moves(counter: Counter, quantity: str, price: str) -> None:
    quote = counter.draft(AT)
    before = fingerprints()
    with pytest.raises(money.AmountRefusedError):
        counter.add(quote, AT, actions.Offer("Montage", Decimal(quantity), Decimal(price), Decimal(20)))
    assert fingerprints() == before


def test_another_repairers_draft_takes_no_line(counters: dict[str, Counter]) -> None:
    quote = counters["TILLEUL"].draft(AT)
    before = fingerprints()
    for act in (actions.add_service, actions.issue):
        what = {"offer": SERVICE, "line_key": ids.new()} if act is actions.add_service else {}
        with pytest.raises(queries.NoSuchQuoteError), scope.entered(counters["CANAL"].tenant):
            act(quote_id=quote.id, by=counters["CANAL"].by, at=AT, **what)
    assert fingerprints() == before
