"""The counter scene in French, from the plate to the PDF with three offers side by side: by keyboard, and by touch."""

import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Browser, Download, Locator, Page, expect
from pypdf import PdfReader

from tests.stories import walk, watching
from tests.stories.hands import Fingers, Keyboard

DESK = {"viewport": {"width": watching.WIDE, "height": 800}}
TELEPHONE = {"viewport": {"width": watching.NARROW, "height": 844}, "has_touch": True, "is_mobile": True}
MOST_SECONDS = 60
MOST_MOVES = 27
"""Keys from the plate to the PDF beyond what the customer said: Tab, Enter, Space, a letter that answers, Ctrl+Enter."""
CANAL = "counter.adviser@canal.example"
CARD, FORM = r"/clients/[0-9a-f-]{36}/$", r"/clients/nouveau/[0-9a-f-]{36}/$"
DRAFT = r"/devis/[0-9a-f-]{36}/$"


def test_by_keyboard_alone_a_plate_becomes_three_offers_in_hand_in_under_sixty_seconds(
    browser: Browser, portal: str, garage: SimpleNamespace, record_property: Any
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **DESK) as (page, watch):
        page.goto("/")
        keys = Keyboard(page)
        _record_by_keyboard(keys)
        _quote_by_keyboard(keys)
        keys.at("Télécharger le PDF", role="link")
        with page.expect_download() as download:
            keys.press("Enter")
        told = ["FX-731-DQ", "Élodie Moreau", "06 39 98 12 34", "48 200 km"]
        _read_back(download.value, page, told, garage.versos["Garage des Tilleuls"])
        assert watch.faults == []
        record_property("counter by keyboard", keys.report())
        print(keys.report())
        assert keys.moves == MOST_MOVES
        assert keys.seconds < MOST_SECONDS, keys.report()


def _record_by_keyboard(keys: Keyboard) -> None:
    keys.type("Chercher un client", "fx731dq")
    with keys.waiting_for("/recherche/"):
        keys.press("Enter")
    keys.at("Nouveau client", role="link")
    with keys.waiting_for("/nouveau/"):
        keys.press("Enter")
    keys.at("Je l’ai lu au client", role="button")
    with keys.waiting_for(FORM):
        keys.press("Enter")
    keys.type("^Nom", "Moreau")
    keys.press("Tab")
    keys.type("Prénom", "Élodie")
    keys.press("Tab")
    keys.type("Mobile", "0639981234")
    keys.press("Tab")
    keys.at("Oui", role="radio")
    keys.press("n", "Tab", "Tab")
    keys.type("Immatriculation", "fx731dq")
    with keys.waiting_for(CARD):
        keys.press("Control+Enter")
    keys.at("Nouveau devis pour FX-731-DQ", role="button")
    with keys.waiting_for(DRAFT):
        keys.press("Enter")


def _quote_by_keyboard(keys: Keyboard) -> None:
    """Offer the first tyre as A at a price of its own, the second as B, the third as C without a new valve."""
    keys.type("Dimension", "205 55 16")
    with keys.loading():
        keys.press("Enter")
    keys.type("Prix unit. TTC", "89,90")
    keys.press("Tab", "Tab")
    keys.at("Toutes", role="radio")
    keys.press("a")
    with keys.loading():
        keys.press("Enter")
    keys.at("Prix unit. TTC")
    expect(keys.page.locator(".offers li").nth(0)).to_contain_text("A")
    with keys.loading():
        keys.press("Enter")
    keys.at("Prix unit. TTC")
    keys.press("Tab", "Tab")
    keys.at("^C$", role="radio")
    keys.press("Tab", "Tab", "Tab")
    keys.at("valve", role="checkbox")
    keys.press("Space")
    with keys.loading():
        keys.press("Enter")
    keys.type("Kilométrage", "48200")
    with keys.loading():
        keys.press("Enter")
    keys.at("Émettre le devis", role="button")
    with keys.loading():
        keys.press("Enter")


def test_by_touch_on_a_telephone_a_plate_becomes_three_offers_in_hand_in_under_sixty_seconds(
    browser: Browser, portal: str, garage: SimpleNamespace, record_property: Any
) -> None:
    with watching.visitor(browser, portal, garage.sessions[CANAL], **TELEPHONE) as (page, watch):
        page.goto("/")
        hand = Fingers(page)
        _record_by_touch(hand)
        _quote_by_touch(hand)
        with page.expect_download() as download:
            hand.tap("link", "Télécharger le PDF")
        told = ["FX-731-DQ", "Moreau", "06 39 98 12 34", "48 200 km"]
        _read_back(download.value, page, told, garage.versos["Carrosserie du Canal"])
        assert watch.faults == []
        record_property("counter by touch", hand.report())
        print(hand.report())
        assert hand.seconds < MOST_SECONDS, hand.report()


