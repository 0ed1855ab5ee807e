"""Nothing moves while a page loads, and what does not fit is noticed."""

import math

from tests.browser.axe import has_new_look
from tests.browser.reflow import STRAY_MARKS, Reader
from tests.browser.states import FORM, published_paths

# Chromium may draw a header that has not arrived whole: one of its links moves, which counts 0.004.
# From 0.1 a shift is bad, https://web.dev/articles/cls
UNSEEN = 0.005
MOVED = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => list.getEntries().forEach(each => moved += each.value))
    .observe({type: 'layout-shift', buffered: true});
  document.fonts.ready.then(() => requestAnimationFrame(() => setTimeout(() => done(moved))));
})"""


def test_what_does_not_fit_is_noticed(open_page):
    page = open_page("/accessibility/")
    reader = Reader(page)
    assert reader.found("320 px", 320, 800) == []
    wide = reader.found("", 320, 800, spacing="h1 { inline-size: 400px }")
    cut_off = reader.found("", 320, 800, spacing="h1 { block-size: 9px; overflow: hidden }")
    large = reader.found("", 320, 800, spacing="h1 { inline-size: 15rem }", text=32)
    assert [len(wide), len(cut_off), len(large)] == [1, 1, 1]


def test_nothing_moves_while_a_page_loads(open_page):
    """On a phone; at a desk one page of each look."""
    page = open_page("about:blank", viewport={"width": 360, "height": 800})
    paths, seen = [*published_paths(), FORM], set()
    moved = {path: (moved_by(page, path), has_new_look(page, seen)) for path in paths}
    page.set_viewport_size({"width": 1280, "height": 800})
    at_a_desk = {path: moved_by(page, path) for path, (_, is_new) in moved.items() if is_new}
    assert len(at_a_desk) > 10
    assert {path: each for path, (each, _) in moved.items() if each > UNSEEN} == {}
    assert {path: each for path, each in at_a_desk.items() if each > UNSEEN} == {}


def moved_by(page, path) -> float:
    """The least of a few times: on a busy machine, any part of a page may arrive late once."""
    least = math.inf
    for _ in range(3):
        page.goto(path)
        least = min(least, page.evaluate(MOVED))
        if least <= UNSEEN:
            break
    return least


def test_a_mark_that_begins_a_line_at_some_width_is_noticed(open_page):
    page = open_page("/accessibility/")
    assert page.evaluate(STRAY_MARKS) == []
    page.evaluate("document.querySelector('main p').append(document.createElement('button'), '.')")
    assert len(page.evaluate(STRAY_MARKS)) == 1


def test_a_table_is_a_table_to_a_screen_reader_at_any_width(open_page):
    page = open_page("/what-to-expect/")
    table = page.get_by_role("region", name="Table: The forms").get_by_role("table")
    row = table.get_by_role("row").nth(1)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert table.get_by_role("columnheader").all_inner_texts()[-1] == "Approved for depression?"
        assert row.get_by_role("rowheader").inner_text() == "Infusion into a vein (IV), at a clinic"
        assert row.get_by_role("cell").last.is_visible()
