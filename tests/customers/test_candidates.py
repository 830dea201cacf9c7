"""Who may be the same person: proposed with reasons, never decided."""

from dataclasses import replace
from typing import Any

import pytest

from gardien.base import scope
from gardien.customers import actions, queries, rules
from gardien.customers.rules import Details, Reason, of_names
from gardien.standing import actions as standing
from tests.quotes.counter import Counter, day

AT, LATER = day(2026, 6), day(2026, 7)
PHONE, OTHER_PHONE = "06 39 98 70 01", "06 39 98 70 02"


def proposed(counter: Counter, plate: str = "", excluding: Any = None, **told: Any) -> list[tuple[str, list[str]]]:
    """Return the names proposed for what was typed, with their reasons."""
    details = Details(**{"last_name": "", **told})
    parsed = rules.parse_plate(plate) if plate else None
    found = counter.read(queries.candidates, details, parsed, excluding)
    return [(each.customer.display_name, [str(reason) for reason in each.reasons]) for each in found]


def phone(typed: str) -> rules.Phone:
    return rules.parse_phone(typed)


def test_a_household_with_one_number_is_two_customers_and_each_is_proposed_for_it(counter: Counter) -> None:
    counter.customer(AT, plate="LA-101-RD", last_name="Ferrand", first_name="Paul", mobile=phone(PHONE))
    counter.customer(AT, plate="LA-102-RD", last_name="Ferrand", first_name="Odile", phone=phone(PHONE))
    assert proposed(counter, mobile=phone(PHONE)) == [
        ("Odile Ferrand", ["same_phone"]),
        ("Paul Ferrand", ["same_phone"]),
    ]
    assert proposed(counter, phone=phone(PHONE)) == proposed(counter, mobile=phone(PHONE))
    assert proposed(counter, mobile=phone(OTHER_PHONE)) == []


def test_each_thing_in_common_is_a_reason_and_the_likeliest_come_first(counter: Counter) -> None:
    counter.customer(
        AT, plate="LB-101-RD", last_name="Ostrander", first_name="Ana", email="Ana@courriel.example", postcode="99100"
    )
    counter.customer(AT, plate="LB-102-RD", last_name="Ostrande", first_name="", postcode="99100")
    counter.customer(AT, plate="LB-103-RD", last_name="Ostrander", first_name="Ana", postcode="99200")
    assert proposed(
        counter, "LB101RD", last_name="OSTRANDER", first_name="ana", email="ana@COURRIEL.example", postcode="99100"
    ) == [
        ("Ana Ostrander", ["same_plate", "same_email", "same_name"]),
        ("Ana Ostrander", ["same_name"]),
        ("Ostrande", ["near_name"]),
    ]


@pytest.mark.parametrize(
    "told, known, reason",
    [
        (("Dupont", "Marie"), ("DUPONT", "marie"), Reason.SAME_NAME),
        (("Marie", "Dupont"), ("Dupont", "Marie"), Reason.SAME_NAME),
        (("Le Roy", "Zoë"), ("leroy", "Zoe"), Reason.NEAR_NAME),
        (("Dupond", "Marie"), ("Dupont", "Marie"), Reason.NEAR_NAME),
        (("Dupont", ""), ("Dupont", "Marie"), Reason.NEAR_NAME),
        (("Dubois", "Marie"), ("Dupont", "Marie"), None),
        (("Dupont", "Marie"), ("Dupont", "Lucien"), None),
        (("", "Marie"), ("", "Marie"), Reason.SAME_NAME),
        (("", ""), ("", ""), None),
        (("张伟", ""), ("张伟", ""), Reason.SAME_NAME),
        (("-", ""), ("-", ""), None),
    ],
)
def test_two_names_are_the_same_or_near_or_have_nothing_in_common(told: Any, known: Any, reason: Reason | None) -> None:
    one, other = (Details(last_name=last, first_name=first, postcode="99100") for last, first in (told, known))
    assert (of_names(one, other), of_names(other, one)) == (reason, reason)
    elsewhere = replace(other, postcode="99200")
    assert of_names(one, elsewhere) == (None if reason is Reason.NEAR_NAME else reason)
    assert of_names(replace(one, postcode=""), replace(other, postcode="")) == (
        None if reason is Reason.NEAR_NAME else reason
    )


def test_companies_are_compared_by_their_names_and_not_with_persons() -> None:
    known = Details(last_name="Moreau", company="Transports Sarvane", postcode="99100")
    assert of_names(replace(known, last_name="Ferrand"), known) is Reason.SAME_NAME
    assert of_names(replace(known, company="Transport Sarvane"), known) is Reason.NEAR_NAME
    assert of_names(replace(known, company="Menuiserie Orval"), known) is None
    assert of_names(replace(known, company=""), known) is None


