"""A passkey: set up in the browser's own authenticator, then signing in with it."""

from types import SimpleNamespace

from playwright.sync_api import Browser, expect

from tests.conftest import PASSWORD
from tests.stories import watching

WORKSHOP = "workshop@col.example"


def test_a_passkey_is_set_up_and_signs_in(browser: Browser, portal: str, garage: SimpleNamespace) -> None:
    with watching.visitor(browser, portal, garage.sessions[WORKSHOP]) as (page, watch):
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
        told = {**options, "automaticPresenceSimulation": True, "hasResidentKey": True}
        device.send("WebAuthn.addVirtualAuthenticator", {"options": told})
        page.goto("/compte/securite/cles/")
        page.fill("#id_name", "Tablette de l’atelier")
        page.click("#use_passkey")
        page.wait_for_url("**/compte/securite/secours/")
        page.goto("/compte/securite/")
        expect(page.get_by_text("Tablette de l’atelier")).to_be_visible()
        page.context.clear_cookies(name="session")
        page.goto("/compte/connexion/")
        page.fill("#id_login", WORKSHOP)
        page.fill("#id_password", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/compte/connexion/code/")
        page.click("#use_passkey")
        page.wait_for_url(f"{portal}/")
        assert watch.faults == []
