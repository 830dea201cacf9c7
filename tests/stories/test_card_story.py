"""A withdrawal, a car that changes owner, a merge and its undo: at a desk by keyboard alone, on a telephone by touch."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories import walk, watching
from tests.stories.test_counter import DESK, TELEPHONE

MOST_TABS = 80
FOCUSED = """() => {
  const at = document.activeElement;
  return at === document.body ? "" : (at.labels && at.labels.length ? at.labels[0].innerText : at.innerText).trim();
}"""


class Keyboard:
    """Goes to what it wants by Tab and presses Enter."""

    name = "Vasseur"

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, text: str) -> None:
        """Go on from where the focus is until it waits on what begins with `text`."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(FOCUSED).replace("\u00a0", " ").startswith(text):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the focus never came to “{text}”")

    def go(self, text: str) -> None:
        """Press a button, a link or a summary that begins with `text`."""
        self.reach(text)
        if self.page.evaluate("document.activeElement.matches('summary')"):
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, label: str, text: str) -> None:
        """Type into a field and send it."""
        self.reach(label)
        self.page.keyboard.type(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


class Touch:
    """Taps on what it wants."""

    name = "Quentin"

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, text: str) -> None:
        """Tap a button, a link or a summary that begins with `text`."""
        wanted = self.page.locator("main :is(a, button, summary)", has_text=re.compile(rf"^\s*{re.escape(text)}"))
        wanted.filter(visible=True).first.tap()

    def type(self, label: str, text: str) -> None:
        """Type into a field and send it."""
        self.page.locator("main input").and_(self.page.get_by_label(label)).tap()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")


Hand = Keyboard | Touch


@pytest.fixture(params=[(Keyboard, DESK), (Touch, TELEPHONE)], ids=["desk", "telephone"])
def hand(request: pytest.FixtureRequest, browser: Browser, portal: str, garage: SimpleNamespace) -> Iterator[Hand]:
    kind, size = request.param
    with watching.visitor(browser, portal, garage.sessions[walk.ADVISER], **size) as (page, watch):
        yield kind(page)
        assert watch.faults == []


def told(hand: Hand, garage: SimpleNamespace) -> SimpleNamespace:
    """Return the customers of this hand's stories."""
    found: SimpleNamespace = garage.told[hand.name]
    return found


def says(hand: Hand, sentence: str) -> None:
    """See that the page says what was done, and that nothing is wrong with it at this hand's width."""
    expect(hand.page.get_by_role("status").first).to_contain_text(sentence)
    assert watching.look(hand.page, (int((hand.page.viewport_size or {})["width"]),)) == []


def test_a_consent_is_withdrawn_by_one_press_and_the_page_says_what_follows(
    hand: Hand, garage: SimpleNamespace
) -> None:
    hand.page.goto(f"/clients/{told(hand, garage).seller}/")
    hand.go("Accords")
    expect(hand.page.locator("main .is-given")).to_have_text("oui")
    hand.go("Retirer l’accord")
    says(hand, "plus aucun appel de vente à ce numéro")
    expect(hand.page.locator("main .is-withdrawn").first).to_have_text("retiré")
    expect(hand.page.get_by_role("button", name="Retirer l’accord")).to_have_count(0)
    hand.go("Demander")
    hand.go("Il dit oui")
    says(hand, "La réponse est notée.")
    expect(hand.page.locator("main .is-given").filter(visible=True)).to_have_text("oui")


def test_a_car_changes_owner_and_both_cards_keep_their_own_history(hand: Hand, garage: SimpleNamespace) -> None:
    people = told(hand, garage)
    plate = people.plates[0]
    hand.page.goto(f"/clients/{people.seller}/")
    hand.go("Plaque, détenteur")
    hand.go("Il est à un autre client")
    hand.type("Plaque, nom, téléphone ou référence", f"{hand.name}-Keller")
    hand.go(f"Il est à Dana {hand.name}-Keller")
    says(hand, f"{plate} est maintenant à Dana {hand.name}-Keller.")
    expect(hand.page.get_by_text(f"Ancien détenteur : Sacha {hand.name}")).to_be_visible()
    hand.go(f"Sacha {hand.name}")
    expect(hand.page.locator(".past")).to_contain_text(plate)
    expect(hand.page.get_by_role("button", name=f"Nouveau devis pour {plate}")).to_have_count(0)


def test_two_cards_are_merged_and_parted_again(hand: Hand, garage: SimpleNamespace) -> None:
    people = told(hand, garage)
    hand.page.goto(f"/clients/{people.seller}/")
    hand.go("C’est la même personne que…")
    hand.go("Comparer")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(re.compile("Est-ce une seule personne"))
    hand.go("Oui, n’en faire qu’une fiche")
    says(hand, "Les deux fiches n’en font plus qu’une.")
    expect(hand.page.get_by_role("button", name=f"Nouveau devis pour {people.plates[2]}")).to_be_visible()
    hand.go("Fiches réunies")
    hand.go("Défaire")
    says(hand, "Les deux fiches sont de nouveau séparées.")
    hand.page.goto(f"/clients/{people.twin}/")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(f"Sasha {hand.name}")
