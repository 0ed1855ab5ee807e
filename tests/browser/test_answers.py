"""A page on paper is a handout: everything open, where it comes from, and when it was printed."""

from datetime import date

OPEN = "[...document.querySelectorAll('.question')].map(each => each.open)"


def print_dialog(page, event):
    page.evaluate(f"dispatchEvent(new Event('{event}print'))")


def test_answers_are_opened_for_the_printer_and_closed_again(open_page):
    page = open_page("/questions/")
    page.locator(".question > summary").first.click()
    before = page.evaluate(OPEN)
    assert before[:2] == [True, False]
    print_dialog(page, "before")
    assert all(page.evaluate(OPEN))
    print_dialog(page, "after")
    assert page.evaluate(OPEN) == before


def test_paper_tells_its_address_and_the_day(open_page):
    page = open_page("/risks/", timezone_id="America/Los_Angeles")
    page.clock.set_fixed_time("2026-12-01T20:00:00Z")
    print_dialog(page, "before")
    page.emulate_media(media="print")
    footer = page.get_by_role("contentinfo").inner_text()
    assert "/risks/" in footer
    assert f"Printed on {date(2026, 12, 1):%B} 1, 2026" in footer


def test_paper_tells_where_each_source_is(open_page):
    page = open_page("/risks/")
    page.emulate_media(media="print")
    links = page.locator(".sources a[href^=https]")
    shown = links.evaluate_all("all => all.map(a => getComputedStyle(a, '::after').content)")
    addresses = links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(addresses) > 10
    assert [text.strip('" ') for text in shown] == addresses


def test_a_link_to_a_question_opens_its_answer(open_page):
    page = open_page("/questions/#ozempic")
    assert page.locator("details[open]").evaluate_all("all => all.map(a => a.id)") == ["ozempic"]
