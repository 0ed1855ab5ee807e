"""axe-core finds nothing on any page, in any state, look or width."""

from tests.browser.axe import faults
from tests.browser.states import every_state, published_paths


def test_no_published_page_has_an_accessibility_fault(open_page):
    page = open_page("about:blank")
    found = []
    for path in published_paths():
        page.goto(path)
        found += [f"{path} {fault}" for fault in faults(page)]
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
