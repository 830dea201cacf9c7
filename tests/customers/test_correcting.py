"""Correcting what was told, while somebody else does."""

from dataclasses import replace

import pytest

from gardien.customers import actions, queries, rules
from gardien.standing.models import Fact
from tests.customers.together import at_once
from tests.quotes.counter import Counter, day, rows

AT = day(2026)
TOLD = {
    "last_name": "Moreau",
    "first_name": "Élodie",
    "street": "7 impasse des Lilas",
    "postcode": "99100",
    "city": "Vauclair",
}
ENTRIES = "SELECT tag FROM journal_entry WHERE subject = %s ORDER BY id"


def details(counter: Counter, customer: object) -> rules.Details:
    return counter.read(queries.by_id, customer.id).details  # type: ignore[attr-defined]


def correct(counter: Counter, customer: object, seen: rules.Details, **told: object) -> object:
    return counter.do(actions.correct, AT, customer_id=customer.id, details=replace(seen, **told), seen=seen)  # type: ignore[attr-defined]


def test_a_correction_is_written_found_and_told_to_the_journal_by_reference(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    phone = rules.parse_phone("06 39 98 43 21")
    correct(counter, customer, customer.details, last_name="Vasseur", mobile=phone, postcode="99 200")
    found = counter.read(queries.by_id, customer.id)
    assert (found.last_name, found.mobile, found.postcode, found.sort_key) == (
        "Vasseur",
        phone.e164,
        "99200",
        "vasseur elodie",
    )
    assert [each.id for each in counter.read(queries.search, "06 39 98 43 21 vasseur")] == [customer.id]
    assert list(counter.read(queries.search, f"moreau {customer.reference}")) == []
    assert [tag for (tag,) in rows(ENTRIES, customer.reference)][-2:] == [
        "customers:customer:told",
        "customers:customer:corrected",
    ]


def test_a_company_becomes_one_and_a_person_again(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    became = correct(counter, customer, customer.details, company="Transports Sarvane", siren="000400408")
    assert (became.kind, became.siren) == ("company", "000400408")
    again = correct(counter, customer, became.details, company="", siren="")
    assert (again.kind, again.display_name) == ("person", "Élodie Moreau")


def test_a_form_saved_as_it_was_shown_changes_nothing(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    before = rows(ENTRIES, customer.reference)
    correct(counter, customer, customer.details)
    assert rows(ENTRIES, customer.reference) == before


def test_a_correction_moves_no_clock(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    later = day(2026, 9)
    counter.do(
        actions.correct,
        later,
        customer_id=customer.id,
        details=replace(customer.details, city="Orval"),
        seen=customer.details,
    )
    assert counter.read(
        lambda: list(Fact.objects.filter(subject=customer.reference).values_list("event", "happened_at", "source_id"))
    ) == [("details_told", AT, customer.id)]


def test_two_advisers_changes_to_different_facts_both_stay(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    seen = customer.details
    mobile = rules.parse_phone("06 39 98 43 21")
    deeds = [
        lambda: actions.correct(
            customer_id=customer.id, details=replace(seen, mobile=mobile), seen=seen, by=counter.by, at=AT
        ),
        lambda: actions.correct(
            customer_id=customer.id, details=replace(seen, last_name="Vasseur"), seen=seen, by=counter.by, at=AT
        ),
        lambda: actions.correct(
            customer_id=customer.id, details=replace(seen, street="2 rue Haute"), seen=seen, by=counter.by, at=AT
        ),
    ]
    assert [type(each).__name__ for each in at_once(counter, *deeds)] == ["Customer"] * 3
    assert details(counter, customer) == replace(seen, mobile=mobile, last_name="Vasseur", street="2 rue Haute")
    assert [each.id for each in counter.read(queries.search, f"vasseur {customer.reference}")] == [customer.id]


def test_the_same_fact_changed_by_two_is_refused_to_the_second_with_what_stands_now(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    seen = customer.details
    correct(counter, customer, seen, last_name="Vasseur", email="e@courriel.example")
    with pytest.raises(actions.StaleError) as refused:
        correct(counter, customer, seen, last_name="Vasseure", city="Orval", email="e@courriel.example")
    assert (refused.value.fields, refused.value.present.last_name) == (("last_name",), "Vasseur")
    assert str(refused.value) == "last_name"
    assert repr(refused.value) == "StaleError('last_name')"
    assert details(counter, customer) == replace(seen, last_name="Vasseur", email="e@courriel.example")


def test_two_advisers_who_change_one_fact_at_once_leave_one_of_the_two(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    seen = customer.details

    def deed(name: str) -> object:
        return lambda: actions.correct(
            customer_id=customer.id, details=replace(seen, last_name=name), seen=seen, by=counter.by, at=AT
        )

    done = at_once(counter, deed("Vasseur"), deed("Leroy"))
    assert sorted(type(each).__name__ for each in done) == ["Customer", "StaleError"]
    assert details(counter, customer).last_name == next(
        each.last_name for each in done if not isinstance(each, Exception)
    )


def test_an_address_that_fits_no_letter_is_refused_and_nothing_moves(counter: Counter) -> None:
    customer = counter.customer(AT, **TOLD)
    for told in ({"city": "V" * 38}, {"postcode": "9910"}):
        with pytest.raises((rules.AddressRefused, rules.PostcodeRefused)):
            correct(counter, customer, customer.details, **told)
    assert details(counter, customer) == customer.details


def test_another_repairers_customer_is_none(counters: dict[str, Counter]) -> None:
    customer = counters["CANAL"].customer(AT, **TOLD)
    with pytest.raises(queries.NoSuchCustomerError):
        correct(counters["TILLEUL"], customer, customer.details, last_name="X")
