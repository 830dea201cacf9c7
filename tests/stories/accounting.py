"""Every page of accounts, in each state that it can show."""

from collections.abc import Iterator
from types import SimpleNamespace

from playwright.sync_api import Page


def stranger(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    """Ask for an account, confirm an address, choose a password."""
    page.goto("/compte/demande/envoyee/")
    yield "asked"
    page.goto("/compte/demande/")
    yield "asking, where nothing can be sent or as a form"
    page.goto("/compte/mot-de-passe-oublie/")
    yield "password forgotten"
    page.fill("#id_email", "nobody")
    page.locator("main button").click()
    assert page.locator("main [aria-invalid]").count() == 1
    yield "password forgotten, no address"
    page.fill("#id_email", "nobody@tilleul.example")
    page.locator("main button").click()
    yield "letter for a password"
    page.goto(garage.accounts["renew"])
    yield "another password"
    page.fill("#id_password1", "azerty")
    page.locator("main button").click()
    yield "another password refused"
    page.goto("/compte/mot-de-passe-oublie/none/none/")
    yield "link that has served"
    page.goto(garage.accounts["confirm"])
    yield "confirming"
    page.locator("main button").click()
    yield "confirmed"
    page.goto(garage.accounts["choose"])
    yield "password"
    page.fill("#id_password", "azerty")
    page.locator("main button").click()
    yield "password refused"


def manager(page: Page) -> Iterator[str]:
    """Open one's own account, and what a manager settles."""
    page.goto("/compte/securite/mot-de-passe/")
    page.fill("#id_oldpassword", "wrong")
    page.fill("#id_password1", "azerty")
    page.locator("main button").click()
    assert page.locator("main [aria-invalid]").count() == 2
    yield "password refused"
    page.goto("/site/parametres/")
    page.fill("#id_most_discount", "101")
    page.locator("main form button").click()
    assert page.locator("main [aria-invalid]").count() == 1
    yield "parameters refused"
    for address in ("/compte/", "/compte/engagement/", "/site/equipe/", "/site/parametres/", "/site/support/"):
        page.goto(address)
        yield address
    page.fill("#id_ticket", "two words")
    page.locator("main button").first.click()
    yield "support refused"
    page.goto("/compte/engagement/")
    page.locator("main form button").click()
    yield "not ticked"


def network(page: Page) -> Iterator[str]:
    """Look at requests, people, and what the end of a repairer's services does."""
    for address in ("/reseau/demandes/", "/reseau/personnes/", "/reseau/reparateurs/"):
        page.goto(address)
        yield address
        page.locator("main a").first.click()
        yield f"one of {address}"
    page.locator("main form button").click()
    yield "end of services not ticked"
    page.goto("/reseau/demandes/")
    page.locator("main a").first.click()
    page.locator("main form button").first.click()
    yield "approval refused"
    page.goto("/reseau/personnes/")
    page.locator("main a").first.click()
    page.get_by_text("Conserver plus longtemps").click()
    page.get_by_role("button", name="Conserver", exact=True).click()
    yield "hold of a user's data refused"


def support(page: Page) -> Iterator[str]:
    """Read at the site that has let support in, and leave it."""
    page.goto("/support/")
    yield "open sites"
    page.locator("main form button").first.click()
    yield "on a visit"
    page.goto("/devis/")
    yield "quotes on a visit"
    page.locator("main form button").first.click()
    yield "left"
