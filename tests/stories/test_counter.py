"""The counter scene in French, from signing in to the PDF: at a desk by keyboard alone, on a telephone by touch."""

import re
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import Browser, Download, Page
from pypdf import PdfReader

from tests.conftest import PASSWORD
from tests.stories import watching
from tests.stories.hands import Keyboard

DESK = {"viewport": {"width": watching.WIDE, "height": 800}}
TELEPHONE = {"viewport": {"width": watching.NARROW, "height": 844}, "has_touch": True, "is_mobile": True}
MOST_MOVES = 23
"""Keys from the plate to the PDF beyond what the customer said: Tab, Enter, F2, Ctrl+Enter."""


def test_by_keyboard_alone_a_plate_becomes_a_quote_in_hand(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, **DESK) as (page, watch):
        keys = Keyboard(page)
        page.goto("/")
        keys.type("E-mail", "counter.adviser@tilleul.example")
        keys.press("Tab")
        keys.type("Mot de passe", PASSWORD)
        keys.press("Enter")
        keys.moves = 0
        keys.type("Chercher un client", "fx731dq")
        keys.press("Enter")
        _record_by_keyboard(keys)
        _quote_by_keyboard(keys)
        keys.at("Télécharger le PDF", role="link")
        with page.expect_download() as download:
            keys.press("Enter")
        moves = keys.moves
        _read_back(download.value, page, garage.versos, "Garage des Tilleuls")
        _find_again_by_keyboard(keys)
        assert watch.faults == []
        assert moves == MOST_MOVES


def _record_by_keyboard(keys: Keyboard) -> None:
    keys.at("Nouveau client", role="link")
    keys.press("Enter")
    keys.at("Je l’ai lu au client", role="button")
    keys.press("Enter")
    keys.type("^Nom", "Moreau")
    keys.press("Tab")
    keys.type("Prénom", "Élodie")
    keys.press("Tab")
    keys.type("Mobile", "06.39.98 12 34")
    keys.press("Tab")
    keys.type("Oui", "n")
    keys.press("Tab", "Tab")
    keys.type("Immatriculation", "fx731 dq")
    keys.press("Control+Enter")


def _quote_by_keyboard(keys: Keyboard) -> None:
    keys.at("Nouveau devis pour FX-731-DQ", role="button")
    keys.press("Enter")
    keys.type("Dimension", "205 55 16")
    keys.press("Enter")
    keys.type("Prix unit. TTC", "89,90")
    keys.press("Enter")
    keys.type("Prestation", "Montage et équilibrage")
    keys.press("Tab")
    keys.type("Quantité", "4")
    keys.press("Tab")
    keys.type("Prix unit. TTC", "22")
    keys.press("Enter")
    keys.at("Prestation")
    keys.press("Tab", "Tab", "Tab", "Tab", "Tab")
    keys.type("Kilométrage", "48200")
    keys.press("Enter")
    keys.at("Émettre le devis", role="button")
    keys.press("Enter")


def _find_again_by_keyboard(keys: Keyboard) -> None:
    keys.press("F2")
    keys.type("Chercher un client", "fx 731")
    keys.press("Enter")
    keys.at("Nouveau devis pour FX-731-DQ", role="button")


def test_by_touch_on_a_telephone_a_customer_gets_a_quote(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, **TELEPHONE) as (page, watch):
        page.goto("/")
        _tap_and_type(page, "E-mail", "counter.adviser@canal.example")
        _tap_and_type(page, "Mot de passe", PASSWORD)
        _tap(page, "button", "Se connecter")
        page.get_by_role("navigation").get_by_role("link", name="Nouveau client").tap()
        _tap(page, "button", "Je l’ai lu au client")
        _tap_and_type(page, "Nom *", "Moreau")
        _tap_and_type(page, "Mobile", "+33 6 39 98 12 34")
        page.get_by_role("radio", name="Non").tap()
        _tap_and_type(page, "Immatriculation", "fx-731dq")
        _tap(page, "button", "Enregistrer le client")
        _tap(page, "button", "Nouveau devis pour FX-731-DQ")
        _tap_and_type(page, "Dimension", "205/55R16")
        _tap(page, "button", "Chercher")
        offer = page.get_by_role("listitem").filter(has_text="96,90")
        offer.get_by_label("Prix unit. TTC").tap()
        page.keyboard.type("89,90")
        offer.get_by_role("button", name="Ajouter").tap()
        _tap_and_type(page, "Prestation", "Montage et équilibrage")
        service = page.get_by_role("region", name="Ajouter une prestation")
        service.get_by_label("Quantité").tap()
        page.keyboard.type("4")
        service.get_by_label("Prix unit. TTC").tap()
        page.keyboard.type("22")
        _tap(page, "button", "Ajouter la prestation")
        _tap_and_type(page, "Kilométrage", "48200")
        _tap(page, "button", "Enregistrer le kilométrage")
        _tap(page, "button", "Émettre le devis")
        with page.expect_download() as download:
            _tap(page, "link", "Télécharger le PDF")
        _read_back(download.value, page, garage.versos, "Carrosserie du Canal")
        assert watch.faults == []


def _tap(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name).tap()  # type: ignore[arg-type]


def _tap_and_type(page: Page, label: str, text: str) -> None:
    page.locator("main input").and_(page.get_by_label(label)).tap()
    page.keyboard.type(text)


def _read_back(download: Download, page: Page, versos: dict[str, list[str]], repairer: str) -> None:
    """See that the recto says what the page says, and the verso what the commitment says for this repairer."""
    recto, verso = (_plain(leaf.extract_text()) for leaf in PdfReader(Path(download.path())).pages)
    shown = {part.get_attribute("data-total"): _plain(part.inner_text()) for part in page.locator("[data-total]").all()}
    assert shown == {"ht": "373,00 €", "vat": "74,60 €", "ttc": "447,60 €"}
    told = [
        *re.findall(r"D-[A-Z]+-\d{4}-\d{6}", page.locator("h1").inner_text()),
        "FX-731-DQ",
        "Moreau",
        "06 39 98 12 34",
        "48 200 km",
    ]
    lines = [cell for row in page.locator("tbody tr").all() for cell in row.locator("td:visible").all_inner_texts()]
    wanted = [*shown.values(), *told, *(line for cell in lines for line in re.split(r"\n| · | × ", cell))]
    assert [part for part in wanted if _plain(part) not in recto] == [], recto
    assert _plain(repairer) in verso
    assert [paragraph for paragraph in versos[repairer] if _plain(paragraph) not in verso] == [], verso


def _plain(text: str) -> str:
    """Return the text with any kind and number of spaces as one, and no hyphen of a divided word."""
    return " ".join(text.replace("\u00ad", "").split())
