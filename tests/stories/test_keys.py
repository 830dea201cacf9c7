"""What the few lines of script do at the counter, and that nothing depends on them."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, expect

from tests.stories import walk, watching


def test_control_enter_sends_what_was_typed_and_issues_only_when_nothing_is_left(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER]) as (page, watch):
        page.goto(f"/devis/{garage.ready_draft}/")
        expect(page.locator(":focus")).to_have_attribute("name", "mileage")
        page.locator("[name=service-label]").focus()
        page.keyboard.type("Montage")
        page.keyboard.press("Control+Enter")
        expect(page.locator(":focus")).to_have_attribute("name", "service-unit_price")
        page.keyboard.press("Control+Enter")
        expect(page.locator(":focus")).to_have_attribute("name", "service-unit_price")
        page.keyboard.type("15")
        page.keyboard.press("Control+Enter")
        expect(page.locator("tbody tr")).to_have_count(2)
        page.keyboard.press("Control+Enter")
        expect(page.locator(":focus")).to_have_text("Télécharger le PDF")
        assert watch.faults == []


@pytest.mark.parametrize("box", ["radio", "checkbox"])
def test_control_enter_adds_the_tyre_of_which_only_a_box_was_ticked(
    browser: Browser, portal: str, garage: SimpleNamespace, box: str
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER]) as (page, watch):
        page.goto(f"/devis/{garage.ticked_drafts[box]}/?size=2055516")
        offer = page.locator(".offers li").first
        offer.get_by_role("radio", name="Toutes").focus()
        page.keyboard.press("b" if box == "radio" else "Tab")
        if box == "checkbox":
            page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
        expect(page.locator("tbody tr")).to_have_count(6 if box == "radio" else 5)
        expect(page.locator("h1")).to_have_text("Brouillon de devis")
        assert watch.faults == []


def test_a_tyre_search_after_the_session_has_ended_leads_to_signing_in(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER]) as (page, watch):
        page.goto(f"/devis/{garage.empty_draft}/")
        page.context.clear_cookies()
        page.fill("#size", "2055516")
        page.press("#size", "Enter")
        page.wait_for_url("**/compte/connexion/?next=**")
        assert [fault for fault in watch.faults if " 401 " not in fault] == []


def test_a_tyre_search_that_fails_shows_the_page_that_says_so(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER]) as (page, _):
        page.goto(f"/devis/{garage.empty_draft}/")
        page.context.clear_cookies()
        session = {"name": "session", "value": garage.sessions[walk.PERSONAS["storekeeper"]], "url": portal}
        page.context.add_cookies([session])
        page.fill("#size", "2055516")
        page.press("#size", "Enter")
        expect(page.locator(".kicker")).to_have_text("403")


def test_without_script_the_tyre_search_shows_the_same_offers(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    offers = []
    for has_script in (True, False):
        session = garage.sessions[walk.ADVISER]
        with watching.visitor(browser, portal, session, java_script_enabled=has_script) as (page, _):
            page.goto(f"/devis/{garage.empty_draft}/")
            page.locator("#size").fill("2055516")
            page.locator("#size").press("Enter")
            page.wait_for_url("**/?size=2055516*")
            expect(page.locator(".offers li").first).to_be_visible()
            offers.append(page.locator(".offers .what").all_inner_texts())
    assert offers[0] == offers[1]
