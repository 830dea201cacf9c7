"""Every page of the portal, in each state it can show."""

from collections.abc import Iterator
from types import SimpleNamespace

from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD

ADVISER = "counter.adviser@tilleul.example"
PERSONAS = {
    "counter_adviser": ADVISER,
    "site_manager": "site.manager@tilleul.example",
    "storekeeper": "storekeeper@tilleul.example",
    "workshop": "workshop@tilleul.example",
    "two garages": "renfort@tilleul.example",
    "network_administrator": "network.administrator@sarvane.example",
    "network_reader": "network.reader@sarvane.example",
    "users_dpo": "users.dpo@sarvane.example",
    "auditor": "auditor@sarvane.example",
    "provider_support": "provider.support@halvec.example",
    "customers_dpo": "customers.dpo@halvec.example",
}
"""One account of each role, and one that holds a role in two garages."""


def anonymous(page: Page) -> Iterator[str]:
    """Open what everybody may see."""
    yield from _commitment(page)
    page.goto("/")
    yield "sign in"
    page.fill("#id_login", "nobody@tilleul.example")
    page.fill("#id_password", "wrong")
    page.click("main button")
    yield "sign in refused"
    page.context.clear_cookies(name="csrf")
    page.click("main button")
    yield "form expired"
    page.goto("/compte/connexion/")
    page.fill("#id_login", PERSONAS["network_reader"])
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    yield "code asked"
    page.fill("#id_code", "000000")
    page.locator("main form").first.locator("button").click()
    yield "code refused"


def _commitment(page: Page) -> Iterator[str]:
    """Open the commitment's pages in both languages."""
    for root in ("/engagement/", "/en/engagement/"):
        for rest in ("", "2020-01-25/", "2020-01-25/2026-11-22/", "reparateurs/TILLEUL/", "clauses/"):
            page.goto(f"{root}{rest}")
            yield f"{root}{rest}"


def own_pages(page: Page) -> Iterator[str]:
    """Open each page of the main navigation, and one's own menu over the first."""
    page.goto("/")
    addresses = page.eval_on_selector_all("nav a", "links => links.map((link) => link.getAttribute('href'))")
    for address in ["/", *addresses]:
        page.goto(address)
        for details in page.locator("main details").all():
            details.locator("summary").click()
        yield address
    page.goto("/")
    page.click("header summary")
    yield "own menu"


def own_affairs(page: Page) -> Iterator[str]:
    """Open what everybody has for themselves: how to go on and sign out, roles, passwords, second factors, proofs, keys."""
    for address in ("/compte/reprise/", "/compte/role/", "/compte/deconnexion/"):
        page.goto(address)
        yield address
    for address in ("", "application/", "application/retirer/", "cles/", "mot-de-passe/"):
        page.goto(f"/compte/securite/{address}")
        yield f"security {page.url.partition('/compte/')[2]}"
    for address in ("", "code/"):
        page.goto(f"/compte/preuve/{address}")
        yield f"proof {page.url.partition('/compte/')[2]}"
    page.goto("/")
    page.click("header summary")
    page.keyboard.press("Escape")
    page.locator("body").press("?")
    assert page.locator("#keys").is_visible()
    yield "shortcuts"


def network(page: Page) -> Iterator[str]:
    """Make recovery codes; open what an import left in quarantine, correct a line wrongly and give it up."""
    page.goto("/compte/securite/secours/nouveaux/")
    yield "new recovery codes"
    page.locator("main button").click()
    page.wait_for_url("**/secours/")
    yield "recovery codes"
    page.goto("/reseau/tarifs/")
    page.locator("main a").first.click()
    yield "quarantine"
    page.click("main form button")
    yield "quarantine tried again"
    page.locator("main td a").first.click()
    yield "line to mend"
    page.fill("[name=designation]", "round")
    page.press("[name=designation]", "Enter")
    assert page.locator(".alert-danger").count() == 1
    yield "line refused"
    page.locator("main form").last.locator("button").click()
    yield "line given up"


