"""Intake in French: by keyboard at a desk and by touch on a telephone, in the time that a customer gives."""

import re
import time
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PASSWORD
from tests.stories import walk, watching
from tests.stories.hands import Fingers, Keyboard

DESK = {"viewport": {"width": watching.WIDE, "height": 800}}
TELEPHONE = {"viewport": {"width": watching.NARROW, "height": 844}, "has_touch": True, "is_mobile": True}
MOST_SECONDS = 40
CARD = r"/clients/[0-9a-f-]{36}/$"
FORM = r"/clients/nouveau/[0-9a-f-]{36}/$"


def open_form(page: Page) -> None:
    """Read the wording to somebody; their form opens."""
    page.goto("/clients/nouveau/")
    page.get_by_role("button", name="Je l’ai lu au client").click()
    page.wait_for_url(re.compile(FORM))


def expect_kept(page: Page, text: str = "Brouillon gardé à") -> None:
    """Wait for what the form says of its draft."""
    expect(page.locator("#kept")).to_contain_text(text)


def test_by_keyboard_a_customer_is_told_and_recorded_in_under_forty_seconds(
    browser: Browser, portal: str, garage: SimpleNamespace, record_property: Any
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **DESK) as (page, watch):
        page.goto("/devis/")
        keys = Keyboard(page)
        keys.press("F2")
        keys.type("Chercher un client", "kd204xs")
        with keys.waiting_for("/recherche/"):
            keys.press("Enter")
        keys.at("Nouveau client", role="link")
        with keys.waiting_for("/nouveau/"):
            keys.press("Enter")
        keys.at("Je l’ai lu au client", role="button")
        with keys.waiting_for(FORM):
            keys.press("Enter")
        _tell_by_keyboard(keys)
        expect_kept(page)
        faults = watching.look(page, (watching.WIDE,))
        with keys.waiting_for(CARD):
            keys.press("Control+Enter")
        for told in ("Solène Vauquelin", "KD-204-XS", "06 39 98 45 67", "01 99 00 45 67", "12 bis rue des Tanneurs"):
            expect(page.locator("main")).to_contain_text(told)
        expect(page.locator("main")).to_contain_text("Rappeler après 18 h")
        assert [*faults, *watch.faults] == []
        record_property("intake by keyboard", keys.report())
        print(keys.report())
        assert keys.seconds < MOST_SECONDS, keys.report()


def _tell_by_keyboard(keys: Keyboard) -> None:
    for name, told in (("^Nom", "Vauquelin"), ("Prénom", "Solène"), ("Mobile", "0639984567")):
        keys.type(name, told)
        keys.press("Tab")
    keys.at("Oui", role="radio")
    keys.press("n", "Tab")
    keys.type("Téléphone fixe", "0199004567")
    keys.press("Tab", "o", "Tab")
    keys.type("Immatriculation", "kd204xs")
    keys.press("Tab", "Tab")
    keys.type("Marque", "Sarvane")
    keys.press("Tab")
    keys.type("Modèle", "Altis")
    keys.press("Tab")
    told = ("solene@courriel.example", "12 bis rue des Tanneurs", "99100", "Vauclair")
    for name, text in zip(("E-mail", "Numéro et rue", "Code postal", "Ville"), told, strict=True):
        keys.type(name, text)
        keys.press("Tab")
    keys.press("Tab")
    keys.type("Remarque", "Rappeler après 18 h")
    chosen = keys.page.locator("input[type=radio]:checked")
    assert chosen.evaluate_all("radios => radios.map((radio) => radio.value)") == ["person", "no", "yes"]


def test_by_touch_a_company_is_told_and_recorded_in_under_forty_seconds(
    browser: Browser, portal: str, garage: SimpleNamespace, record_property: Any
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **TELEPHONE) as (page, watch):
        page.goto("/")
        hand = Fingers(page)
        with hand.waiting_for("/nouveau/"):
            page.get_by_role("navigation").get_by_role("link", name="Nouveau client").tap()
        with hand.waiting_for(FORM):
            hand.tap("button", "Je l’ai lu au client")
        expect(page.get_by_label("Nom de l’entreprise")).to_be_hidden()
        hand.tap("radio", "Entreprise")
        hand.type("Nom de l’entreprise", "Halles du Port")
        hand.type("SIREN", "732829320")
        hand.type("Nom *", "Kervadec")
        hand.type("Mobile", "0639984568")
        hand.tap("radio", "Non")
        hand.type("Immatriculation", "kd205xs")
        hand.type("Numéro et rue", "3 quai du Port")
        hand.type("Code postal", "99200")
        hand.type("Ville", "Portneuf")
        page.locator("summary", has_text="Appartement").tap()
        hand.type("Résidence", "Hangar 4")
        expect_kept(page)
        faults = watching.look(page, (watching.NARROW,))
        with hand.waiting_for(CARD):
            hand.tap("button", "Enregistrer le client")
        for told in ("Halles du Port (Kervadec)", "KD-205-XS", "732829320", "Hangar 4", "99200 PORTNEUF"):
            expect(page.locator("main")).to_contain_text(told)
        assert [*faults, *watch.faults] == []
        record_property("intake by touch", hand.report())
        print(hand.report())
        assert hand.seconds < MOST_SECONDS, hand.report()


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_a_household_that_shares_a_telephone_is_two_customers(
    browser: Browser, portal: str, garage: SimpleNamespace, size: dict[str, object]
) -> None:
    number = f"06 39 98 77 {'01' if size is DESK else '02'}"
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **size) as (page, watch):
        _tell(page, "Lacaze", "Irène", number)
        page.get_by_role("button", name="Enregistrer le client").click()
        page.wait_for_url(re.compile(CARD))
        _tell(page, "Lacaze", "Bastien", number)
        known = page.locator("#candidates").get_by_role("link", name="Irène Lacaze")
        expect(known).to_be_in_viewport()
        expect(page.locator("#candidates")).to_contain_text("même téléphone")
        assert page.locator("#candidates").get_attribute("aria-live") == "polite"
        faults = watching.look(page, (int(page.viewport_size["width"]),)) if page.viewport_size else ["no size"]
        known.click()
        expect(page.locator("h1")).to_have_text("Irène Lacaze")
        page.go_back()
        expect(page.get_by_label("Prénom")).to_have_value("Bastien")
        page.get_by_role("button", name="Enregistrer le client").click()
        expect(page.locator("h1")).to_have_text("Bastien Lacaze")
        page.fill("#search", number.replace(" ", "."))
        page.press("#search", "Enter")
        expect(page.locator("h1")).to_have_text("2 clients trouvés")
        assert [*faults, *watch.faults] == []


