"""Pages made to be printed fit on one sheet of paper, as Chromium prints them."""

import re

from django.conf import settings

SHEETS = {
    f"/{file.relative_to(settings.CONTENT_DIR).with_suffix('')}/": orientation[1]
    for file in sorted(settings.CONTENT_DIR.rglob("*.md"))
    if (orientation := re.search(r"^sheet: (\w+)$", file.read_text(encoding="utf-8"), re.M))
}
SIZES = {"portrait": b"0 0 612 792", "landscape": b"0 0 792 612"}  # points, US Letter


def test_a_handout_is_one_sheet(open_page):
    assert len(SHEETS) > 5
    page, sizes = open_page("about:blank"), {}
    for path in SHEETS:
        page.goto(path)
        paper = page.pdf(prefer_css_page_size=True)
        sizes[path] = re.findall(rb"/MediaBox \[([^]]*)\]", paper)
    assert sizes == {path: [SIZES[orientation]] for path, orientation in SHEETS.items()}


def test_what_matters_to_a_reader_colors_its_answers_without_a_script(open_page):
    page = open_page("/other-options/", java_script_enabled=False)
    color = "e => getComputedStyle(e).backgroundColor"
    time, cost = (page.locator(f"td[data-label={label}]").first for label in ("Time", "Cost"))
    page.get_by_label("Time").check()
    assert time.evaluate(color) != cost.evaluate(color)


def test_a_sheet_has_a_button_that_prints_it_only_where_a_script_can(open_page):
    page = open_page("/handouts/questions/")
    page.evaluate("window.print = () => { document.title = 'Printed' }")
    page.get_by_role("button", name="Print this page").click()
    assert page.title() == "Printed"
    plain = open_page("/handouts/questions/", java_script_enabled=False)
    assert not plain.get_by_role("button", name="Print this page").count()
