"""From the public form to the first page; a forgotten password; an application's codes: in the browser, letters included."""

from types import SimpleNamespace

from playwright.sync_api import Browser, Page, expect

from tests import second_factor
from tests.conftest import PASSWORD
from tests.stories import post, watching
from tests.web.accounts import SIRET

ADMINISTRATOR, STOREKEEPER = "network.administrator@sarvane.example", "storekeeper@col.example"
NEW = "ana.morin@garage-du-port.example"
FIRST, SECOND = "Hublot Grue Bobine Fjord 83 Myrtille", "Brouette Nacre Sifflet 47 Volcan Tulipe"


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/compte/connexion/")
    page.fill("#id_login", email)
    page.fill("#id_password", password)
    page.locator("main button").click()


def type_code(page: Page, code: str) -> None:
    page.wait_for_url("**/compte/connexion/code/**")
    page.fill("#id_code", code)
    page.locator("main form").first.locator("button").click()


def ask(page: Page) -> None:
    """Fill in the public form, whose boxes are empty, and be told to look at one's mail."""
    page.goto("/compte/connexion/")
    page.get_by_role("link", name="Demander un accès").click()
    assert [box.is_checked() for box in page.locator("main input[type=checkbox]").all()].count(True) == 0
    told = {"last_name": "Morin", "first_name": "Ana", "email": NEW, "company": "Garage du Port", "siret": SIRET}
    for name, text in told.items():
        page.fill(f"#id_{name}", text)
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.locator("main [aria-invalid]")).to_have_count(1)
    page.check("#id_has_read")
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_role("heading", name="Consultez votre messagerie")).to_be_visible()


def approve(page: Page, code: str) -> None:
    """Sign in as the network's administrator, look at the request and its doubts, and approve it."""
    sign_in(page, ADMINISTRATOR, PASSWORD)
    type_code(page, code)
    page.get_by_role("link", name="Demandes").first.click()
    page.get_by_role("link", name="Ana Morin").last.click()
    expect(page.get_by_text("Aucun site du réseau n’a ce SIRET.")).to_be_visible()
    page.select_option("#id_place", label="Pneus du Col – Pneus du Col, Hautmont")
    page.select_option("#id_role", label="Conseiller comptoir")
    page.get_by_role("button", name="Approuver").click()
    expect(page.get_by_text("La demande est approuvée.")).to_be_visible()


def test_a_request_becomes_an_account_that_opens_its_first_page(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal) as (person, watch):
        ask(person)
        person.goto(post.link(NEW, "Confirmez votre adresse"))
        person.locator("main button").click()
        sign_in(person, NEW, FIRST)
        expect(person.locator(".alert-danger")).to_be_visible()
        with watching.visitor(browser, portal) as (network, watch_network):
            approve(network, second_factor.code(garage.secrets[ADMINISTRATOR]))
            assert watch_network.faults == []
        person.goto(post.link(NEW, "Votre compte est approuvé"))
        person.fill("#id_password", FIRST)
        person.locator("main button").click()
        sign_in(person, NEW, FIRST)
        expect(person.get_by_role("heading", name="Bonjour Ana")).to_be_visible()
        person.goto("/compte/")
        expect(person.get_by_text("Engagement du 2026-11-22")).to_be_visible()
        assert watching.look(person) == []
        person.goto("/clients/nouveau/")
        expect(person.locator("main form button").first).to_be_visible()
        assert watch.faults == []


def test_a_forgotten_password_is_replaced_by_a_letter(browser: Browser, portal: str, garage: SimpleNamespace) -> None:
    with watching.visitor(browser, portal) as (page, watch):
        page.goto("/compte/connexion/")
        page.get_by_role("link", name="Mot de passe oublié").click()
        page.fill("#id_email", "workshop@canal.example")
        assert watching.look(page) == []
        page.locator("main button").click()
        expect(page.get_by_role("heading", name="Consultez votre messagerie")).to_be_visible()
        page.goto(post.link("workshop@canal.example", "Choisir un autre mot de passe"))
        page.wait_for_url("**/set-password/")
        page.fill("#id_password1", SECOND)
        assert watching.look(page) == []
        page.locator("main button").click()
        expect(page.get_by_text("Votre mot de passe est changé")).to_be_visible()
        sign_in(page, "workshop@canal.example", SECOND)
        page.wait_for_url(f"{portal}/")
        assert watch.faults == []


def test_an_application_is_set_up_and_its_next_code_signs_in(
    browser: Browser, portal: str, garage: SimpleNamespace
) -> None:
    with watching.visitor(browser, portal, garage.sessions[STOREKEEPER]) as (page, watch):
        page.goto("/compte/securite/")
        page.get_by_role("link", name="Installer une application").click()
        secret = page.locator("#secret").inner_text()
        page.fill("#id_code", "000000")
        page.locator("main form button").click()
        expect(page.locator("main [aria-invalid]")).to_have_count(1)
        assert page.locator("#secret").inner_text() == secret
        page.fill("#id_code", second_factor.code(secret))
        page.locator("main form button").click()
        page.wait_for_url("**/compte/securite/secours/")
        assert page.locator("main li code").count() == 10
        page.context.clear_cookies(name="session")
        sign_in(page, STOREKEEPER, PASSWORD)
        type_code(page, second_factor.code(secret, later=1))
        page.wait_for_url(f"{portal}/")
        assert watch.faults == []