def _tell(page: Page, last_name: str, first_name: str, number: str) -> None:
    open_form(page)
    page.locator("#id_last_name").fill(last_name)
    page.locator("#id_first_name").fill(first_name)
    page.locator("#id_mobile").fill(number)
    page.locator("#id_mobile").press("End")
    page.get_by_role("radio", name="Non").first.check()
    expect_kept(page)


@pytest.mark.parametrize("gone", ["session", "all"])
def test_a_session_that_ends_in_the_middle_loses_nothing(
    browser: Browser, portal: str, garage: SimpleNamespace, gone: str
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.PERSONAS["site_manager"]], **DESK) as (page, watch):
        open_form(page)
        page.locator("#id_last_name").fill("Delmas")
        expect_kept(page)
        page.context.clear_cookies(**({"name": "session"} if gone == "session" else {}))
        page.locator("#id_first_name").press_sequentially("Violaine")
        expect_kept(page, "Votre session a pris fin")
        expect(page.get_by_label("Prénom")).to_have_value("Violaine")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/compte/connexion/?next=/compte/reprise/")
        page.fill("#id_login", walk.PERSONAS["site_manager"])
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/compte/reprise/")
        faults = watching.look(page)
        expect(page.locator(":focus")).to_have_text("L’envoyer maintenant")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Violaine Delmas")
        expected = [fault for fault in watch.faults if "401" in fault or "403" in fault]
        assert [*faults, *watch.faults] == expected
        assert expected


def test_sent_twice_and_sent_again_from_the_page_before_it_is_one_customer(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **DESK) as (page, watch):
        open_form(page)
        page.locator("#id_last_name").fill("Ozanne")
        page.get_by_role("button", name="Enregistrer le client").dblclick()
        page.wait_for_url(re.compile(CARD))
        card = page.url
        page.go_back()
        page.wait_for_url(re.compile(CARD))
        assert page.url == card
        page.fill("#search", "ozanne")
        page.press("#search", "Enter")
        expect(page.locator("h1")).to_have_text("1 client trouvé")
        assert watch.faults == []


def test_the_sheet_of_shortcuts_opens_on_a_question_mark_and_gives_the_focus_back(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **DESK) as (page, watch):
        open_form(page)
        sheet = page.get_by_role("dialog", name="Raccourcis clavier")
        page.keyboard.type("Qui ?")
        expect(page.get_by_label("Nom *")).to_have_value("Qui ?")
        expect(sheet).to_be_hidden()
        page.get_by_role("radio", name="Particulier").focus()
        page.keyboard.press("?")
        expect(sheet).to_be_visible()
        expect(page.locator(":focus")).to_have_text("Fermer")
        assert (sheet.bounding_box() or {})["width"] > watching.NARROW
        faults = watching.look(page, (watching.NARROW, watching.WIDE))
        for key in ("F2", "Ctrl", "?"):
            expect(sheet.locator("kbd", has_text=key).first).to_be_visible()
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        expect(page.get_by_role("radio", name="Particulier")).to_be_focused()
        page.get_by_role("button", name="Raccourcis clavier").click()
        expect(sheet).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_focused()
        assert [*faults, *watch.faults] == []


def test_typing_is_never_held_up_by_what_the_page_does_meanwhile(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **DESK) as (page, watch):
        open_form(page)
        page.route("**/saisie/", lambda route: (time.sleep(1.5), route.continue_()))
        page.locator("#id_last_name").press_sequentially("Moreau", delay=150)
        page.locator("#id_first_name").press_sequentially("Élodie", delay=250)
        expect_kept(page)
        expect(page.get_by_label("Nom *")).to_have_value("Moreau")
        expect(page.get_by_label("Prénom")).to_have_value("Élodie")
        expect(page.get_by_label("Prénom")).to_be_focused()
        assert watch.faults == []
