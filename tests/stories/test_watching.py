"""The watch itself: each fault planted in a page is caught."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.stories import watching

Visit = tuple[Page, watching.Watch]


@pytest.fixture
def visit(browser: Browser, portal: str) -> Iterator[Visit]:
    with watching.visitor(browser, portal) as opened:
        yield opened


def plant(page: Page, fault: str) -> None:
    """Open the sign-in page with a piece of HTML put into its main part."""

    def put(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{fault}</main>"))

    page.route("**/compte/connexion/", put)
    page.goto("/compte/connexion/")


def test_the_page_without_a_fault_passes(visit: Visit) -> None:
    page, watch = visit
    plant(page, "<p>Rien.</p>")
    assert (watching.look(page, (watching.NARROW,), watching.SCHEMES), watch.faults) == ([], [])


def test_an_inline_script_is_caught(visit: Visit) -> None:
    page, watch = visit
    plant(page, "<script>document.title = 'run'</script>")
    assert page.title() != "run"
    assert any("content security policy: script-src-elem refused inline" in fault for fault in watch.faults)


def test_an_inline_style_is_caught(visit: Visit) -> None:
    page, watch = visit
    plant(page, "<p style='color: red'>Rouge.</p>")
    assert any("content security policy: style-src-attr refused inline" in fault for fault in watch.faults)


def test_a_request_to_another_host_is_caught(visit: Visit) -> None:
    page, watch = visit
    plant(page, "<a id='away' href='http://127.0.0.1:9/away'>Ailleurs</a>")
    page.eval_on_selector("#away", "(link) => link.click()")
    page.wait_for_event("requestfailed")
    assert "request to another host: http://127.0.0.1:9/away" in watch.faults


def test_a_script_that_fails_is_caught(visit: Visit) -> None:
    page, watch = visit
    plant(page, "<p>Rien.</p>")
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.wait_for_timeout(50)
    assert "script error: planted" in watch.faults


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("<img src='/static/gardien/icon.svg' width='30' height='30'>", "axe image-alt"),
        ("<p class='text-warning bg-white'>Pâle</p>", "axe color-contrast"),
        ("<table class='table'><tr><td>" + "W" * 90 + "</td></tr></table>", "cut or scrolls sideways"),
        ("<div><button class='p-0 border-0'>.</button></div>", "small target"),
        ("<img src='/static/gardien/icon.svg' width='30' height='30'>", "dark: axe image-alt"),
    ],
)
def test_a_fault_of_the_page_is_caught(visit: Visit, fault: str, sentence: str) -> None:
    page, _ = visit
    plant(page, fault)
    assert any(sentence in found for found in watching.look(page, (watching.NARROW,), watching.SCHEMES))
