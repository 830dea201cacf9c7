"""The wall by page: what is another's answers with the very bytes of what never was.

A normal run tries the ids that addresses are made for at each address, and every third of the others in turn; `make
soak` each at each.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gardien.base import ids
from gardien.commitment import roles
from tests.walls.house import ABSENT, MOBILE, PHONE, PLATE, House, fingerprints

Enter = Callable[[str], Client]
INSIDER, BOTH = "counter.adviser@canal.example", "renfort@tilleul.example"
MANAGER = "site.manager@canal.example"
TOKEN = re.compile(r"\b\w{64}\b")
PARAMETER = re.compile(r"<uuid:\w+>")
FITTING = {"customer", "vehicle", "reading", "draft", "issued", "line", "issued_line", "hold", "archived"}


def answer(client: Client, method: str, path: str, typed: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers without the date."""
    response = client.generic(
        method, path, "&".join(f"{k}={v}" for k, v in typed.items()), "application/x-www-form-urlencoded"
    )
    headers = {name: value for name, value in response.headers.items() if name not in {"Date", "Set-Cookie"}}
    return response.status_code, response.content, headers


def routes() -> list[tuple[str, str]]:
    """Return every address of the portal that holds an id, with its places for ids, and the action it serves."""

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern) and PARAMETER.search(route):
                yield "/" + route, pattern.callback.gardien_action

    return list(walk(get_resolver("gardien.portal.urls").url_patterns, ""))


def typed_in(house: House) -> dict[str, Any]:
    """Return a form that every page with an id would accept: all their fields at once."""
    line = {"line_key": ids.new(), "quantity": 4, "unit_price": "99,99", "vat_rate": "20.00"}
    return {
        "mileage": 48200,
        "article": house.articles[0],
        **line,
        **{f"service-{name}": value for name, value in line.items()},
        "service-label": "Montage",
        "off": "1",
        "reason": "",
        "choice": "yes",
        "told": "10",
        "draft_key": ids.new(),
        "answer": "accepted",
        "late_reason": "Prix tenu",
        "last_name": "Intrus",
        "plate_country": "FR",
        "motive": "dispute",
        "explanation": "R-118",
    }


def client_in_canal(enter: Enter, email: str) -> Client:
    """Sign in; who works at both garages chooses the one at Canal."""
    from gardien.network.models import Membership

    client = enter(email)
    if email == BOTH:
        held = Membership.objects.get(user__email=BOTH, site__repairer__code="CANAL")
        assert client.post("/compte/role/", {"membership": held.id}).status_code == 302
    return client


@pytest.fixture(params=["in turn", pytest.param("all", marks=pytest.mark.soak)])
def choose(request: pytest.FixtureRequest) -> Callable[[int, list[str]], list[str]]:
    """Say which kinds of ids are tried at the address of a number."""

    def chosen(number: int, kinds: list[str]) -> list[str]:
        others = [kind for kind in kinds if kind not in FITTING]
        return kinds if request.param == "all" else [*(FITTING & {*kinds}), *others[number % 3 :: 3]]

    return chosen


@pytest.mark.parametrize(("email", "role"), [(MANAGER, "site_manager"), (BOTH, "counter_adviser")])
def test_every_id_of_another_answers_as_an_absent_one(
    house: House, enter: Enter, choose: Any, email: str, role: str
) -> None:
    client, typed, before = client_in_canal(enter, email), typed_in(house), fingerprints()
    probed = 0
    for number, (route, action) in enumerate(routes()):
        for method in ("GET", "POST"):
            expected = answer(client, method, PARAMETER.sub(str(ABSENT), route), typed)
            assert expected[0] in ({404, 405} if roles.matrix().allows(role, action) else {403, 405})
            for name in choose(number, [*house.tilleul.ids]):
                found = answer(client, method, PARAMETER.sub(str(house.tilleul.ids[name]), route), typed)
                assert found == expected, f"{method} {route} with the {name} of another"
                probed += 1
    assert probed >= 250
    assert fingerprints() == before


def test_each_id_is_shown_to_its_own_repairer(house: House, enter: Enter) -> None:
    own = house.tilleul.ids
    shown = [f"/clients/{own['customer']}/", f"/devis/{own['draft']}/", f"/devis/{own['issued']}/"]
    client = enter("counter.adviser@tilleul.example")
    assert [client.get(path).status_code for path in (*shown, f"/devis/{own['issued']}/pdf/")] == [200] * 4
    other = enter(INSIDER)
    assert [other.get(path).status_code for path in (*shown, f"/devis/{own['issued']}/pdf/")] == [404] * 4


def test_who_works_at_both_sees_one_garage_at_a_time(house: House, enter: Enter) -> None:
    client = enter(BOTH)
    card, other = (f"/clients/{garage.ids['customer']}/" for garage in (house.tilleul, house.canal))
    assert [client.get(path).status_code for path in (card, other)] == [200, 404]
    client = client_in_canal(enter, BOTH)
    assert [client.get(path).status_code for path in (card, other)] == [404, 200]


@pytest.mark.parametrize("typed", [PLATE, PHONE, MOBILE, "zoe.lhote@courriel.example", "oeuvres", "zoe lhote ben"])
def test_the_search_page_finds_the_own_one_of_two_identical_customers(house: House, enter: Enter, typed: str) -> None:
    page = enter(INSIDER).post("/clients/recherche/", {"text": typed}, follow=True).text
    assert str(house.canal.ids["customer"]) in page
    assert str(house.tilleul.ids["customer"]) not in page
    assert house.tilleul.reference not in page


