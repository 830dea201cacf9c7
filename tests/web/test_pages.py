"""What every page keeps: figures by the rules, one effect per form, headers, French refusals, sessions."""

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gardien.commitment import queries as commitment
from gardien.quotes.rules import money
from tests.web import counter

PAGES = ("/", "/engagement/", "/compte/connexion/", "/clients/nouveau/", "/devis/", "/pneus/", "/absent/")
PERIOD = "\u202f"


def total(page: str, name: str) -> list[str]:
    return re.findall(rf'data-total="{name}">([^<]+)\xa0€', page)


def amount(shown: str) -> Decimal:
    return Decimal(re.sub(r"[\s\u202f\u00a0]", "", shown).replace(",", "."))


@pytest.fixture
def desk(sign_in: Any) -> SimpleNamespace:
    """Sign in an adviser with a draft for a customer."""
    client = sign_in(counter.ADVISER)
    card = counter.customer(client)
    return SimpleNamespace(client=client, card=card, draft=counter.draft(client, card))


def shown_after(desk: SimpleNamespace, *lines: tuple[Decimal, Decimal, str]) -> str:
    """Put these lines (quantity, price, rate) on the draft, return its page, and take them off again."""
    for quantity, price, rate in lines:
        answer = counter.post(
            desk.client,
            f"{desk.draft}prestations/",
            counter.service("Montage", str(quantity).replace(".", ","), str(price), rate),
        )
        assert answer.status_code == 302
    page: str = desk.client.get(desk.draft).text
    for action in re.findall(r'action="(/devis/[^"]+/retirer/)"', page):
        desk.client.post(action)
    return page


LINES = st.tuples(
    st.decimals("0.01", "9999.99", places=2),
    st.decimals("0", "999999.99", places=2),
    st.sampled_from(["20.00", "5.50"]),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, min_size=1, max_size=4))
def test_the_figures_of_a_draft_are_those_of_the_rules(
    desk: SimpleNamespace, lines: list[tuple[Decimal, Decimal, str]]
) -> None:
    page = shown_after(desk, *lines)
    expected = money.totals(money.Line(quantity, price, Decimal(rate)) for quantity, price, rate in lines)
    shown = {name: [amount(each) for each in total(page, name)] for name in ("ht", "vat", "ttc")}
    assert shown == {"ht": [expected.ht], "vat": [part.vat for part in expected.by_rate], "ttc": [expected.ttc]}
    assert shown["ht"][0] + sum(shown["vat"]) == shown["ttc"][0]
    assert all(
        f"{price:.2f}".replace(".", ",") in page.replace(PERIOD, "").replace("\xa0", "") for _, price, _ in lines
    )


def test_a_dearer_price_or_a_greater_quantity_makes_a_dearer_page(desk: SimpleNamespace) -> None:
    lines = ((1, "99.99"), (1, "100.00"), (2, "100.00"), ("2.5", "100.00"))
    shown = [
        total(shown_after(desk, (Decimal(quantity), Decimal(price), "20.00")), "ttc")[0] for quantity, price in lines
    ]
    assert shown == ["99,99", "100,00", "200,00", "250,00"]


def test_a_price_told_with_all_taxes_stays_the_price_to_the_cent(desk: SimpleNamespace) -> None:
    page = shown_after(desk, (Decimal(1), Decimal("99.99"), "20.00"))
    assert (total(page, "ht"), total(page, "vat"), total(page, "ttc")) == (["83,32"], ["16,67"], ["99,99"])
    assert total(shown_after(desk, (Decimal(4), Decimal("99.99"), "20.00")), "ttc") == ["399,96"]


@pytest.mark.parametrize("typed", ["129,90", "129.90", "129,9", " 129,90 ", "129,90 €", "00129,90", "129,90\xa0€"])
def test_a_price_is_read_in_every_usual_spelling(desk: SimpleNamespace, typed: str) -> None:
    assert (
        counter.post(desk.client, f"{desk.draft}prestations/", counter.service("Montage", "1", typed)).status_code
        == 302
    )
    assert total(desk.client.get(desk.draft).text, "ttc") == ["129,90"]


@pytest.mark.parametrize(
    "typed", ["-5", "−5", "--5", "5-", "5-10", "1_000", "1e3", "5,555", "1.234,56", "½", "²", "", "x"]
)
def test_a_price_that_is_not_plainly_one_is_refused_and_stays_typed(desk: SimpleNamespace, typed: str) -> None:
    before = counter.rows()
    answer = counter.post(desk.client, f"{desk.draft}prestations/", counter.service("Montage", "7", typed))
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text or not typed
    assert all(f'value="{kept}"' in answer.text for kept in ("Montage", "7"))
    assert all(map(counter.is_french, counter.sentences(answer.text)))
    assert counter.rows() == before


def test_each_form_sent_twice_has_one_effect(desk: SimpleNamespace) -> None:
    client = desk.client
    form, person = counter.heard(client), {"last_name": "Bertin", "plate": "AB-123-CD", "plate_country": "FR"}
    page = client.get(desk.card).text
    ids = dict(re.findall(r'name="(customer|vehicle|draft_key)" value="([^"]+)"', page))
    line, done = counter.service("Montage"), []
    for door, fields in (
        (form, person),
        ("/devis/nouveau/", ids),
        (f"{desk.draft}prestations/", line),
        (f"{desk.draft}emettre/", {}),
    ):
        first = counter.post(client, door, fields)
        after = counter.rows()
        second = counter.post(client, door, {**fields, "last_name": "Autre"} if door == form else fields)
        done.append(
            (first.status_code, second.headers["Location"] == first.headers["Location"], counter.rows() == after)
        )
    assert done[:2] + done[3:] == [(302, True, True)] * 3
    assert done[2] == (302, True, True)
    assert "Bertin" in client.get(counter.post(client, form, person).headers["Location"]).text


