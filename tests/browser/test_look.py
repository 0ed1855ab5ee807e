"""What only a browser can tell about the look: late fonts, paper, the system's colours."""

import pytest

SHIFT = """window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => window.shift += entry.value))
  .observe({type: 'layout-shift', buffered: true});"""

PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_the_font_comes_late(open_page, width):
    page, bring_font = without_font(open_page, width)
    page.evaluate(SHIFT)
    bring_font()
    assert page.evaluate("window.shift") < 0.01


@pytest.mark.parametrize("width", [700, 768, 830])
def test_the_header_keeps_its_height_when_the_font_comes_late(open_page, width):
    page, bring_font = without_font(open_page, width)
    header = page.get_by_role("banner")
    before = header.bounding_box()
    bring_font()
    assert header.bounding_box() == before


def without_font(open_page, width):
    """A page whose font has not arrived, and what lets it."""
    page = open_page("about:blank", viewport={"width": width, "height": 800})
    late: list = []
    page.route("**/*.woff2", lambda route: late.append(route))
    page.goto("/how-it-works/", wait_until="commit")
    page.wait_for_selector("footer")
    page.evaluate(PAINTED)

    def bring_font():
        late[0].continue_()
        page.evaluate("document.fonts.load('1em \"Atkinson Hyperlegible Next\"')")
        page.evaluate(PAINTED)

    return page, bring_font


def test_closed_answers_are_open_on_paper(open_page):
    page = open_page("/questions/")
    answer = page.locator("details.question:not([open]) p").first
    assert not answer.is_visible()
    page.emulate_media(media="print")
    assert answer.is_visible()


def test_help_stays_on_paper(open_page):
    page = open_page("/risks/")
    page.emulate_media(media="print")
    assert page.get_by_text("You can call or text 988 at any hour").is_visible()
    assert not page.get_by_role("navigation", name="Main").is_visible()


def test_colours_follow_the_system(open_page):
    background = "getComputedStyle(document.body).backgroundColor"
    assert open_page("/").evaluate(background) == "rgb(251, 248, 243)"
    assert open_page("/", color_scheme="dark").evaluate(background) == "rgb(18, 26, 28)"
