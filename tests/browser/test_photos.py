"""The photo of a person, chosen in a browser."""

import pytest
from playwright.sync_api import expect

from kapsite.editor.images.prepared import Preparing
from kapsite.editor.writing.previews import preview
from tests.browser.axe import faults
from tests.browser.staff import let_in
from tests.factories import make_staff
from tests.pages.images import save_image
from tests.pages.samples import make_content


@pytest.fixture
def page(chromium, site, transactional_db, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "latest", {})
    settings.CONTENT_DIR = make_content(tmp_path)
    settings.PUBLISHED_DIR, settings.VAR_DIR = tmp_path / "published", tmp_path / "var"
    context = chromium.new_context(base_url=site, viewport={"width": 320, "height": 800})
    page = context.new_page()
    let_in(page, make_staff("publisher", "pat"))
    yield page
    context.close()


def test_the_chosen_photo_stands_beside_its_name_and_on_the_team_page(page, settings):
    save_image(settings.CONTENT_DIR, "ada.jpg")
    (settings.CONTENT_DIR / "people.yaml").write_text("- name: Ada\n  role: Nurse\n")
    Preparing().prepare_next()
    page.goto("/admin/edit/data/people.yaml/")
    small = page.locator(".small-image").first
    expect(small).to_be_hidden()
    page.get_by_label("Photo", exact=True).first.select_option("images/ada.jpg")
    expect(small).to_have_attribute("src", "/admin/edit/images/prepared/" + ada(settings))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults(page) == []
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview in a new tab").click()
    photo = opened.value.get_by_role("img", name="Portrait of Ada")
    photo.scroll_into_view_if_needed()
    opened.value.wait_for_function("it => it.naturalWidth > 0", arg=photo.element_handle())


def ada(settings) -> str:
    """The smallest of its files."""
    return next(file.name for file in (settings.VAR_DIR / "prepared").glob("ada-480.*"))