def test_the_click_records_who_read_which_words_of_which_version(desk: SimpleNamespace, cast: Any) -> None:
    page = desk.client.get("/clients/nouveau/").text
    reading = counter.heard(desk.client).split("/")[3]
    version = commitment.in_force(counter.today())
    with counter.as_role("backup") as connection:
        query = "SELECT version, language, read_by_id, wording_sha256, subject FROM consent_reading WHERE id = %s"
        kept = connection.execute(query, [reading]).fetchone() or ()
    assert kept[:3] == (version.id, "fr", cast.user(counter.ADVISER).id)
    assert re.fullmatch(r"[0-9a-f]{64}", kept[3])
    assert kept[4] in desk.client.get(f"/clients/nouveau/{reading}/").text
    assert f"({version.id})" in page


def test_the_form_of_a_reading_is_closed_to_a_colleague_and_to_another_garage(sign_in: Any) -> None:
    form = counter.heard(sign_in(counter.ADVISER))
    before = counter.rows()
    for email in ("site.manager@tilleul.example", "counter.adviser@canal.example"):
        answer = counter.post(sign_in(email), form, {"last_name": "Bertin", "plate_country": "FR"})
        assert answer.status_code == 404
    assert counter.rows() == before


def test_a_refused_intake_keeps_everything_that_was_typed(desk: SimpleNamespace) -> None:
    typed = {
        "last_name": "B" * 39,
        "first_name": "Ada <b>",
        "mobile": "zéro six",
        "phone": "01 99 00 12",
        "email": "ada à la maison",
        "street": "1 rue & place",
        "postcode": "35 000 CEDEX 9",
        "city": "Saint-Ésprit",
        "company": 'Chez "Ada"',
        "siren": "123456789",
        "plate": "AB-123",
        "make": "Sarvane",
        "model": "Altis",
    }
    answer = counter.post(desk.client, counter.heard(desk.client), {**typed, "plate_country": "BE"})
    assert answer.status_code == 422
    page = answer.text
    values = re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page)
    assert {name: counter.unescape(value) for name, value in values} == typed
    assert '<option value="BE" selected>' in page
    assert len(counter.sentences(page)) > 5


def test_a_pdf_is_a_file_to_keep_and_in_no_cache(desk: SimpleNamespace) -> None:
    assert desk.client.get(f"{desk.draft}pdf/").status_code == 404
    counter.post(desk.client, f"{desk.draft}prestations/", counter.service("Montage"))
    desk.client.post(f"{desk.draft}emettre/")
    answer = desk.client.get(f"{desk.draft}pdf/")
    number = f"D-TILLEUL-{counter.today().year}-000001"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="devis-{number}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert desk.client.get(f"{desk.draft}pdf/").content == answer.content


def test_every_page_and_every_refusal_carries_the_same_guard_of_headers(desk: SimpleNamespace) -> None:
    answers = [desk.client.get(page) for page in (*PAGES, desk.card, desk.draft)]
    answers += [Client().get(page) for page in PAGES]
    answers += [desk.client.get("/", headers={"Host": "zoro.example"}), desk.client.post("/devis/nouveau/")]
    for answer in answers:
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
        assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
        assert {policy["base-uri"], policy["frame-ancestors"]} == {"'none'"}
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["head", "options", "put", "patch", "delete", "trace"])
def test_a_method_that_a_page_does_not_take_changes_nothing(desk: SimpleNamespace, method: str) -> None:
    before = counter.rows()
    doors = (
        *PAGES,
        desk.card,
        desk.draft,
        f"{desk.draft}emettre/",
        f"{desk.draft}pdf/",
        "/devis/nouveau/",
        "/compte/role/",
    )
    for door in doors:
        answer = getattr(desk.client, method)(door)
        assert answer.status_code in {200, 302, 403, 404, 405}
        assert method in {"head", "options"} or answer.status_code in {404, 405}
        assert method != "head" or answer.content == b""
    assert counter.rows() == before


def test_refusals_are_french_pages_that_say_what_to_do(desk: SimpleNamespace) -> None:
    strict = Client(enforce_csrf_checks=True)
    answers = [
        desk.client.get("/absent/"),
        desk.client.get("/reseau/reparateurs/"),
        desk.client.post("/devis/nouveau/", {"customer": "x"}),
        strict.post("/compte/connexion/"),
        desk.client.get("/devis/nouveau/"),
    ]
    assert [answer.status_code for answer in answers] == [404, 403, 400, 403, 405]
    assert answers[-1].headers["Allow"] == "POST"
    for answer in answers:
        (advice,) = counter.sentences(answer.text)
        assert counter.is_french(advice)
        assert '<html lang="fr">' in answer.text


def test_dates_are_written_in_french(desk: SimpleNamespace) -> None:
    months = (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    )
    today = counter.today()
    assert f"{today.day} {months[today.month - 1]} {today.year}" in desk.client.get(desk.card).text
