"""From what is told at the counter to what is read back: rows, page and PDF bear the same cents."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from gardien.base import ids
from gardien.network.models import User
from gardien.quotes import actions, queries
from gardien.quotes.models import Quote
from gardien.quotes.rules import money
from tests import second_factor
from tests.quotes.counter import Counter, day
from tests.quotes.test_money import amounts

AT, EXAMPLES = day(2061), 36
ZERO = Decimal("0.00")
AMOUNT = r"(\d[\d\s]*,\d\d)\s€"
PRINTED_LINE = re.compile(rf"€\s([\d,]+)\s%\s{AMOUNT}")
PRINTED_RATE = re.compile(rf"TVA\s([\d,]+)\s%\ssur\s{AMOUNT}\s{AMOUNT}")
SHOWN_LINE = re.compile(rf'<td class="number">{AMOUNT}</td>')
ADVISER = "counter.adviser@tilleul.example"


@st.composite
def offers(draw: st.DrawFn, option: int = 0) -> actions.Offer:
    """Draw a line: pieces or parts of one, either rate, with a discount in euros, in per cent or none."""
    quantity = draw(st.integers(1, 12).map(Decimal) | amounts("0.01", "40"))
    price, rate = draw(amounts("0", "2999.99")), draw(st.sampled_from([Decimal("20.00"), Decimal("5.50")]))
    full = money.line_total(money.Line(quantity, price, rate))
    percents = st.sampled_from(["0", "5", "12.5", "33.33", "100"])
    off = draw(st.just(ZERO) | percents.map(lambda text: money.discount(full, Decimal(text))) | amounts("0", str(full)))
    return actions.Offer("Pneu", quantity, price, rate, discount=off, option=option)


@st.composite
def quotes(draw: st.DrawFn) -> tuple[list[actions.Offer], bool, Decimal | None]:
    """Draw the lines of a quote, whether a company's, and the share of its total that was told, if any."""
    lines = draw(st.lists(offers(), min_size=1, max_size=6))
    for option in range(1, draw(st.sampled_from([0, 0, 2, 3])) + 1):
        lines += draw(st.lists(offers(option), min_size=1, max_size=2))
    return draw(st.permutations(lines)), draw(st.booleans()), draw(st.none() | amounts("0.5", "1"))


@pytest.fixture(scope="module")
def desk(counters: dict[str, Counter]) -> SimpleNamespace:
    """The counter of an adviser who is signed in, with a person and a company before it."""
    counter, client = counters["TILLEUL"], Client()
    second_factor.sign_in(client, User.objects.get(email=ADVISER))
    person, company = counter.customer(AT), counter.customer(AT, company="Transports Valmont", plate="GH-482-KM")
    return SimpleNamespace(counter=counter, client=client, person=person, company=company)


def drafted(desk: SimpleNamespace, lines: list[actions.Offer], is_company: bool) -> Quote:
    counter, customer = desk.counter, desk.company if is_company else desk.person
    what = {"customer": customer, "vehicle": None, "site": counter.membership.site, "draft_key": ids.new()}
    opened: Quote = counter.do(actions.draft, AT, **what)
    for offer in lines:
        counter.add(opened, AT, offer)
    return opened


def told(totals: money.Totals, policy: money.Policy) -> Decimal:
    return totals.ttc if policy is money.Policy.TTC_FIRST else totals.ht


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))


def printed(pdf: bytes) -> SimpleNamespace:
    """Read the amounts of a PDF: each line's rate and total, each rate's part, each total."""
    pages = PdfReader(io.BytesIO(pdf)).pages[:-1]
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    return SimpleNamespace(
        text=text,
        lines=sorted((number(rate), number(total)) for rate, total in PRINTED_LINE.findall(text)),
        rates=sorted(tuple(map(number, found)) for found in PRINTED_RATE.findall(text)),
        ht=sorted(map(number, re.findall(rf"Total\sHT\s{AMOUNT}", text))),
        ttc=sorted(map(number, re.findall(rf"Total\sTTC\s{AMOUNT}", text))),
    )


def shown(page: str) -> SimpleNamespace:
    """Read the amounts of a quote's page."""
    text = unescape(page)
    found = {
        kind: sorted(map(number, re.findall(rf'data-total="{kind}">{AMOUNT}<', text))) for kind in ("ht", "vat", "ttc")
    }
    return SimpleNamespace(lines=sorted(map(number, SHOWN_LINE.findall(text))), **found)


def expected(lines: list[money.Line], options: list[int], policy: money.Policy) -> list[money.Totals]:
    """Add up each option by hand: what it has and what all have."""
    named = sorted(set(options) - {0}) or [0]
    pairs = list(zip(lines, options, strict=True))
    return [money.totals([line for line, option in pairs if option in {0, name}], policy) for name in named]


