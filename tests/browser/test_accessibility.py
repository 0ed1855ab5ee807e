"""Every page in every state fits every window, and axe-core finds nothing in any look."""

from tests.browser.axe import faults, has_new_look
from tests.browser.reflow import Reader
from tests.browser.states import every_page


def test_every_page_fits_and_has_no_accessibility_fault(open_page, monkeypatch):
    """Whatever its content can spoil is looked for on every page: on a phone, in the light.

    Other windows and colors differ by the style sheets alone. A page is looked at in these too if
    one of their rules applies that did not on any page before. The first one shows all components.
    """
    page = open_page("about:blank")
    reader, seen, found = Reader(page), set(), []
    for name in every_page(page, monkeypatch):
        is_new = has_new_look(page, seen)
        found += [f"{name} {fault}" for fault in reader.faults(is_new)]
        found += [f"{name} {fault}" for fault in faults(page, everywhere=is_new)]
    assert not found, "\n".join(found)
    assert {width: each for width, each in reader.headers.items() if len(each) > 1} == {}


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


def test_a_page_looks_new_once_another_rule_applies_to_it(open_page):
    page, seen = open_page("/accessibility/"), set()
    assert has_new_look(page, seen)
    assert not has_new_look(page, seen)
    page.evaluate("document.querySelector('main p').className = 'care-soon'")
    assert has_new_look(page, seen)
