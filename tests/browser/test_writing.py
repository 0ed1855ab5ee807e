"""What the page editor does while someone writes: with a script only."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_editor import SELECTED, TEXT, page  # noqa: F401

PAGE = "/admin/edit/page/index.md/"
pytestmark = pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])


def is_kept(page):  # noqa: F811
    page.wait_for_function("Object.keys(sessionStorage).some(name => name.startsWith('draft '))")


def test_a_question_before_leaving_says_what_is_not_saved(page):  # noqa: F811
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto(PAGE)
    page.get_by_label(TEXT).fill("Typed and not saved")
    is_kept(page)
    page.get_by_role("link", name="Edit site").first.click()
    assert asked
    assert asked[0].startswith("Your text isn’t saved yet.")


def test_restored_text_is_checked_and_shown_at_once(page):  # noqa: F811
    page.goto(PAGE)
    text = page.get_by_label(TEXT).input_value()
    page.get_by_label(TEXT).fill(text.replace("Text with", "[Newer](/nowhere/) words with"))
    is_kept(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/edit/")
    page.goto(PAGE)
    expect(page.get_by_text("There is no page /nowhere/")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_text("Newer words")).to_be_visible()


def test_what_was_found_in_an_older_text_is_no_verdict_on_this_one(page):  # noqa: F811
    page.goto(PAGE)
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("This page is ready.")).to_be_visible()
    page.route("**/live/", lambda route: None)  # no answer comes
    page.get_by_label(TEXT).press_sequentially("x")
    expect(page.get_by_role("heading", name="Checking …")).to_be_visible()
    expect(page.get_by_text("This page is ready.")).to_be_hidden()
    page.unroute("**/live/")
    page.get_by_label(TEXT).press_sequentially("y")
    expect(page.get_by_role("heading", name="Checking …")).to_have_count(0)


def test_saving_leads_back_to_the_cursor_and_the_places_in_both_panes(page):  # noqa: F811
    page.goto(PAGE)
    lines = "\n\n".join(f"Line number {n} is here." for n in range(200))
    page.get_by_label(TEXT).fill(lines)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Line number 199 is here.")).to_be_visible()
    page.evaluate("""() => {
        const text = document.getElementById('id_text');
        text.setSelectionRange(2000, 2004);
        text.scrollTop = 1500;
        document.querySelector('iframe').contentWindow.scrollTo(0, 2500);
    }""")
    wanted = page.evaluate("document.getElementById('id_text').value.slice(2000, 2004)")
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_text("Saved as a draft")).to_be_visible()
    assert page.evaluate(SELECTED) == wanted
    assert page.evaluate("document.getElementById('id_text').scrollTop") == 1500
    place = "document.querySelector('iframe').contentWindow.scrollY"
    for _ in range(600):
        page.wait_for_timeout(0 if page.evaluate(place) else 100)
    assert page.evaluate(place) == 2500
    assert page.evaluate("scrollY") == 0  # what the save says stands above


@pytest.mark.parametrize("tool", ["Insert a block", "Cite a source"])
def test_escape_leads_from_a_picker_back_to_the_cursor(page, tool):  # noqa: F811
    page.goto(PAGE)
    page.get_by_label(TEXT).fill("One two three")
    page.evaluate("document.getElementById('id_text').setSelectionRange(4, 7)")
    page.get_by_text(tool).click()
    expect(page.locator(".tool[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".tool[open]")).to_have_count(0)
    assert page.evaluate(SELECTED) == "two"


def test_a_new_event_begins_with_the_year_of_the_one_above(page):  # noqa: F811
    page.goto(PAGE)
    text = page.get_by_label(TEXT)
    text.fill("::: timeline\n### May 1962: One\nYes.\n\n### 1970: Two\nNo.\n:::")
    page.evaluate("document.getElementById('id_text').setSelectionRange(20, 20)")
    page.get_by_text("Insert a block").click()
    page.get_by_role("button", name="One more entry: Timeline").click()
    expect(text).to_have_value(re.compile(r"Yes\.\n\n### 1962: Name what happened\n"))
