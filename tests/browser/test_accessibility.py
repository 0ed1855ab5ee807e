"""axe-core finds nothing on any page, in any state, look or width."""

import pytest

from tests.browser.axe import faults, faults_of
from tests.browser.staff import let_in
from tests.browser.states import every_state, published_paths
from tests.factories import make_inquiry

LIST = "/admin/inquiries/inquiry/"


def test_no_published_page_has_an_accessibility_fault(open_page):
    paths = published_paths()
    windows = [open_page("about:blank"), open_page("about:blank")]  # for two cores
    found = []
    for place in range(0, len(paths), len(windows)):
        batch = dict(zip(paths[place:], windows, strict=False))
        for path, window in batch.items():
            window.goto(path)
        for path, faults_there in zip(batch, faults_of(batch.values()), strict=True):
            found += [f"{path} {fault}" for fault in faults_there]
    assert not found, "\n".join(found)


def test_no_state_has_an_accessibility_fault(open_page, monkeypatch):
    page = open_page("about:blank")
    found = [f"{name} {fault}" for name in every_state(page, monkeypatch) for fault in faults(page)]
    assert not found, "\n".join(found)


def test_faults_that_one_look_alone_has_are_found(open_page):
    page = open_page("/accessibility/")
    page.evaluate(
        """() => { const css = new CSSStyleSheet();
        css.replaceSync('@media (prefers-color-scheme: dark) { h1 { color: #333 } }'
          + '@media (width < 400px) { h1 { display: none } }');
        document.adoptedStyleSheets = [css]; }"""
    )
    dark, narrow = faults(page)
    assert dark == "color-contrast-enhanced: h1 (1280 dark)"
    assert narrow == "page-has-heading-one: html (320 light)"


@pytest.fixture
def staff_page(chromium, site, admin_user):
    """A staff member's browser, which may keep the admin's cookies."""
    context = chromium.new_context(base_url=site, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/admin/")
    yield page
    context.close()


def test_the_desk_has_no_accessibility_fault(staff_page, admin_user):
    record = make_inquiry()
    found = [f"sign-in {fault}" for fault in faults(staff_page, contrast="AA")]
    let_in(staff_page, admin_user)
    for path in ("/admin/account/", LIST, f"{LIST}{record.pk}/change/"):
        staff_page.goto(path)
        found += [f"{path} {fault}" for fault in faults(staff_page, contrast="AA")]
    assert not found, "\n".join(found)
