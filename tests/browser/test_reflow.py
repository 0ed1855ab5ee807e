"""Whatever the window, the zoom or the reader's own text settings: nothing to the side, nothing
cut off, and nothing that moves while it loads."""

import math

import pytest

from tests.browser.states import FORM, confirmation, every_page, published_paths

# WCAG 2.2, 1.4.12
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""

OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"

# What runs out of the window or is cut off by its own box. A table may scroll in a box of its
# own (1.4.10 excepts tables), an input scrolls what is typed, and what is hidden from the eye on
# purpose is 1 px wide.
FAULTS = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = css ? [sheet] : [];
  const width = document.documentElement.clientWidth;
  const name = each => each.outerHTML.slice(0, 80);
  const all = [...document.querySelectorAll('body *')];
  const scrolls = each => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX);
  const cutOff = all.filter(each => !each.matches('input')).filter(each => {
    const style = getComputedStyle(each);
    return each.clientWidth > 1 && ['hidden', 'clip'].includes(style.overflowX)
      && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1);
  });
  const outside = document.documentElement.scrollWidth <= width ? [] : all.filter(each =>
    each.getBoundingClientRect().right > width + 1
      && !(each.parentElement.closest('*') && [...ancestors(each)].some(scrolls)));
  function* ancestors(each) { while (each = each.parentElement) yield each; }
  return [...cutOff.map(each => 'cut off: ' + name(each)),
    ...(document.documentElement.scrollWidth > width
      ? ['wider than the window: ' + outside.slice(0, 3).map(name).join(' ; ')] : [])];
}"""

# A table that has to be moved sideways, and marks that a line must not begin with.
CUT_OFF = """() => [...document.querySelectorAll('.table-wrap')]
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.ariaLabel)"""
STRAY_MARKS = r"""() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.checkVisibility()) continue;
    if (text.parentElement.closest('thead')?.clientWidth <= 1) continue; // for screen readers
    let block = text.parentElement;
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    const start = block.getBoundingClientRect().left + block.clientLeft
      + parseFloat(getComputedStyle(block).paddingLeft);
    for (const mark of text.data.matchAll(/[,.;:!?)\]’”…]/g)) {
      const range = document.createRange();
      range.setStart(text, mark.index);
      range.setEnd(text, mark.index + 1);
      const box = range.getBoundingClientRect();
      if (box.width && Math.abs(box.left - start) < 2) found.push(block.textContent.slice(0, 80));
    }
  }
  return found;
}"""
HEADER = "() => document.querySelector('header')?.getBoundingClientRect().height"
AT_ONCE = f"() => [({CUT_OFF})(), ({STRAY_MARKS})(), ({HEADER})()]"

# Chromium may draw a header that has not arrived whole: one of its links moves, which counts 0.004.
# From 0.1 a shift is bad, https://web.dev/articles/cls
UNSEEN = 0.005
MOVED = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => list.getEntries().forEach(each => moved += each.value))
    .observe({type: 'layout-shift', buffered: true});
  document.fonts.ready.then(() => requestAnimationFrame(() => setTimeout(() => done(moved))));
})"""


class Reader:
    """A window that is made narrower, zoomed, or given larger and wider set text."""

    def __init__(self, page):
        self.page = page
        self.settings = page.context.new_cdp_session(page)
        self.text = 16

    def faults(self):
        """Ends with the usual text."""
        return [
            *self.found("wide spacing at 320 px", 320, 800, spacing=SPACING),
            *self.found("text at 200 % at 1280 px", 1280, 900, text=32),
            *self.found("text at 200 % at 320 px", 320, 800, text=32),
            *self.found("1280 px at 400 %", 320, 256),
            *self.found("320 px", 320, 800),
        ]

    def found(self, what, width, height, spacing="", text=16):
        if text != self.text:
            sizes = {"standard": text, "fixed": text}
            self.settings.send("Page.setFontSizes", {"fontSizes": sizes})
            self.text = text
        self.page.set_viewport_size({"width": width, "height": height})
        return [f"{what}: {fault}" for fault in self.page.evaluate(FAULTS, spacing)]


def test_every_page_fits_every_window_and_text_setting(open_page, monkeypatch):
    """At each usual width also every table and header, and where lines begin."""
    page = open_page("about:blank")
    reader = Reader(page)
    found, heights = [], {}
    for name in every_page(page, monkeypatch):
        page.evaluate(OPEN)
        found += [f"{name} {fault}" for fault in reader.faults()]
        for width in (320, 360, 390, 414, 768, 1024):
            page.set_viewport_size({"width": width, "height": 800})
            cut_off, stray, header = page.evaluate(AT_ONCE)
            found += [f"{name} {width} px: cut off: {each}" for each in cut_off]
            found += [f"{name} {width} px: stray: {each}" for each in stray]
            heights.setdefault(width, set()).add(header)
    assert not found, "\n".join(found)
    assert {width: each - {None} for width, each in heights.items() if len(each - {None}) > 1} == {}


def test_what_does_not_fit_is_noticed(open_page):
    page = open_page("/accessibility/")
    reader = Reader(page)
    assert reader.found("320 px", 320, 800) == []
    wide = reader.found("", 320, 800, spacing="h1 { inline-size: 400px }")
    cut_off = reader.found("", 320, 800, spacing="h1 { block-size: 9px; overflow: hidden }")
    large = reader.found("", 320, 800, spacing="h1 { inline-size: 15rem }", text=32)
    assert [len(wide), len(cut_off), len(large)] == [1, 1, 1]


def test_nothing_moves_while_a_page_loads(open_page):
    page = open_page("about:blank")
    moved = {}
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for path in [*published_paths(), FORM]:
            moved[path, width] = moved_by(page, path)
    assert len(moved) > 20
    assert {page: each for page, each in moved.items() if each > UNSEEN} == {}


def moved_by(page, path) -> float:
    """The least of a few times: on a busy machine, any part of a page may arrive late once."""
    least = math.inf
    for _ in range(3):
        page.goto(path)
        least = min(least, page.evaluate(MOVED))
        if least <= UNSEEN:
            break
    return least


def test_a_mark_at_the_start_of_a_line_is_noticed(open_page):
    page = open_page("/accessibility/")
    assert page.evaluate(STRAY_MARKS) == []
    page.evaluate("document.querySelector('main p').append(document.createElement('br'), ', and')")
    assert len(page.evaluate(STRAY_MARKS)) == 1


def test_the_period_stays_with_a_reference_of_any_width(open_page, monkeypatch):
    page = open_page("about:blank", viewport={"width": 320, "height": 800})
    confirmation(page, monkeypatch)
    for reference in ("2222 2222", "J3K6 2222", "M2M5 J3K6", "MMM2 MMM2", "MMMM MMMM"):
        page.locator(".reference").evaluate("(each, text) => each.textContent = text", reference)
        assert page.evaluate(STRAY_MARKS) == [], reference


@pytest.mark.parametrize("width", [360, 1280])
def test_a_table_is_a_table_to_a_screen_reader_at_any_width(open_page, width):
    page = open_page("/what-to-expect/", viewport={"width": width, "height": 800})
    table = page.get_by_role("region", name="Table: The forms").get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts()[-1] == "Approved for depression?"
    row = table.get_by_role("row").nth(1)
    assert row.get_by_role("rowheader").inner_text() == "Infusion into a vein (IV), at a clinic"
    assert row.get_by_role("cell").last.is_visible()