def counter(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    """Open the counter's pages in every state."""
    yield from _intake(page)
    for text, name in (("moreau", "customers found"), ("nobody at all", "nobody found")):
        page.goto("/devis/")
        page.fill("#search", text)
        page.press("#search", "Enter")
        page.wait_for_url("**/recherche/")
        yield name
    page.goto(f"/clients/{garage.customer}/")
    yield "customer"
    yield from _drafts(page, garage)
    yield from _settled(page, garage)
    page.goto(f"/devis/{garage.issued}/")
    assert page.locator(".alert-warning").count() == 1
    yield "issued quote with replaced characters"
    page.goto(f"/devis/{garage.offers}/")
    assert page.locator(".offer").count() == 3
    yield "three offers"
    page.get_by_role("button", name="Il accepte").click()
    assert page.locator(".alert-danger").count() == 1
    yield "none of three offers chosen"
    page.goto(f"/devis/{garage.over}/")
    yield "quote whose last day has passed"
    for size in ("2055516", "nothing"):
        page.goto(f"/pneus/?size={size}")
        yield f"tyres of {size}"


def _intake(page: Page) -> Iterator[str]:
    page.goto("/clients/nouveau/")
    page.click("main form button")
    yield "intake"
    page.get_by_role("radio", name="Entreprise").check()
    page.locator("main summary").click()
    told = {"last_name": "Moreau", "first_name": "Élodie", "mobile": "06 39 98 00 11", "phone": "01 99 00 00 11"}
    for name, text in told.items():
        page.fill(f"#id_{name}", text)
    page.locator("#candidates a").first.wait_for()
    yield "intake of a company with two numbers, perhaps known already"
    page.fill("#id_plate", "GHO-482-KL-99")
    page.fill("#id_last_name", "")
    page.fill("#id_siren", "12")
    page.click(".intake .settle button")
    assert page.locator("main [aria-invalid]").count() >= 6
    yield "intake refused"
    page.goto("/clients/nouveau/")
    assert page.get_by_role("button", name="Supprimer").count() >= 1
    yield "unfinished intakes"


def ended(page: Page) -> Iterator[str]:
    """Send a form after the session has ended, and sign in again."""
    page.goto("/clients/nouveau/")
    page.click("main form button")
    page.fill("#id_last_name", "Delmas")
    page.context.clear_cookies(name="session")
    page.click(".intake .settle button")
    page.fill("#id_login", PERSONAS["site_manager"])
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    expect(page.locator("[name=carried]")).to_have_count(2)
    yield "what was typed is kept"


def _drafts(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    page.goto(f"/devis/{garage.empty_draft}/")
    yield "empty draft"
    page.goto(f"/devis/{garage.empty_draft}/?size=nothing")
    yield "draft, no such size"
    page.goto(f"/devis/{garage.long_draft}/?size=2055516")
    assert page.locator(".refusal").count() == 1
    yield "long draft with offers, one of them in pounds"
    page.locator("[name=unit_price]").first.fill("a lot")
    page.locator(".offers button").first.click()
    yield "tyre refused"
    page.goto(f"/devis/{garage.long_draft}/")
    page.fill("#id_service-unit_price", "-1")
    page.fill("#id_mileage", "many")
    page.locator("[name=service-label]").press("Enter")
    yield "service refused"
    page.fill("#id_mileage", "many")
    page.press("#id_mileage", "Enter")
    yield "mileage refused"


def _settled(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    """Refuse what is settled on a draft: a total, a discount, a label's excuse, the answer about reused parts."""
    page.goto(f"/devis/{garage.parts_draft}/")
    page.locator("[name=told]").fill("a lot")
    page.press("[name=told]", "Enter")
    yield "total refused"
    page.goto(f"/devis/{garage.parts_draft}/")
    tools = page.locator("details.line-tools")
    tools.last.locator("summary").click()
    yield "draft with a part, tools of a line open"
    page.fill("[name=off] >> nth=1", "half")
    page.press("[name=off] >> nth=1", "Enter")
    yield "discount refused"
    page.fill("[name=reason]", "A" * 121)
    page.press("[name=reason]", "Enter")
    yield "excuse refused"
    page.get_by_role("button", name="Enregistrer la réponse").click()
    yield "reused parts unanswered"


def linked(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    """Open the link of a letter, and answer without having read."""
    page.goto(garage.link)
    assert page.locator(".offer").count() == 3
    yield "quote by link"
    page.get_by_role("button", name="J’accepte ce devis").click()
    assert page.locator("main [aria-invalid]").count() >= 1
    yield "quote by link, not read"
    page.goto(garage.old_link)
    yield "link that opens nothing"
    page.goto(f"{garage.link[:-3]}AA/")
    yield "link that opens nothing"


def managed(page: Page, garage: SimpleNamespace) -> Iterator[str]:
    """Refuse prices of the garage, and a late acceptance without its reason."""
    for form, field in (("prestations", "sold-label"), ("regles", "rule-percent")):
        page.goto("/tarif/")
        page.fill(f"[name={field}]", "x")
        page.press(f"[name={field}]", "Enter")
        assert page.locator(".alert-danger").count() == 1
        yield f"tariff refused: {form}"
    page.goto("/tarif/")
    for name, told in (("priority", "10"), ("percent", "12,5"), ("brand", "Kestrane"), ("rim_from_inch", "16")):
        page.fill(f"[name=rule-{name}]", told)
    page.press("[name=rule-brand]", "Enter")
    assert page.get_by_text("12,5").count() == 1
    yield "tariff with a rule"
    page.get_by_role("button", name="Retirer 10").click()
    page.goto(f"/devis/{garage.over}/")
    page.locator("section[aria-labelledby=late] button").click()
    yield "late without a reason"


def errors(page: Page) -> Iterator[str]:
    """Open the error pages that a request can reach."""
    page.goto("/nowhere/")
    yield "404"
    page.goto("/clauses/")
    yield "403"
    page.goto("/clients/nouveau/")
    page.eval_on_selector("main form", "(form) => form.action = '/devis/nouveau/'")
    page.click("main form button")
    yield "400"
    page.goto("/devis/nouveau/")
    yield "405"