def test_a_company_is_proposed_by_its_siren_whoever_comes(counter: Counter) -> None:
    counter.customer(AT, plate="LC-101-RD", company="Transports Brumel", siren="000400408")
    assert proposed(counter, company="Brumel SA", siren="000400408") == [
        ("Transports Brumel (Élodie Moreau)", ["same_siren"])
    ]
    assert proposed(counter, company="transports BRUMEL", last_name="Nobody") == [
        ("Transports Brumel (Élodie Moreau)", ["same_name"])
    ]


def test_a_car_that_was_sold_or_re_registered_proposes_its_owners_with_the_difference(counter: Counter) -> None:
    seller = counter.customer(AT, plate="LD-101-RD", last_name="Selmer")
    buyer = counter.customer(AT, plate="LD-102-RD", last_name="Bouvard")
    vehicle = counter.read(queries.vehicles, [seller])[0]
    owned = counter.do(actions.hand_over, LATER, vehicle_id=vehicle.id, to=buyer.id)
    assert proposed(counter, "LD-101-RD") == [("Élodie Bouvard", ["same_plate"]), ("Élodie Selmer", ["former_plate"])]
    counter.do(actions.change_plate, LATER, vehicle_id=owned.id, plate=rules.parse_plate("LD-103-RD"))
    assert proposed(counter, "LD-101-RD") == [("Élodie Bouvard", ["former_plate"]), ("Élodie Selmer", ["former_plate"])]
    assert proposed(counter, "LD-103-RD") == [("Élodie Bouvard", ["same_plate"])]


def test_a_merged_person_is_proposed_once_by_the_kept_record_and_not_to_themselves(counter: Counter) -> None:
    kept = counter.customer(AT, plate="LE-101-RD", last_name="Vernier", first_name="Kim")
    absorbed = counter.customer(
        AT, plate="LE-102-RD", last_name="Vernier", first_name="Kim", email="kim@courriel.example"
    )
    other = counter.customer(AT, plate="LE-102-RD", last_name="Delage")
    counter.do(actions.merge, AT, kept_id=kept.id, absorbed_id=absorbed.id)
    told = {"last_name": "Vernier", "first_name": "Kim", "email": "kim@courriel.example"}
    assert proposed(counter, **told) == [("Kim Vernier", ["same_email", "same_name"])]
    for own in (kept, absorbed):
        assert proposed(counter, "LE-102-RD", own.id, **told) == [("Élodie Delage", ["same_plate"])]
    group = counter.read(queries.group, kept.id)
    found = counter.read(queries.candidates_for, group)
    assert [(each.customer.id, each.reasons) for each in found] == [(other.id, (Reason.SAME_PLATE,))]


def test_another_repairers_customers_are_never_proposed(counters: dict[str, Counter]) -> None:
    told = {
        "last_name": "Quintard",
        "first_name": "Lou",
        "email": "lou@courriel.example",
        "mobile": phone(PHONE),
        "postcode": "99100",
    }
    counters["CANAL"].customer(AT, plate="LF-101-RD", **told)
    assert [name for name, _ in proposed(counters["TILLEUL"], "LF-101-RD", **told) if "Quintard" in name] == []
    assert len(proposed(counters["CANAL"], "LF-101-RD", **told)) == 1


def test_a_restricted_person_is_never_proposed(counter: Counter) -> None:
    customer = counter.customer(AT, plate="LG-101-RD", last_name="Garance", email="garance@courriel.example")
    told = {"last_name": "Garance", "first_name": "Élodie", "email": "garance@courriel.example"}
    assert len(proposed(counter, "LG-101-RD", **told)) == 1
    counter.do(standing.restrict, AT, subjects=[customer.reference])
    assert proposed(counter, "LG-101-RD", **told) == []


def test_nothing_typed_proposes_nobody_and_many_bearers_are_a_short_list(counter: Counter) -> None:
    assert proposed(counter) == []
    for number in range(10):
        counter.customer(AT, plate=f"LH-1{number:02}-RD", last_name="Nombreux", first_name="Max")
    assert len(proposed(counter, last_name="Nombreux", first_name="Max")) == 8


def test_candidates_cost_the_same_queries_with_one_and_with_ten(
    counter: Counter, django_assert_max_num_queries: Any
) -> None:
    told = Details(
        last_name="Nombreux", first_name="Max", postcode="99100", email="m@courriel.example", siren="000400408"
    )
    with scope.entered(counter.tenant), django_assert_max_num_queries(7):
        queries.candidates(told, rules.parse_plate("LH-100-RD"))
