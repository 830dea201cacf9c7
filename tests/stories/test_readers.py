"""Three people who are not signed in look for an answer, from the link under the sign-in page."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.stories import watching

MOST_CLICKS = 3
SIZES = ({"width": watching.WIDE, "height": 800}, {"width": watching.NARROW, "height": 844})


class Reader:
    """Somebody who clicks links by their words, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.faults = page, 0, list[str]()
        self.width = int((page.viewport_size or {})["width"])
        page.goto("/")

    def click(self, name: str, within: Locator | None = None) -> None:
        """Follow the first link of this name, and look at where it leads: the colours of these pages `test_pages` sees."""
        (within or self.page).get_by_role("link", name=name).first.click()
        self.clicks += 1
        self.faults += watching.look(self.page, (self.width,), contrast=False)

    def customers(self) -> Locator:
        """Return what the page says in short to customers."""
        return self.page.get_by_role("region", name=re.compile("En bref|In short")).locator(".sheet").first


@pytest.fixture(params=SIZES, ids=["desk", "telephone"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    found: dict[str, int] = request.param
    return found


def answer(box: Locator, term: str) -> Locator:
    """Return what stands beside a term."""
    return box.locator("dt", has_text=term).locator("xpath=following-sibling::dd[1]")


def test_what_changed_between_versions(browser: Browser, portal: str, size: dict[str, int]) -> None:
    with watching.visitor(browser, portal, viewport=size) as (page, watch):
        reader = Reader(page)
        reader.click("Ce que deviennent vos données")
        reader.click("Ce qui a changé entre 2020-01-25 et 2026-11-22")
        delay = page.locator('[id="user.rights.delay"]')
        expect(delay.locator(".sides > div").nth(0)).to_contain_text("2 mois")
        expect(delay.locator(".sides > div").nth(1)).to_contain_text("un mois")
        expect(delay.locator("del").first).to_be_visible()
        assert reader.clicks <= MOST_CLICKS
        assert [*reader.faults, *watch.faults] == []


def test_how_long_is_my_quote_kept(browser: Browser, portal: str, size: dict[str, int]) -> None:
    with watching.visitor(browser, portal, viewport=size) as (page, watch):
        reader = Reader(page)
        reader.click("Ce que deviennent vos données")
        kept = answer(reader.customers(), "Données et devis")
        expect(kept).to_be_in_viewport()
        expect(kept).to_have_text("2 ans après votre dernière activité, puis anonymisation")
        reader.click("Données et devis", reader.customers())
        expect(page.locator('[id="client.retention.quotes"]')).to_be_in_viewport()
        assert reader.clicks <= MOST_CLICKS
        assert [*reader.faults, *watch.faults] == []


def test_whom_do_i_write_to_in_english(browser: Browser, portal: str, size: dict[str, int]) -> None:
    with watching.visitor(browser, portal, viewport=size) as (page, watch):
        reader = Reader(page)
        reader.click("Ce que deviennent vos données")
        reader.click("English")
        box = reader.customers()
        expect(answer(box, "Data protection officer")).to_have_text("dpo.clients@halvec.example")
        expect(answer(box, "Answer at the latest")).to_have_text("one month after the receipt of your request")
        assert reader.clicks <= MOST_CLICKS
        assert [*reader.faults, *watch.faults] == []
