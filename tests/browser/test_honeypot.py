"""The field for programs is out of the way of people, and catches programs."""

from kapsite.inquiries.models import Inquiry
from tests.browser.states import FORM, fill_form, send

HONEYPOT = 'input[name="subject"]'
FILL_ALL = """() => document.querySelectorAll('form [type=text]').forEach(field => {
  field.value ||= 'https://example.net';
})"""


def test_nobody_sees_hears_or_reaches_it(open_page):
    page = open_page(FORM)
    assert not page.locator(HONEYPOT).is_visible()
    assert page.get_by_role("textbox", name="Leave this empty").count() == 0
    focused = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        focused.add(page.evaluate("document.activeElement.name || ''"))
    assert {"name", "message", "consent"} <= focused
    assert "subject" not in focused


def test_without_style_it_says_what_to_do(open_page):
    page = open_page("/help-now/")
    page.route("**/*.css", lambda route: route.abort())
    page.goto(FORM)
    assert page.get_by_label("Leave this empty").is_visible()
    page.problems.clear()  # the styles that this test took away


def test_a_person_is_not_caught_and_a_program_is(open_page):
    page = open_page()
    for program in (False, True):
        fill_form(page)
        if program:
            page.evaluate(FILL_ALL)
        send(page)
        page.get_by_role("heading", name="We have your request").wait_for()
    states = Inquiry.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["new", "spam"]