@pytest.mark.parametrize("what", ["reference", "number"])
def test_the_search_page_answers_anothers_reference_as_an_absent_one(house: House, enter: Enter, what: str) -> None:
    client, anothers = enter(INSIDER), getattr(house.tilleul, what)
    absent = "C-ZZZZZZZZ" if what == "reference" else "D-TILLEUL-2020-999999"
    pages = [client.post("/clients/recherche/", {"text": text}).text.replace(text, "…") for text in (anothers, absent)]
    assert TOKEN.sub("", pages[0]) == TOKEN.sub("", pages[1])


def test_no_page_of_one_garage_names_the_others_customer(house: House, enter: Enter) -> None:
    client, own = enter(INSIDER), house.canal.ids
    pages = ["/", "/devis/", f"/clients/{own['customer']}/", f"/devis/{own['draft']}/", f"/devis/{own['issued']}/"]
    foreign = {str(value) for value in house.tilleul.ids.values()} | {house.tilleul.reference, house.tilleul.number}
    for path in pages:
        response = client.get(path)
        assert response.status_code == 200
        assert {text for text in foreign if text in response.text} == set()


@pytest.mark.parametrize("field", ["customer", "vehicle"])
@pytest.mark.parametrize("email", [INSIDER, BOTH])
def test_a_draft_for_anothers_customer_or_vehicle_is_refused(
    house: House, enter: Enter, field: str, email: str
) -> None:
    client, before = client_in_canal(enter, email), fingerprints()
    own = {name: house.canal.ids[name] for name in ("customer", "vehicle")} | {"draft_key": uuid.uuid4()}
    swapped = answer(client, "POST", "/devis/nouveau/", {**own, field: house.tilleul.ids[field]})
    assert swapped == answer(client, "POST", "/devis/nouveau/", {**own, field: ABSENT})
    assert swapped[0] == 404
    assert fingerprints() == before


def test_a_line_of_another_is_not_removed_through_an_own_draft(house: House, enter: Enter) -> None:
    client, before = enter(INSIDER), fingerprints()
    for line in (house.tilleul.ids["line"], house.canal.ids["issued_line"], ABSENT):
        path = f"/devis/{house.canal.ids['draft']}/lignes/{line}/retirer/"
        assert answer(client, "POST", path, {})[:2] == (302, b"")
    assert fingerprints() == before


def test_what_another_settled_or_charges_is_out_of_reach(house: House, enter: Enter) -> None:
    client, before, own = enter(MANAGER), fingerprints(), house.canal.ids["draft"]
    for page, typed in (("remise", {"off": "1"}), ("etiquette", {"reason": "x"})):
        for line in (house.tilleul.ids["line"], ABSENT):
            assert client.post(f"/devis/{own}/lignes/{line}/{page}/", typed).status_code == 422
    sold = {"sold-label": "x", "sold-unit_ttc": "1", "sold-vat_rate": "20.00"}
    for name, page in (("service", "prestations"), ("rule", "regles")):
        for row in (house.tilleul.ids[name], ABSENT):
            told = {**sold, "sold-service": row, "rule-rule": row, "rule-priority": "7", "rule-percent": "3"}
            assert client.post(f"/tarif/{page}/", told).status_code == 404
            assert client.post(f"/tarif/{page}/retirer/", {"id": row}).status_code == 404
    assert fingerprints() == before


@pytest.mark.parametrize("name", ["customer", "vehicle", "issued", "line", "site", "repairer", "user"])
def test_an_id_that_is_no_article_adds_no_line(house: House, enter: Enter, name: str) -> None:
    client, before, path = enter(INSIDER), fingerprints(), f"/devis/{house.canal.ids['draft']}/pneus/"
    typed = typed_in(house)
    assert answer(client, "POST", path, {**typed, "article": house.tilleul.ids[name]})[0] == 404
    assert fingerprints() == before


def test_the_role_of_another_user_cannot_be_taken(house: House, enter: Enter) -> None:
    client, before = enter(INSIDER), fingerprints()
    assert client.post("/compte/role/", {"membership": house.tilleul.ids["membership"]}).status_code == 403
    assert client.get(f"/clients/{house.tilleul.ids['customer']}/").status_code == 404
    assert fingerprints() == before


def test_a_key_that_another_used_opens_nothing_of_theirs(house: House, enter: Enter) -> None:
    """Draft and line keys are a form's own: another's key is as free here as any, and reaches nothing of theirs."""
    client, others = enter(INSIDER), ("quotes_quote", "quotes_quoteline", "journal_entry")
    before = fingerprints(*others)
    own = {name: house.canal.ids[name] for name in ("customer", "vehicle")}
    opened = client.post("/devis/nouveau/", {**own, "draft_key": house.tilleul.ids["draft_key"]})
    assert opened.status_code == 302
    assert str(house.tilleul.ids["draft"]) not in opened.headers["Location"]
    added = {**typed_in(house), "service-line_key": house.tilleul.ids["line_key"]}
    assert client.post(f"{opened.headers['Location']}prestations/", added).status_code == 302
    assert fingerprints(*others) == before
    client = enter("counter.adviser@tilleul.example")
    again = client.post(
        "/devis/nouveau/",
        {
            "customer": house.tilleul.ids["customer"],
            "vehicle": house.tilleul.ids["vehicle"],
            "draft_key": house.tilleul.ids["draft_key"],
        },
    )
    assert again.headers["Location"] == f"/devis/{house.tilleul.ids['draft']}/"
