"""What only a browser can tell about the look: reflow, spacing, late fonts, focus, paper."""

import pytest

from kapsite.pages.catalog import load_catalog

NARROW = {"viewport": {"width": 320, "height": 700}}
WIDTH = "document.documentElement.scrollWidth"
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
word-spacing: .16em !important } p { margin-block-end: 2em !important }"""  # WCAG 2.2, 1.4.12
SHIFT = """window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => window.shift += entry.value))
  .observe({type: 'layout-shift', buffered: true});"""

PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def paths(settings):
    return [*load_catalog(settings.CONTENT_DIR).pages, "/request-evaluation/", "/no-such-page/"]


def widths(page, paths, style=""):
    """Each path whose content is wider than the window, with that width."""
    found = {}
    for path in paths:
        page.goto(path)
        if style:
            page.evaluate(
                """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
                document.adoptedStyleSheets = [sheet]; }""",
                style,
            )
        found[path] = page.evaluate(WIDTH)
    return {path: width for path, width in found.items() if width > 320}


def forgive_missing_page(page):
    page.problems[:] = [problem for problem in page.problems if "404" not in problem]


def test_no_page_scrolls_sideways_at_320_pixels(open_page, paths):
    page = open_page(**NARROW)
    assert widths(page, paths) == {}
    forgive_missing_page(page)


def test_no_page_scrolls_sideways_when_readers_widen_the_spacing(open_page, paths):
    page = open_page(**NARROW)
    assert widths(page, paths, SPACING) == {}
    forgive_missing_page(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_the_font_comes_late(open_page, width):
    page = open_page("about:blank", viewport={"width": width, "height": 800})
    page.add_init_script(SHIFT)
    late: list = []
    page.route("**/*.woff2", lambda route: late.append(route))
    page.goto("/how-it-works/", wait_until="commit")
    page.wait_for_selector("footer")
    page.evaluate(PAINTED)
    late[0].continue_()
    page.evaluate("document.fonts.load('1em \"Atkinson Hyperlegible Next\"')")
    page.evaluate(PAINTED)
    assert page.evaluate("window.shift") < 0.01


def test_focus_is_marked_on_every_stop_of_a_page(open_page):
    page = open_page("/risks/")
    unmarked, stops = [], 0
    while stops < 60:
        page.keyboard.press("Tab")
        name, width, style = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
            return [e.outerHTML.slice(0, 60), s.outlineWidth, s.outlineStyle]; }"""
        )
        if name.startswith("<body"):
            break
        stops += 1
        if (width, style) != ("3px", "solid"):
            unmarked.append(name)
    assert stops > 20
    assert unmarked == []


def test_closed_answers_are_open_on_paper(open_page):
    page = open_page("/questions/")
    answer = page.locator("details.question:not([open]) > p").first
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
