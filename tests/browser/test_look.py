"""What only a browser can tell about the look: late fonts, paper, the system's colors."""

from itertools import product

import pytest
from playwright.sync_api import expect

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


def test_the_header_keeps_its_height_when_the_font_comes_late(open_page):
    page, bring_font = without_font(open_page, 830)

    def header(width):
        page.set_viewport_size({"width": width, "height": 800})
        return page.get_by_role("banner").bounding_box()

    before = [header(width) for width in (700, 768, 830)]
    bring_font()
    assert [header(width) for width in (700, 768, 830)] == before


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


def test_crisis_lines_stand_on_paper_in_words_and_other_buttons_do_not(open_page):
    page = open_page("/help-now/")
    page.emulate_media(media="print")
    for words in ("Call 988", "Text 838255", "Text HOME to 741741"):
        expect(page.locator(".line").get_by_text(words, exact=True).first).to_be_visible()
    page.goto("/")
    page.emulate_media(media="print")
    buttons = page.locator(".button").all()
    assert len(buttons) > 4
    assert not [button for button in buttons if button.is_visible()]


def test_colors_follow_the_system(open_page):
    background = "getComputedStyle(document.body).backgroundColor"
    assert open_page("/").evaluate(background) == "rgb(251, 248, 243)"
    assert open_page("/", color_scheme="dark").evaluate(background) == "rgb(18, 26, 28)"


def test_only_what_is_pointed_at_fades_so_that_no_color_does_while_a_page_loads(open_page):
    """Chromium styles what it has read before the style sheet is there: links were blue first."""
    page = open_page("/", reduced_motion="no-preference")
    seconds = (
        "all => Math.max(...all.map(each => parseFloat(getComputedStyle(each).transitionDuration)))"
    )
    links = page.locator("a, button, summary")
    assert links.evaluate_all(seconds) == 0
    page.get_by_role("banner").get_by_role("link", name="Benefits").hover()
    assert links.evaluate_all(seconds) == 0.12


MIDDLES = """header => [...header.querySelectorAll('a, summary')]
  .filter(each => each.checkVisibility() && !each.closest('nav'))
  .map(each => each.getBoundingClientRect())
  .map(box => Math.round(box.top + box.height / 2))"""
OVERLAPS = """header => {
  const all = [...header.querySelectorAll('a, summary')]
    .filter(each => each.checkVisibility() && !each.closest('nav'))
  return all.slice(1).filter((each, place) =>
    each.getBoundingClientRect().left < all[place].getBoundingClientRect().right)
    .map(each => each.className)
}"""


def test_the_header_and_the_crisis_lines_take_one_row_each_at_any_text_size(open_page):
    page = open_page("/risks/")
    settings = page.context.new_cdp_session(page)
    header, lines = page.locator(".site-header"), page.locator(".help-bar")
    for text, width in product((16, 32), (320, 360, 768, 1280)):
        settings.send("Page.setFontSizes", {"fontSizes": {"standard": text, "fixed": text}})
        page.set_viewport_size({"width": width, "height": 800})
        assert len(set(header.evaluate(MIDDLES))) == 1, (text, width)
        assert header.evaluate(OVERLAPS) == [], (text, width)
        assert lines.bounding_box()["height"] <= 3 * text + 1, (text, width)
        assert lines.get_by_role("link", name="Call 988").is_visible(), (text, width)


def test_evaluation_and_phone_stay_in_sight_on_a_phone_and_leave_a_low_window(open_page):
    page = open_page("/risks/", viewport={"width": 360, "height": 640})
    bar = page.get_by_role("navigation", name="Ask or call")
    expect(bar.get_by_role("link", name="Ask for an evaluation")).to_be_in_viewport(ratio=1)
    expect(bar.get_by_role("link", name="Call")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 640, "height": 360})
    expect(bar).not_to_be_visible()


def test_the_first_button_of_help_now_is_in_the_first_view_of_any_phone(open_page):
    page = open_page("/help-now/", viewport={"width": 320, "height": 640})
    for height in (640, 568):
        page.set_viewport_size({"width": 320, "height": height})
        expect(page.locator(".line-first .button").first).to_be_in_viewport(ratio=1)


def test_the_evaluation_is_the_second_stop_of_the_keyboard(open_page):
    page = open_page("about:blank")
    for path in ("/", "/risks/", "/help-now/"):
        page.goto(path)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("href") == "/request-evaluation/", path


CLOSED_BUT_SHOWN = """() => [...document.querySelectorAll('details:not([open])')]
  .filter(each => each.querySelector('summary').checkVisibility())
  .filter(each => [...each.querySelectorAll(':scope > :not(summary)')].some(
    part => part.checkVisibility()))
  .map(each => each.className)"""


def test_whatever_is_announced_as_collapsed_is_closed(open_page):
    page = open_page("about:blank")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/risks/")
        assert page.evaluate(CLOSED_BUT_SHOWN) == [], width
        contents = page.get_by_role("navigation", name="On this page", include_hidden=True)
        expect(contents).to_be_visible(visible=width == 1280)
