"""What only a browser can tell about charts: size of words, shapes without color, paper."""

import re
from itertools import product

from playwright.sync_api import expect

PAGES = ["/how-it-works/", "/benefits/", "/benefits/depression/"]
SMALL = {"width": 320, "height": 700}
SIZES = """() => [...document.querySelectorAll('.chart *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => !e.closest('title, sup'))
  .map(e => parseFloat(getComputedStyle(e).fontSize))"""
SPILLS = """() => [...document.querySelectorAll('.chart *')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 80))"""
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"


def test_words_of_charts_are_never_small_and_fit_the_smallest_phone(open_page):
    page = open_page("about:blank", viewport=SMALL)
    for path in PAGES:
        page.goto(path)
        sizes = page.evaluate(SIZES)
        assert len(sizes) > 20, path
        assert min(sizes) >= 14, path
        page.evaluate(OPEN_ALL)
        assert page.evaluate(SPILLS) == [], path


def test_a_filled_person_differs_from_a_hollow_one_whatever_the_colors(open_page):
    page = open_page("/benefits/depression/")
    fill = "each => getComputedStyle(each).fill"
    crowd = page.locator(".crowd").first
    for scheme, forced in product(["light", "dark"], ["none", "active"]):
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        filled = crowd.locator(".helped").first.evaluate(fill)
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert crowd.locator(".hollow").first.evaluate(fill) == "none", (scheme, forced)
        assert filled not in ("none", paper), (scheme, forced)


def test_a_chart_tells_a_screen_reader_its_finding_and_where_the_numbers_are(open_page):
    page = open_page("/benefits/depression/")
    chart = page.locator(".chart", has_text="One day after ketamine")
    finding = "One day after ketamine, about 27 in 100 people felt much better"
    figure = chart.get_by_role("figure", name=finding)
    expect(figure.get_by_role("img")).to_have_accessible_name(re.compile("the table below"))
    chart.get_by_text("The numbers in a table").click()
    rows = chart.get_by_role("row").all_inner_texts()
    assert [row.split() for row in rows[1:]] == [
        ["Ketamine", "27", "73", "13", "to", "49"],
        ["Placebo", "(a", "dummy)", "9", "91"],
    ]


def test_charts_are_whole_on_paper_with_their_numbers(open_page):
    page = open_page("/benefits/depression/")
    page.emulate_media(media="print")
    chart = page.locator(".chart", has_text="One day after ketamine")
    assert chart.get_by_role("table").is_visible()
    assert chart.locator("figure").evaluate("e => getComputedStyle(e).breakInside") == "avoid"
    assert not chart.get_by_text("The numbers in a table").is_visible()
