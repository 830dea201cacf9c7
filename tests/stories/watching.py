"""What is watched on every page of a story: policy, foreign hosts, console, accessibility, width, touch targets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

WIDE, NARROW = 1280, 390
HEIGHTS = {WIDE: 800, NARROW: 844}
SCHEMES = ("light", "dark")
OPPOSITE = {WIDE: ("light",), NARROW: ("dark",)}
"""Of the four looks of a page the two that have nothing in common."""
SMALLEST_TARGET = 24
"""CSS pixels, WCAG 2.2 criterion 2.5.8."""

REPORT_VIOLATION = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content security policy: ${event.effectiveDirective} refused ${event.blockedURI || event.sample}`))"""

SMALL_TARGETS = """(least) => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((target) => target.checkVisibility({visibilityProperty: true}) && !target.closest("p, td, li, .visually-hidden-focusable"))
  .map((target) => [target.outerHTML.slice(0, 120), (target.closest("label") || target).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < least || box.height < least))
  .map(([html, box]) => `${Math.round(box.width)} × ${Math.round(box.height)} px: ${html}`)"""

INACCESSIBLE = """async (enabled) => {
  const {passes, violations} = await axe.run({resultTypes: ["violations"], rules: {"color-contrast": {enabled}}});
  return [passes.length, violations.map(({id, help, nodes}) => `axe ${id}: ${help}, ${nodes.length} × ${nodes[0].html}`)];
}"""
"""What axe-core found, told in the page: to hand over all that passed takes longer than to look."""

TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(-2).map((part) => part.outerHTML.slice(0, 120))"""


class Watch:
    """Writes down in `faults` what a page must never do while it is open."""

    def __init__(self, address: str, page: Page) -> None:
        self.address, self.page, self.faults = address, page, list[str]()
        page.add_init_script(REPORT_VIOLATION)
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https"} and not request.url.startswith(f"{self.address}/"):
            self.faults.append(f"request to another host: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        is_the_page_itself = message.text.startswith("Failed to load") and message.location["url"] == self.page.url
        if message.type == "error" and not is_the_page_itself:
            self.faults.append(f"console: {message.text}")


def look(
    page: Page,
    widths: tuple[int, ...] = (WIDE, NARROW),
    schemes: tuple[str, ...] = (),
    *,
    contrast: bool = True,
) -> list[str]:
    """Return what is wrong with the page as it stands, at each width, in these schemes or its own: one sentence each.

    On a long page the contrast of colours takes longer than all other rules.
    """
    found: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in schemes or OPPOSITE[width]:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_function("(scheme) => document.documentElement.dataset.bsTheme === scheme", arg=scheme)
            found += [f"{width} px, {scheme}: {fault}" for fault in _inaccessible(page, contrast=contrast)]
        found += [f"{width} px: cut or scrolls sideways: {part}" for part in page.evaluate(TOO_WIDE)]
        found += [f"{width} px: small target, {part}" for part in page.evaluate(SMALL_TARGETS, SMALLEST_TARGET)]
    return found


def _inaccessible(page: Page, *, contrast: bool) -> list[str]:
    """Return axe-core's violations of any of its rules, each with its rule and the first element at fault."""
    passed, violations = page.evaluate(INACCESSIBLE, contrast)
    assert passed, "axe-core saw nothing"
    return list(violations)


def assert_strict(policy: str) -> None:
    """See that a Content-Security-Policy header lets nothing inline, evaluated or foreign through."""
    directives = dict(part.split(maxsplit=1) for part in policy.split("; "))
    assert directives.pop("default-src") == "'none'", policy
    assert directives.pop("img-src") == "'self' data:", policy
    assert set(directives.values()) == {"'self'", "'none'"}, policy


_idle: dict[tuple[object, ...], list[BrowserContext]] = {}


@contextmanager
def visitor(browser: Browser, address: str, session: str = "", **options: Any) -> Iterator[tuple[Page, Watch]]:
    """Open a page of its own, signed in if a session is given; `options` are the browser context's.

    The context is one that another visitor has left, if there is one: it has the styles loaded, and no cookie.
    """
    idle = _idle.setdefault((browser, address, repr(options)), [])
    context = idle.pop() if idle else _opened(browser, address, options)
    if session:
        context.add_cookies([{"name": "session", "value": session, "url": address}])
    page = context.new_page()
    try:
        yield page, Watch(address, page)
    finally:
        page.close()
        context.clear_cookies()
        idle.append(context)


def _opened(browser: Browser, address: str, options: dict[str, Any]) -> BrowserContext:
    context: BrowserContext = browser.new_context(base_url=address, locale="fr-FR", **options)
    context.set_default_timeout(15_000)
    context.add_init_script(AXE_SCRIPT)
    return context
