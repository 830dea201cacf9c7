"""What people choose on a quote, and what must be asked of them: answers, copies, labels, reused parts."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from gardien.base import ids
from gardien.base.actor import Actor
from gardien.catalogue import actions as catalogue
from gardien.catalogue.models import Article
from gardien.network.models import User
from gardien.quotes import actions, queries
from gardien.quotes.models import Quote
from gardien.quotes.queries import Change
from gardien.quotes.rules.vocabulary import Family, RefusalReason, ReusedParts
from tests import second_factor
from tests.quotes.counter import Counter, day
from tests.quotes.test_documents import pages
from tests.quotes.test_drafting import at_once
from tests.walls.house import fingerprints

AT = day(2072)
BY = Actor.program("test")
HEAD = "ref;marque;profil;taille;saison;prix ttc;devise;carburant;sol mouillé;classe de bruit;bruit dB;cycle de vie"
LABELLED = "B;A;B;70"
MISSING = ";;;"


def listed(reference: str, price: str, label: str = LABELLED, life: str = "", currency: str = "EUR") -> Article:
    """Import one article of a list of its own, again at another price if need be."""
    raw = f"{HEAD}\n{reference};Kestrane;Rivage;205/55 R16 91V;été;{price};{currency};{label};{life}\n"
    catalogue.import_tyres(raw=raw.encode(), file_name="l.csv", supplier=reference, currency=None, by=BY, at=AT)
    return Article.objects.get(supplier=reference)


def drafted(counter: Counter, *articles: Article, price: str = "70.00", **more: Any) -> Quote:
    quote = counter.draft(AT)
    for article in articles:
        offer = actions.Offer(f"Pneu {article.source_id}", Decimal(4), Decimal(price), Decimal(20), **more)
        counter.do(actions.add_tyre, AT, quote_id=quote.id, article=article, offer=offer, line_key=ids.new())
    return quote


def duplicated(counter: Counter, quote: Quote) -> tuple[Quote, list[Change], list[tuple[str, Decimal, Decimal]]]:
    """Duplicate; return the draft, what is told to have changed, and its lines' names, prices and discounts."""
    copy = counter.do(actions.duplicate, AT, quote_id=quote.id, draft_key=ids.new())
    lines = counter.read(queries.lines, copy)
    return (
        copy,
        counter.read(queries.changes, quote, copy),
        [(one.label, one.unit_price, one.discount) for one in lines],
    )


@pytest.fixture
def wheel_alignment(counter: Counter) -> Iterator[Any]:
    """Put a service on the tariff for the time of a test; give what sets its price."""
    sold = catalogue.Sold("Géométrie vie", Decimal("89.00"), Decimal("20.00"))
    service = counter.do(catalogue.set_service, AT, service_id=None, sold=sold)

    def cost(price: str) -> None:
        told = catalogue.Sold("Géométrie vie", Decimal(price), Decimal("20.00"))
        counter.do(catalogue.set_service, AT, service_id=service.id, sold=told)

    yield cost
    counter.do(catalogue.end_service, AT, service_id=service.id)


def test_a_duplicate_costs_what_things_cost_today_and_says_what_changed(counter: Counter, wheel_alignment: Any) -> None:
    same, dearer, gone = (listed(name, "70,00") for name in ("L-SAME", "L-DEAR", "L-GONE"))
    quote = drafted(counter, same, dearer, gone, discount=Decimal("8.00"))
    for label, price in (("Géométrie vie", "89.00"), ("Main-d’œuvre", "45.00")):
        counter.add(quote, AT, actions.Offer(label, Decimal(1), Decimal(price), Decimal(20)))
    quote = counter.issue(quote, AT)
    listed("L-DEAR", "74,50")
    listed("L-GONE", "70,00", life="arrêté")
    wheel_alignment("85.00")
    copy, changes, lines = duplicated(counter, quote)
    assert lines == [
        ("Pneu L-SAME", Decimal("70.00"), Decimal("8.00")),
        ("Pneu L-DEAR", Decimal("74.50"), Decimal("0.00")),
        ("Géométrie vie", Decimal("85.00"), Decimal("0.00")),
        ("Main-d’œuvre", Decimal("45.00"), Decimal("0.00")),
    ]
    assert changes == [
        Change("Pneu L-DEAR", Decimal("70.00"), Decimal("74.50")),
        Change("Pneu L-GONE", Decimal("70.00"), None),
        Change("Géométrie vie", Decimal("89.00"), Decimal("85.00")),
    ]
    assert (copy.state, copy.revises_id, counter.read(queries.by_id, quote.id).state) == ("draft", None, "issued")


def test_where_no_price_changed_a_duplicate_says_nothing(counter: Counter) -> None:
    quote = drafted(counter, listed("L-STAY", "70,00"))
    assert duplicated(counter, counter.issue(quote, AT))[1] == []


def test_a_company_reads_todays_price_without_tax_on_its_duplicate(counter: Counter) -> None:
    quote = counter.draft(AT, company="Transports Valmont", plate="GH-482-KN")
    article = listed("L-FIRM", "70,00")
    offer = actions.Offer("Pneu", Decimal(4), Decimal("58.33"), Decimal(20))
    counter.do(actions.add_tyre, AT, quote_id=quote.id, article=article, offer=offer, line_key=ids.new())
    listed("L-FIRM", "99,99")
    assert [price for _, price, _ in duplicated(counter, quote)[2]] == [Decimal("83.33")]


