"""Editing a page in a browser, from the first sentence to what readers get."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import expect

from kapsite.content_files.text_file import LARGEST_FILE
from kapsite.editor.models import ContentVersion
from kapsite.editor.publication.publishing import publish_waiting
from kapsite.editor.versions import history
from kapsite.editor.writing.drafts import begin_editing, save_draft
from kapsite.editor.writing.previews import preview
from kapsite.pages.publish.serving.published_set import current_folder
from tests.browser.axe import faults
from tests.browser.staff import let_in
from tests.factories import make_staff
from tests.pages.samples import make_content, make_page

SELECTED = """() => {
  const { value, selectionStart, selectionEnd } = document.activeElement;
  return value.slice(selectionStart, selectionEnd);
}"""
TEXT = "Text of the page"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request, chromium, site, transactional_db, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "latest", {})
    settings.CONTENT_DIR = make_content(tmp_path)
    settings.PUBLISHED_DIR, settings.VAR_DIR = tmp_path / "published", tmp_path / "var"
    context = chromium.new_context(
        base_url=site, java_script_enabled=request.param, viewport={"width": 320, "height": 800}
    )
    page = context.new_page()
    page.has_script = request.param
    let_in(page, make_staff("publisher", "pat"))
    yield page
    context.close()


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def fits_and_is_accessible(page):
    """With all that can be opened: axe opens it."""
    if page.has_script:
        fits(page)
        assert faults(page) == []


def test_from_a_sentence_to_what_readers_get(page, settings):
    page.goto("/admin/edit/")
    fits_and_is_accessible(page)
    page.get_by_role("link", name="Home", exact=True).click()
    assert page.get_by_label(TEXT).bounding_box()["height"] > 300  # a phone shows a paragraph
    text = page.get_by_label(TEXT).input_value()
    page.get_by_label(TEXT).fill(text.replace("Text with", "[Words](/nowhere/) with"))
    page.get_by_role("button", name="Check").click()
    line = page.get_by_role("link", name="Line 1")
    expect(line).to_be_visible()
    fits_and_is_accessible(page)
    if page.has_script:
        line.click()
        assert page.evaluate(SELECTED).startswith("[Words](/nowhere/)")
    page.get_by_label(TEXT).fill(text.replace("Text with", "Words with"))
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_text("Saved as a draft")).to_be_visible()
    page.get_by_role("link", name="Publish it").click()
    expect(page.locator("ins")).to_have_text("Words")
    fits_and_is_accessible(page)
    page.get_by_label("What did you change").fill("Say it in a word")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Publishing “Say it in a word”")).to_be_visible()
    publish_waiting({})
    assert "Words with" in (current_folder(settings.PUBLISHED_DIR) / "index.html").read_text()
    page.get_by_role("link", name="History and undo").click()
    expect(page.get_by_text("Edited: Say it in a word")).to_be_visible()
    fits_and_is_accessible(page)


def test_a_title_a_source_and_a_link_without_typing_a_sign(page, settings):
    page.goto("/admin/edit/page/index.md/")
    page.get_by_text("Title, description").click()
    page.get_by_label("Title", exact=True).fill("Welcome")
    fits(page)
    page.get_by_label(TEXT).fill("It may help people.")
    home = re.compile(r"^(Home|Welcome) .$")  # each time that the page comes, its title is as typed
    for tool, piece in [("Cite a source", "S2 Second trial"), ("Link a page", home)]:
        if page.has_script:
            page.get_by_label(TEXT).press("End")
            page.get_by_label(TEXT).press("ArrowLeft")
        page.get_by_text(tool).click()
        fits(page)
        page.get_by_role("button", name=piece).click()
        expect(page.get_by_label(TEXT)).to_have_value(re.compile(r"\]\(/\)|@S2"))
    expect(page.get_by_label(TEXT)).to_have_value(
        re.compile(r"It may help people \[@S2\] \[(Home|Welcome)\]\(/\)\.\s*")
    )
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_role("heading", name="Welcome", level=1)).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            2,
            "\nYes.\n\n### Write a question here?\nWrite its answer here.\n:::\n\nEnd.",
        ),
        (6, "::: questions\n### One?\nYes.\n:::\n\nEnd.\n\n::: questions\n### Write a question"),
    ],
)
def test_a_block_goes_where_the_cursor_is_as_one_more_entry_of_its_list(page, line, found):
    page.goto("/admin/edit/page/index.md/")
    text = page.get_by_label(TEXT)
    text.fill("::: questions\n### One?\nYes.\n:::\n\nEnd.")
    text.press("Control+Home")
    for _ in range(1, line):
        text.press("ArrowDown")
    page.get_by_text("Insert a block").click()
    name = "One more entry: Questions" if line == 2 else "Questions Questions that"
    page.get_by_role("button", name=name).click()
    expect(text).to_have_value(re.compile(re.escape(found)))
    page.keyboard.type("Is there parking?")  # over the example
    expect(text).to_have_value(re.compile(r"### Is there parking\?\n"))


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_preview_and_problems_follow_what_is_typed_and_the_place_in_the_preview_stays(page):
    page.goto("/admin/edit/page/index.md/")
    preview = page.frame_locator("iframe")
    expect(preview.get_by_role("heading", name="Home", level=1)).to_be_visible()
    page.evaluate("document.querySelector('iframe').contentWindow.scrollTo(0, 99)")
    text = page.get_by_label(TEXT).input_value()
    page.get_by_label(TEXT).fill(text.replace("Text with", "[Newer](/nowhere/) words with"))
    expect(preview.get_by_text("Newer words")).to_be_visible()
    expect(page.get_by_text("There is no page /nowhere/")).to_be_visible()
    assert page.evaluate("document.querySelector('iframe').contentWindow.scrollY") == 99
    fits(page)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_without_a_connection_the_preview_says_that_it_is_old(page):
    page.goto("/admin/edit/page/index.md/")
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    page.route("**/live/", lambda route: route.abort())
    page.get_by_label(TEXT).press_sequentially("x")
    expect(page.get_by_text("The preview is not up to date")).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_what_was_typed_is_back_after_the_page_was_left(page):
    page.goto("/admin/edit/page/index.md/")
    page.get_by_label(TEXT).fill("Typed and not saved")
    page.wait_for_function("Object.keys(sessionStorage).some(name => name.startsWith('draft '))")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/edit/")
    page.goto("/admin/edit/page/index.md/")
    expect(page.get_by_label(TEXT)).to_have_value("Typed and not saved")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
@pytest.mark.parametrize("what", ["the network is lost", "the session is over"])
def test_what_was_typed_is_back_after_a_save_that_failed(page, what):
    url = "/admin/edit/page/index.md/"
    page.goto(url)
    page.get_by_label(TEXT).fill("Typed and not saved")
    page.wait_for_function("Object.keys(sessionStorage).some(name => name.startsWith('draft '))")
    if what == "the session is over":
        page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        page.get_by_role("button", name="Save draft").first.click()
        expect(page).to_have_url(re.compile("sign-in"))
        let_in(page, User.objects.get(username="pat"))
    else:
        page.route(f"**{url}", lambda route: route.abort())
        page.get_by_role("button", name="Save draft").first.click()
        page.wait_for_url("chrome-error://**")
        page.unroute(f"**{url}")
    page.goto(url)
    expect(page.get_by_label(TEXT)).to_have_value("Typed and not saved")
    expect(page.get_by_text("It isn’t saved yet")).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_too_long_a_text_stays_where_it_was_pasted(page):
    page.goto("/admin/edit/page/index.md/")
    pasted = "word " * (LARGEST_FILE // 5 + 1)
    page.get_by_label(TEXT).fill(pasted)
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_text("This is too long for a page")).to_be_visible()
    assert len(page.get_by_label(TEXT).input_value()) == len(pasted)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_an_old_text_in_a_tab_never_replaces_what_a_colleague_saved(page):
    url = "/admin/edit/page/index.md/"
    page.goto(url)
    text = page.get_by_label(TEXT).input_value()
    page.get_by_label(TEXT).fill(text.replace("Text with", "Mine with"))
    page.wait_for_function("Object.keys(sessionStorage).some(name => name.endsWith('version'))")
    history.up_to_date()
    editing_now = begin_editing(ContentVersion.objects.current(), "index.md")
    sam = make_staff("editor", "sam")
    save_draft(editing_now, text.replace("Text with", "Theirs with"), sam, editing_now.shown)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(url)
    expect(page.get_by_text("Your unsaved text was restored")).to_be_visible()
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_text("changed this page while you wrote")).to_be_visible()
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_text("Saved as a draft")).to_be_visible()
    page.goto(url)
    expect(page.get_by_label(TEXT)).to_have_value(text.replace("Text with", "Mine with") + "\n")
    assert (
        page.evaluate("Object.keys(sessionStorage).filter(name => name.includes('index.md'))") == []
    )


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_a_page_leaves_the_menu_and_gets_another_address(page, settings):
    reason = "What did you change, and why?"
    (settings.CONTENT_DIR / "risks.md").write_text(make_page(title="Risks"))
    page.goto("/admin/edit/menu/")
    page.get_by_label("Menu of Risks").select_option("none")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("heading", name="Menu in the footer")).to_be_visible()
    fits_and_is_accessible(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Write what you changed, and why.")).to_be_visible()
    page.get_by_label(reason).fill("It is linked from the home page")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Publishing “")).to_be_visible()
    publish_waiting({})
    page.goto("/admin/edit/page/risks.md/address/")
    page.get_by_role("button", name="Show what the removal changes").click()
    expect(page.get_by_text("Error: Choose a page.")).to_be_visible()
    fits_and_is_accessible(page)
    page.get_by_label("New address").fill("side-effects")
    page.get_by_role("button", name="Show what the new address changes").click()
    expect(page.get_by_text("Leads to /side-effects/")).to_be_visible()
    fits_and_is_accessible(page)
    page.get_by_label(reason).fill("Readers search for it")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Publishing “")).to_be_visible()
    publish_waiting({})
    assert "menu_in: none" in (settings.CONTENT_DIR / "side-effects.md").read_text()


@pytest.mark.parametrize("page", [True, False], indirect=True, ids=["with script", "without"])
def test_a_place_that_is_no_number_is_said_in_view_and_the_review_leads_back(page, settings):
    for name in ("risks", "sources"):
        (settings.CONTENT_DIR / f"{name}.md").write_text(make_page(title=name.title()))
    page.goto("/admin/edit/menu/")
    place = page.get_by_label("Place of Sources")
    place.fill("first")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator(".error-summary")).to_be_focused()
    fits_and_is_accessible(page)
    page.get_by_role("link", name="The place of “Sources” has to be a number").click()
    expect(place).to_be_focused()
    expect(place).to_have_value("first")
    place.fill("1")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Change the numbers").click()
    expect(place).to_have_value("1")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_what_is_accepted_of_one_form_forgets_nothing_of_another(page):
    page.goto("/admin/edit/page/index.md/")
    page.get_by_label(TEXT).fill("Not saved")
    page.wait_for_function("Object.keys(sessionStorage).some(name => name.endsWith('text'))")
    page.get_by_role("button", name="Check").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/edit/")
    page.get_by_text("Add a page").click()
    page.get_by_label("Title of the page").fill("Parking")
    page.get_by_role("button", name="Start the page").click()
    expect(page).to_have_url(re.compile(r"parking\.md/\?title=Parking&menu=footer$"))
    page.goto("/admin/edit/page/index.md/")
    expect(page.get_by_label(TEXT)).to_have_value("Not saved")
