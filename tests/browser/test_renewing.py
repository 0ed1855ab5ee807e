"""Pages that wait for the worker show what it did, without a reload."""

import pytest
from playwright.sync_api import expect

from kapsite.editor.images import uploads
from kapsite.editor.images.prepared import Preparing
from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.publication.publishing import publish_waiting
from kapsite.editor.versions import history
from kapsite.editor.writing.drafts import begin_editing, save_draft
from kapsite.editor.writing.previews import preview
from tests.browser.axe import faults
from tests.browser.staff import let_in
from tests.factories import make_staff
from tests.pages.images import encoded
from tests.pages.samples import make_content, make_page

LIST, IMAGES = "/admin/edit/", "/admin/edit/images/"
NEW = make_page("Better words [@S1; @S2].", title="Home")


@pytest.fixture
def pat(transactional_db):
    return make_staff("publisher", "pat")


@pytest.fixture
def open_as_pat(chromium, site, pat, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "latest", {})
    settings.CONTENT_DIR = make_content(tmp_path)
    settings.PUBLISHED_DIR, settings.VAR_DIR = tmp_path / "published", tmp_path / "var"
    contexts = []

    def open_as_pat(**options):
        contexts.append(chromium.new_context(base_url=site, **options))
        page = contexts[-1].new_page()
        let_in(page, pat)
        return page

    yield open_as_pat
    for context in contexts:
        context.close()


def ask(pat):
    page = begin_editing(history.up_to_date(), "index.md")
    save_draft(page, NEW, pat, page.shown)
    draft = ContentVersion.objects.draft_of("index.md")
    files = page.current.files | {"index.md": draft.files["index.md"]}
    Publication.objects.ask(page.current, files, pat, "Say it better", drafts=[draft])


def upload(page):
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": encoded()}
    page.goto(IMAGES)
    page.get_by_label("Image", exact=True).set_input_files(file)
    page.get_by_label("A name for it").fill("Entrance")
    page.get_by_label("What does it show?").fill("A blue door")
    page.get_by_role("button", name="Upload").click()


def work():
    preparing = Preparing()
    while uploads.process_next() or publish_waiting({}) or preparing.prepare_next():
        pass


def test_the_list_of_pages_follows_and_leaves_what_someone_types(open_as_pat, pat, settings):
    page = open_as_pat()
    page.goto(LIST)
    ask(pat)
    page.reload()
    expect(page.get_by_text("Publishing “Say it better”")).to_be_visible()
    expect(page.get_by_role("link", name="Look again")).to_be_hidden()
    page.get_by_text("Add a page").click()
    page.get_by_label("Title").press_sequentially("Parking")
    publish_waiting({})
    done = page.get_by_text("“Say it better” is published.")
    expect(done).to_be_visible()
    assert done.locator("xpath=ancestor::*[@role='status']").count() == 1  # read out politely
    expect(page.get_by_label("Title")).to_have_value("Parking")
    expect(page.get_by_label("Title")).to_be_focused()
    expect(page.get_by_text("Draft", exact=True)).to_have_count(0)
    assert faults(page) == []


def test_the_page_itself_says_when_readers_have_it(open_as_pat, pat):
    page = open_as_pat()
    ask(pat)
    page.goto(f"{LIST}page/index.md/")
    expect(page.get_by_text("This draft is being published.")).to_be_visible()
    page.get_by_label("Text of the page").press_sequentially("More")
    publish_waiting({})
    expect(page.get_by_text("This is published. Readers have it now.")).to_be_visible()
    expect(page.get_by_text("This draft is being published.")).to_have_count(0)
    expect(page.get_by_label("Text of the page")).to_be_focused()


def test_a_page_that_could_not_be_published_is_a_draft_again(open_as_pat, pat, monkeypatch):
    page = open_as_pat()
    ask(pat)
    page.goto(f"{LIST}page/index.md/")
    expect(page.get_by_text("This draft is being published.")).to_be_visible()
    monkeypatch.setattr("kapsite.editor.publication.publishing.publish", None)
    publish_waiting({})
    expect(page.get_by_text("This is a draft.").first).to_be_visible()
    expect(page.get_by_text("Readers have it now.")).to_have_count(0)


def test_the_list_of_images_follows_and_shows_the_image(open_as_pat):
    page = open_as_pat(viewport={"width": 320, "height": 800})
    upload(page)
    expect(page.get_by_text("Preparing images/entrance")).to_be_visible()
    work()
    expect(page.get_by_text("images/entrance.jpg is ready")).to_be_visible()
    image = page.locator("tr[id='images/entrance.jpg'] img")
    image.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth > 0", arg=image.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults(page) == []


def test_it_asks_no_more_once_nothing_waits(open_as_pat):
    page = open_as_pat()
    page.clock.install()
    upload(page)
    work()
    page.clock.run_for(2_000)
    expect(page.get_by_text("images/entrance.jpg is ready")).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(30_000)
    assert [url for url in asked if url.endswith(IMAGES)] == []


def test_it_gives_up_after_a_while_and_shows_the_link(open_as_pat):
    page = open_as_pat()
    page.clock.install()
    upload(page)
    same = page.request.get(IMAGES).text()  # each time, and the server need not make it again
    page.route(f"**{IMAGES}", lambda route: route.fulfill(body=same, content_type="text/html"))
    link, asked = page.get_by_role("link", name="Look again"), []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(5_000):
        page.clock.run_for(2_000)
        if link.is_visible():
            break
    page.clock.run_for(30_000)
    assert len([url for url in asked if url.endswith(IMAGES)]) == 60


def test_without_script_a_link_looks_again(open_as_pat):
    page = open_as_pat(java_script_enabled=False)
    upload(page)
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("images/entrance.jpg is ready")).to_be_visible()