def compare(desk: SimpleNamespace, quote: Quote) -> list[money.Totals]:
    """See that rows, page and PDF of an issued quote bear what its lines come to; return it."""
    rows = desk.counter.read(queries.lines, quote)
    sums = expected([row.figures for row in rows], [row.option for row in rows], quote.policy)
    paper, page = printed(desk.counter.pdf(quote)), shown(desk.client.get(f"/devis/{quote.id}/").text)
    each_rate = [part for totals in sums for part in totals.by_rate]
    assert paper.lines == sorted((row.vat_rate, row.total) for row in rows)
    assert paper.rates == sorted((part.rate, part.ht, part.vat) for part in each_rate)
    assert page.lines == sorted(row.total for row in rows)
    assert page.vat == sorted(part.vat for part in each_rate)
    assert paper.ht == page.ht == sorted(totals.ht for totals in sums)
    assert paper.ttc == page.ttc == sorted(totals.ttc for totals in sums)
    assert (quote.total_ht, quote.total_vat, quote.total_ttc) == (sums[0].ht, sums[0].vat, sums[0].ttc)
    stored = [(each.total_ht, each.total_vat, each.total_ttc) for each in desk.counter.read(queries.options, quote)]
    assert stored == ([(each.ht, each.vat, each.ttc) for each in sums] if len(sums) > 1 else [])
    return sums


def reach(desk: SimpleNamespace, draft: Quote, share: Decimal) -> dict[int, Decimal]:
    """Tell each option a share of its total; return what was told, by option, where it can be reached."""
    rows = desk.counter.read(queries.lines, draft)
    common = sum((row.total for row in rows if not row.option), ZERO)
    said = {}
    for option in sorted({row.option for row in rows} - {0}) or [0]:
        own = [row for row in rows if row.option == option]
        full = sum((money.line_total(replace(row.figures, discount=ZERO)) for row in own), ZERO)
        rest = common if option else ZERO
        said[option] = rest + (full * share).quantize(Decimal("0.01"))
        desk.counter.do(actions.reach, AT, quote_id=draft.id, option=option, told=said[option])
    return said


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(quotes())
def test_lines_rates_and_totals_are_the_same_in_rows_page_and_pdf(
    desk: SimpleNamespace, drawn: tuple[list[actions.Offer], bool, Decimal | None]
) -> None:
    lines, is_company, share = drawn
    draft = drafted(desk, lines, is_company)
    assert draft.policy is (money.Policy.HT_FIRST if is_company else money.Policy.TTC_FIRST)
    said = reach(desk, draft, share) if share is not None else {}
    sums = compare(desk, desk.counter.issue(draft, AT))
    if said:
        assert [told(totals, draft.policy) for totals in sums] == list(said.values())


@pytest.mark.parametrize("is_company", [False, True])
@pytest.mark.parametrize("options", [(0,), (1, 2, 3)])
def test_a_revision_keeps_every_figure_and_bears_its_suffix(
    desk: SimpleNamespace, is_company: bool, options: tuple[int, ...]
) -> None:
    lines = [actions.Offer("Montage", Decimal(4), Decimal("18.55"), Decimal("5.50"), discount=Decimal("3.33"))]
    lines += [actions.Offer("Pneu", Decimal(3), Decimal("99.99"), Decimal(20), option=option) for option in options]
    first = desk.counter.issue(drafted(desk, lines, is_company), AT)
    copy = desk.counter.do(actions.revise, AT, quote_id=first.id, draft_key=ids.new())
    second = desk.counter.issue(copy, AT)
    assert compare(desk, second) == compare(desk, first)
    assert (second.number, second.rank, second.policy) == (f"{first.number}-R2", first.rank, first.policy)
    assert f"Remplace le devis {first.number}" in printed(desk.counter.pdf(second)).text
    assert desk.counter.read(queries.by_id, first.id).state == "superseded"


@pytest.mark.parametrize("prices", [["99.99"], ["120", "5"], ["50", "30", "20", "17.77"], ["33.34"] * 3, ["9.99"] * 11])
def test_a_person_told_ninety_nine_ninety_nine_reads_it_however_the_lines_are_split(
    desk: SimpleNamespace, prices: list[str]
) -> None:
    lines = [actions.Offer("Pneu", Decimal(1), Decimal(price), Decimal(20)) for price in prices]
    draft, said = drafted(desk, lines, False), Decimal("99.99")
    desk.counter.do(actions.reach, AT, quote_id=draft.id, option=0, told=said)
    quote = desk.counter.issue(draft, AT)
    (sums,) = compare(desk, quote)
    assert (sums.ttc, sums.vat, sums.ht) == (said, Decimal("16.67"), Decimal("83.32"))
    assert printed(desk.counter.pdf(quote)).ttc == [said]


def test_what_is_accepted_is_what_its_option_came_to(desk: SimpleNamespace) -> None:
    lines = [
        actions.Offer("Pneu", Decimal(4), price, Decimal(20), option=option)
        for option, price in enumerate((Decimal("129.99"), Decimal("99.99"), Decimal("64.50")), 1)
    ]
    quote = desk.counter.issue(drafted(desk, lines, False), AT)
    assert quote.total_ttc == Decimal("519.96")
    accepted: Any = desk.counter.do(actions.accept, AT, quote_id=quote.id, option=2)
    stored = desk.counter.read(queries.by_id, quote.id)
    assert (accepted.total_ttc, stored.total_ttc, stored.total_ht) == (Decimal("399.96"),) * 2 + (Decimal("333.30"),)