def test_a_duplicate_asks_again_what_was_asked_of_the_person_and_a_revision_does_not(counter: Counter) -> None:
    quote = counter.draft(AT, "10.00")
    counter.do(actions.choose_parts, AT, quote_id=quote.id, choice=ReusedParts.YES)
    counter.do(actions.tell_mileage, AT, quote_id=quote.id, mileage=48_200)
    quote = counter.issue(quote, AT)
    copies = [
        counter.do(act, AT, quote_id=quote.id, draft_key=ids.new()) for act in (actions.duplicate, actions.revise)
    ]
    asked = [counter.read(queries.by_id, copy.id) for copy in copies]
    assert [(copy.reused_parts, copy.mileage) for copy in asked] == [("", None), ("yes", 48_200)]


@pytest.mark.parametrize("act", [actions.duplicate, actions.revise])
def test_a_button_pressed_twice_at_once_opens_one_copy(counter: Counter, act: Any) -> None:
    quote, key = counter.sell(AT, "10.00", "20.00"), ids.new()
    opened = at_once(4, lambda: counter.do(act, AT, quote_id=quote.id, draft_key=key).id)
    assert len(set(opened)) == 1
    assert len(counter.read(queries.lines, counter.read(queries.by_id, opened[0]))) == 2


def test_a_tyre_without_its_label_waits_for_a_reason_that_is_then_printed(counter: Counter) -> None:
    quote = drafted(counter, listed("L-BARE", "70,00", MISSING), listed("L-FULL", "70,00"))
    bare, before = counter.read(queries.lines, quote)[0], fingerprints()
    with pytest.raises(actions.LabelMissingError):
        counter.issue(quote, AT)
    assert fingerprints() == before
    for reason in ("Rechapé à façon", "", "Étiquette demandée"):
        counter.do(actions.excuse_label, AT, quote_id=quote.id, line_id=bare.id, reason=reason)
        if not reason:
            with pytest.raises(actions.LabelMissingError):
                counter.issue(quote, AT)
    assert "Étiquettedemandée" in pages(counter, counter.issue(quote, AT))[0]


def test_a_reason_of_blanks_is_none(counter: Counter) -> None:
    quote = drafted(counter, listed("L-BLANK", "70,00", MISSING))
    line = counter.read(queries.lines, quote)[0]
    counter.do(actions.excuse_label, AT, quote_id=quote.id, line_id=line.id, reason=" \t")
    with pytest.raises(actions.LabelMissingError):
        counter.issue(quote, AT)


@pytest.mark.parametrize("family", Family)
def test_a_part_that_may_be_reused_waits_for_the_persons_choice(counter: Counter, family: Family) -> None:
    quote = counter.draft(AT)
    counter.add(quote, AT, actions.Offer("Pièce", Decimal(1), Decimal(80), Decimal(20), family=family.value))
    with pytest.raises(actions.PartsUnansweredError):
        counter.issue(quote, AT)
    counter.do(actions.choose_parts, AT, quote_id=quote.id, choice=ReusedParts.NO)
    assert counter.issue(quote, AT).reused_parts == "no"


def test_tyres_and_their_fitting_ask_for_no_choice_of_parts(counter: Counter) -> None:
    quote = drafted(counter, listed("L-ROUND", "70,00"))
    counter.add(quote, AT)
    assert counter.issue(quote, AT).reused_parts == ""


def test_an_article_in_another_currency_stands_on_no_quote_nor_duplicate(counter: Counter) -> None:
    quote = drafted(counter, listed("L-ABROAD", "70,00"))
    pounds = listed("L-ABROAD", "60,00", currency="GBP")
    with pytest.raises(actions.NotInEurosError):
        drafted(counter, pounds)
    _, changes, lines = duplicated(counter, quote)
    assert (lines, changes) == ([], [Change("Pneu L-ABROAD", Decimal("70.00"), None)])


def test_the_reasons_of_a_refusal_are_a_closed_list() -> None:
    assert {each.value for each in RefusalReason} == {"price", "elsewhere", "delay", "postponed", "other"}


@pytest.mark.parametrize(
    ("who", "status", "state"), [("counter.adviser", 403, "issued"), ("site.manager", 302, "accepted")]
)
def test_a_late_acceptance_takes_a_manager_and_a_reason(counter: Counter, who: str, status: int, state: str) -> None:
    quote, client = counter.sell(day(2021, 3)), Client()
    user = User.objects.get(email=f"{who}@tilleul.example")
    second_factor.sign_in(client, user)
    address = f"/devis/{quote.id}/accepter-tard/"
    assert client.post(address, {"late_reason": ""}).status_code == (422 if status == 302 else status)
    assert counter.read(queries.by_id, quote.id).state == "issued"
    assert client.post(address, {"late_reason": "Promis au téléphone"}).status_code == status
    found = counter.read(queries.by_id, quote.id)
    assert (found.state, bool(found.late_reason)) == (state, state == "accepted")


def test_the_page_of_a_duplicate_says_which_prices_changed(counter: Counter) -> None:
    quote, client = counter.issue(drafted(counter, listed("L-PAGE", "70,00")), AT), Client()
    listed("L-PAGE", "75,00")
    second_factor.sign_in(client, User.objects.get(email="counter.adviser@tilleul.example"))
    page = client.post(f"/devis/{quote.id}/dupliquer/", {"draft_key": str(ids.new())}, follow=True).text
    assert "coûte maintenant 75,00\xa0€" in page.replace("\u202f", "\xa0")


def test_an_older_revision_is_closed_once_the_newer_one_is_issued_and_not_before(counter: Counter) -> None:
    first = counter.sell(AT)
    copy = counter.do(actions.revise, AT, quote_id=first.id, draft_key=ids.new())
    assert counter.read(queries.by_id, first.id).state == "issued"
    counter.do(actions.refuse, AT + timedelta(days=1), quote_id=first.id)
    with pytest.raises(actions.NotOpenError):
        counter.issue(copy, AT + timedelta(days=2))
    assert counter.read(queries.by_id, copy.id).number is None
