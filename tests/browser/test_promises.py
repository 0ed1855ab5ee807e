"""What is promised to every reader: nothing is kept about them, and nothing must be loaded but
the page itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.states import FORM, fill_form, published_paths, send
from tests.pages.samples import load_catalog

STORED = """async () => [document.cookie, localStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length]"""


def test_reading_everything_and_asking_leaves_nothing_behind(open_page, site):
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in published_paths():
        page.goto(path)
    fill_form(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    assert page.context.cookies() == []
    assert page.evaluate(STORED) == ["", 0, 0, 0, 0]
    # Which form was sent, so that Back shows it emptied; a random number, and gone with the tab.
    page.wait_for_function("sessionStorage.length")
    [(name, kept)] = page.evaluate("Object.entries(sessionStorage)")
    assert (name, bool(re.fullmatch("[0-9a-f]{16}", kept))) == ("sent", True)
    assert page.problems == []  # the browser reports there what the content policy refused
    assert len(asked) > 50
    assert [url for url in asked if not url.startswith(f"{site}/")] == []


@pytest.mark.parametrize("missing", [["stylesheet"], ["image", "font"]], ids="/".join)
def test_the_journey_works_without(open_page, settings, missing):
    page = open_page("about:blank")
    blocked = block(page, missing)
    first, second, *_ = load_catalog(settings.CONTENT_DIR).guide
    page.goto("/")
    page.get_by_role("main").locator(f"a[href='{first.path}']").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first.title)
    page.locator("a[rel=next]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(second.title)
    page.locator(f"main a[href='{FORM}']").first.click()
    send(page)
    page.locator(".error-summary a").first.click()
    expect(page.locator(":focus")).to_have_attribute("name", "name")
    fill_form(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    assert blocked  # drawings stand in the page itself
    page.problems[:] = [line for line in page.problems if "ERR_FAILED" not in line]


def block(page, kinds: list[str]) -> list[str]:
    """Let every request for one of ``kinds`` fail; the list fills with their addresses."""
    blocked = []

    def decide(route):
        if route.request.resource_type in kinds:
            blocked.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/*", decide)
    return blocked
