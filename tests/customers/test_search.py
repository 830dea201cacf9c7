"""Finding customers: any spelling and most slips, why each is found, and what comes first; never beyond the repairer."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.people import Crowd, Person
from gardien.base import scope
from gardien.customers import actions, queries, rules
from gardien.customers.queries.search import LIMIT, Found
from gardien.customers.rules.tokens import Why
from gardien.standing import actions as standing
from tests import scene
from tests.quotes.counter import Counter, day

AT, LATER = day(2026), day(2026, 7)
CROWDS = {"TILLEUL": list(Crowd(1).people(40)), "CANAL": list(Crowd(2).people(40))}
EVERYONE = [(code, place) for code, people in CROWDS.items() for place in range(len(people))]
SPACES = st.sampled_from((" ", "-", ".", "  ", "\N{NO-BREAK SPACE}", ""))


@pytest.fixture(scope="module")
def crowds(counters: dict[str, Counter]) -> Iterator[dict[str, list[str]]]:
    """Record both crowds; yield the references of each, in the order of `CROWDS`."""
    yield {code: [recorded(counters[code], person).reference for person in people] for code, people in CROWDS.items()}


def recorded(counter: Counter, person: Person) -> Any:
    names = {name: getattr(person, name) for name in ("last_name", "first_name", "company", "email")}
    numbers = {name: rules.parse_phone(getattr(person, name)) for name in ("phone", "mobile") if getattr(person, name)}
    return counter.customer(AT, plate=person.plates[0], **names, **numbers)


@contextmanager
def opened(counter: Counter) -> Iterator[None]:
    """Work in a transaction of the counter that leaves nothing behind."""
    with scope.entered(counter.tenant):
        yield
        transaction.set_rollback(True)


def references(found: Found) -> list[str]:
    return [customer.reference for customer in found]


def told(found: Found) -> list[tuple[str, tuple[Why, ...]]]:
    return [(match.customer.last_name, match.why) for match in found.matches]


@st.composite
def spelt(draw: st.DrawFn, name: str) -> str:
    """Return a name in one of the ways people type it."""
    if draw(st.booleans()):
        marked = unicodedata.normalize("NFD", name)
        name = "".join(letter for letter in marked if not unicodedata.category(letter).startswith("M"))
    name = re.sub(r"[-' ]", lambda _: draw(st.sampled_from((" ", "-", "'", "’", ""))), name)
    return draw(st.sampled_from((name, name.upper(), name.lower(), f"  {name} ", unicodedata.normalize("NFD", name))))


@st.composite
def coded(draw: st.DrawFn, code: str) -> str:
    """Return a plate, number or reference in groups of any kind, with letters for zero and one and the reverse."""
    alike = {"0": "0Oo", "O": "O0", "1": "1Ii", "I": "I1"}
    return "".join(draw(st.sampled_from(alike.get(each, each + each.lower()))) + draw(SPACES) for each in code)


@st.composite
def slipped(draw: st.DrawFn, name: str) -> str:
    """Return a name with one letter wrong, missing or added, or two swapped."""
    place, letter = draw(st.integers(0, len(name) - 1)), draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    before, one, after = name[:place], name[place], name[place + 1 :]
    kinds = (
        before + letter + after,
        before + after,
        before + letter + one + after,
        before + after[:1] + one + after[1:],
    )
    return draw(st.sampled_from(kinds))


def typed_of(draw: Any, person: Person) -> str:
    """Return something of a person in some spelling: a name, both, a plate, a number, an address."""
    names = [draw(spelt(name)) for name in (person.last_name, person.first_name)]
    dialled = "0" + person.mobile.removeprefix("+33")
    whole = [names[0], " ".join(names), " ".join(reversed(names)), draw(spelt(person.company or person.last_name))]
    codes = [draw(coded(person.plates[0])), draw(coded(dialled)), f"{names[0]} {person.plates[0]}", person.mobile]
    return draw(st.sampled_from(whole + codes + ([person.email.upper(), person.email] if person.email else [])))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), whom=st.sampled_from(EVERYONE))
def test_a_person_is_found_in_any_spelling_and_nobody_of_another_repairer_ever(
    counters: dict[str, Counter], crowds: dict[str, list[str]], data: st.DataObject, whom: tuple[str, int]
) -> None:
    code, place = whom
    typed = typed_of(data.draw, CROWDS[code][place])
    found = {each: list(counters[each].read(queries.search, typed)) for each in CROWDS}
    assert crowds[code][place] in {customer.reference for customer in found[code]}
    assert [each for each in CROWDS if {customer.tenant_id for customer in found[each]} - {counters[each].tenant}] == []


@settings(max_examples=100, deadline=None)
@given(data=st.data(), whom=st.sampled_from(EVERYONE))
def test_a_person_is_found_in_spite_of_one_slip_in_each_name(
    counters: dict[str, Counter], crowds: dict[str, list[str]], data: st.DataObject, whom: tuple[str, int]
) -> None:
    code, place = whom
    person = CROWDS[code][place]
    names = [name for name in (person.last_name, person.first_name) if len(name) > 4 and name.isalpha()]
    assume(names)
    found = counters[code].read(queries.search, " ".join(data.draw(slipped(name)) for name in names))
    assume(found.is_approximate or not found)
    assert crowds[code][place] in references(found)


def test_every_plate_is_found_typed_sign_by_sign(counters: dict[str, Counter], crowds: dict[str, list[str]]) -> None:
    missed = [
        person.plates[0]
        for code, place in EVERYONE
        for person in (CROWDS[code][place],)
        if crowds[code][place] not in references(counters[code].read(queries.search, " ".join(person.plates[0])))
    ]
    assert missed == []


def test_a_reference_is_found_with_letters_for_its_digits(counter: Counter) -> None:
    customer = counter.customer(AT)
    body = customer.reference[2:]
    for typed in (
        customer.reference,
        f"c {body}",
        f"C{body.replace('0', 'O').replace('1', 'l')}".lower(),
        f"C {body[:5]}",
    ):
        assert customer.reference in references(counter.read(queries.search, typed))


def test_each_is_told_by_what_they_are_found(counter: Counter) -> None:
    mobile = rules.parse_phone("06 39 98 44 55")
    with opened(counter):
        person = scene.customer(
            counter.membership, AT, "WA-451-QX", last_name="Quintard", mobile=mobile, email="q@courriel.example"
        )
        for typed, why in {
            "quintard": (Why.NAME,),
            "wa 451": (Why.PLATE,),
            "0639984455": (Why.PHONE,),
            "+33 (0)6 39 98 44 55": (Why.PHONE,),
            "Q@courriel.example": (Why.EMAIL,),
            person.reference: (Why.REFERENCE,),
            "elodie quintard wa 451 qx": (Why.NAME, Why.PLATE),
            "quinatrd": (Why.APPROXIMATE,),
            "elodie quintadr": (Why.NAME, Why.APPROXIMATE),
        }.items():
            assert (typed, told(queries.search(typed))) == (typed, [("Quintard", why)])


def test_the_very_word_comes_before_its_beginning_and_both_before_what_was(counter: Counter) -> None:
    with opened(counter):
        for place, name in enumerate(("Xavol", "Xavo-Brun", "Xavolin", "Xavo", "Dupin")):
            customer = scene.customer(counter.membership, AT, f"XA-70{place}-VX", last_name=name, first_name="")
            vehicle = customer.vehicles.get()
            plate = rules.parse_plate(f"XA-80{place}-VX")
            actions.change_plate(vehicle_id=vehicle.id, plate=plate, by=counter.by, at=AT)
        found = queries.search("xavo")
        assert [(match.customer.last_name, found.is_approximate) for match in found.matches] == [
            *(("Xavo", False), ("Xavo-Brun", False), ("Xavol", False), ("Xavolin", False))
        ]
        newcomer = scene.customer(counter.membership, LATER, "XA-700-VX", last_name="Zuber")
        actions.hand_over(vehicle_id=vehicle.id, to=newcomer.id, by=counter.by, at=LATER)
        assert told(queries.search("xa 700 vx")) == [("Zuber", (Why.PLATE,)), ("Xavol", (Why.FORMER_PLATE,))]
        assert told(queries.search(plate.display)) == [("Zuber", (Why.PLATE,)), ("Dupin", (Why.FORMER_OWNER,))]
        assert [len(match.vehicles) for match in queries.search("zuber").matches] == [2]


def test_a_car_that_came_back_is_told_as_theirs(counter: Counter) -> None:
    with opened(counter):
        first, second = (scene.customer(counter.membership, AT, plate) for plate in ("YA-111-YY", "YA-222-YY"))
        away = actions.hand_over(vehicle_id=first.vehicles.get().id, to=second.id, by=counter.by, at=AT)
        actions.hand_over(vehicle_id=away.id, to=first.id, by=counter.by, at=LATER)
        matches = queries.search("YA-111-YY").matches
        assert [(match.customer.id, match.why) for match in matches] == [
            (first.id, (Why.PLATE,)),
            (second.id, (Why.FORMER_OWNER,)),
        ]


def test_a_merged_group_answers_once_as_the_record_that_is_kept_and_for_all_of_them(counter: Counter) -> None:
    with opened(counter):
        kept = scene.customer(counter.membership, AT, "ZA-100-ZZ", last_name="Orvanne")
        absorbed = scene.customer(counter.membership, AT, "ZA-200-ZZ", last_name="Orvane")
        merge = actions.merge(kept_id=kept.id, absorbed_id=absorbed.id, by=counter.by, at=AT)
        for typed in ("orvan", "za-200-zz", absorbed.reference, "orvanne za 200 zz", "orvannne"):
            matches = queries.search(typed).matches
            assert [(match.customer.id, len(match.vehicles)) for match in matches] == [(kept.id, 2)]
        actions.undo_merge(merge_id=merge.id, by=counter.by, at=LATER)
        assert [customer.id for customer in queries.search("za-200-zz")] == [absorbed.id]
        assert [customer.id for customer in queries.search("orvan")] == [absorbed.id, kept.id]


def test_what_was_corrected_is_found_and_what_it_replaced_is_not(counter: Counter) -> None:
    with opened(counter):
        customer = scene.customer(counter.membership, AT, last_name="Vaubernier")
        corrected = rules.Details(last_name="Palissot", first_name="Élodie")
        actions.correct(customer_id=customer.id, details=corrected, seen=customer.details, by=counter.by, at=LATER)
        found = {typed: told(queries.search(typed)) for typed in ("palissot", "palisot", "vaubernier", "vaubenrier")}
        assert found == {
            "palissot": [("Palissot", (Why.NAME,))],
            "palisot": [("Palissot", (Why.APPROXIMATE,))],
            "vaubernier": [],
            "vaubenrier": [],
        }


def test_restricted_persons_are_not_found_and_crowd_nobody_out(counter: Counter) -> None:
    with opened(counter):
        crowd = [scene.customer(counter.membership, AT, last_name="Kerloc") for _ in range(LIMIT + 10)]
        found = queries.search("kerloc")
        assert (len(found), found.has_more) == (LIMIT, True)
        for each in crowd[:-3]:
            standing.restrict(subjects=[each.reference], by=counter.by, at=AT)
        found = queries.search("kerloc")
        assert (references(found), found.has_more) == ([each.reference for each in crowd[-3:]], False)
        assert references(queries.search("kreloc")) == references(found)


def test_of_too_many_the_nearest_are_shown_and_more_is_said_to_be_typed(counter: Counter) -> None:
    with opened(counter):
        for number in range(LIMIT + 1):
            scene.customer(counter.membership, AT, last_name=f"Mirvaux{chr(ord('a') + number % 26)}", first_name="Jo")
        last = scene.customer(counter.membership, AT, last_name="Mirvaux", first_name="Zoé")
        found = queries.search("mirvaux")
        assert (len(found), found.has_more, references(found)[0]) == (LIMIT, True, last.reference)
        names = [customer.sort_key for customer in found]
        assert names[1:] == sorted(names[1:])
        alone = queries.search("mirvaux zoe")
        assert (references(alone), alone.has_more) == ([last.reference], False)


@pytest.mark.parametrize("typed", ["hotn", "htoe", "zoe", "AB-123-CE", "06 39 98 00 00", "vauclair"])
def test_short_words_numbers_and_plates_have_no_slips(counter: Counter, typed: str) -> None:
    with opened(counter):
        mobile = rules.parse_phone("06 39 98 00 01")
        scene.customer(counter.membership, AT, "AB-123-CD", last_name="Hote", first_name="Zoa", mobile=mobile)
        assert [last_name for last_name, _ in told(queries.search(typed)) if last_name == "Hote"] == []
        assert ("Hote", (Why.NAME,)) in told(queries.search("hote"))


@pytest.mark.parametrize(
    "junk",
    [
        *("", "   ", "%", "_", "' OR '1'='1", "\x00", "\ud800", "\U0010ffff", "@", "@@ @", "😀", "-", "+", "0", "C-"),
        *("a b c d e f g h i j k l", "zz " * 5_000, "z" * 1_000_000, "1" * 5_000, "é\u0301" * 9_000, "00" * 60),
    ],
    ids=lambda junk: ascii(junk[:8]),
)
def test_whatever_is_pasted_gets_an_answer(counter: Counter, junk: str) -> None:
    found = counter.read(queries.search, junk)
    assert found.is_approximate is False
    assert len(found) <= LIMIT