def _record_by_touch(hand: Fingers) -> None:
    with hand.waiting_for("/nouveau/"):
        hand.page.get_by_role("navigation").get_by_role("link", name="Nouveau client").tap()
    with hand.waiting_for(FORM):
        hand.tap("button", "Je l’ai lu au client")
    hand.type("Nom *", "Moreau")
    hand.type("Mobile", "0639981234")
    hand.tap("radio", "Non")
    hand.type("Immatriculation", "fx731dq")
    with hand.waiting_for(CARD):
        hand.tap("button", "Enregistrer le client")
    with hand.waiting_for(DRAFT):
        hand.tap("button", "Nouveau devis pour FX-731-DQ")


def _quote_by_touch(hand: Fingers) -> None:
    """Offer the same three tyres; the page takes the next letter by itself."""
    hand.type("Dimension", "2055516")
    with hand.loading():
        hand.tap("button", "Chercher")
    offers = hand.page.locator(".offers li")
    _tap(hand, offers.nth(0).get_by_label("Prix unit. TTC"))
    hand.page.keyboard.type("89,90")
    hand.strokes += 5
    _tap(hand, offers.nth(0).get_by_role("radio", name="A"))
    for rank in range(3):
        if rank == 2:
            _tap(hand, offers.nth(rank).get_by_role("checkbox", name="valve"))
        with hand.loading():
            _tap(hand, offers.nth(rank).get_by_role("button", name="Ajouter"))
    hand.type("Kilométrage", "48200")
    with hand.loading():
        hand.tap("button", "Enregistrer le kilométrage")
    with hand.loading():
        hand.tap("button", "Émettre le devis")


def _tap(hand: Fingers, control: Locator) -> None:
    control.tap()
    hand.taps += 1


def _read_back(download: Download, page: Page, told: list[str], notice: list[str]) -> None:
    """See that the three offers are right and on paper as on the page, and the verso as the commitment words it."""
    *rectos, verso = (_plain(leaf.extract_text()) for leaf in PdfReader(Path(download.path())).pages)
    recto = " ".join(rectos)
    offers = [_shown(offer) for offer in page.locator(".offer").all()]
    assert [offer.title for offer in offers] == ["Offre A", "Offre B", "Offre C"]
    assert (offers[0].ht, offers[0].vat, offers[0].ttc) == ("391,33 €", "78,27 €", "469,60 €")
    assert [len(offer.totals) for offer in offers] == [5, 5, 4]
    for offer in offers:
        assert sum(map(_amount, offer.totals)) == _amount(offer.ttc) == _amount(offer.ht) + _amount(offer.vat)
    numbers = re.findall(r"D-[A-Z]+-\d{4}-\d{6}", page.locator("h1").inner_text())
    wanted = [*numbers, *told, *(part for offer in offers for part in offer.printed)]
    assert [part for part in wanted if _plain(part) not in recto] == [], recto
    assert [paragraph for paragraph in notice if _plain(paragraph) not in verso] == [], verso


def _shown(offer: Locator) -> SimpleNamespace:
    """Return what the page says of one offer: title, totals of its lines and sums, and all that the PDF must say."""
    rows = [row.locator("td:visible").all_inner_texts() for row in offer.locator("tbody tr").all()]
    sums = {part.get_attribute("data-total"): _plain(part.inner_text()) for part in offer.locator("[data-total]").all()}
    parts = [part for cells in rows for cell in cells for part in re.split(r"\n| · | × ", cell)]
    title = offer.locator("h3").inner_text()
    printed = [title, *parts, *sums.values()]
    return SimpleNamespace(title=title, totals=[cells[-1] for cells in rows], printed=printed, **sums)


def _amount(text: str) -> Decimal:
    """Return an amount as it was written for people."""
    return Decimal("".join(text.removesuffix("€").split()).replace(",", "."))


def _plain(text: str) -> str:
    """Return the text with any kind and number of spaces as one, and no hyphen of a divided word."""
    return " ".join(text.replace("\u00ad", "").split())
