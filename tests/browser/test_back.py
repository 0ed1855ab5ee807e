"""What the Back button shows: an unsent form as it was left, and nothing of one that was sent.

Browsers keep a page that was left in memory and show it again as it was (the back/forward
cache), or, when they dropped it, load it again and fill in what they remember of its fields.
Playwright switches the first off. The tests here run with both.
"""

import re

import pytest
from playwright.sync_api import expect

from kapsite.inquiries.models import Inquiry
from tests.browser.chromium import WINDOW
from tests.browser.states import FORM, fill_form, pick, send

NAME = "What name should we use?"
TYPED = "Only for the clinic"
ARRIVED = "Your request has arrived"

VALUES = """() => Object.fromEntries(
  [...document.querySelectorAll('form :is(input:not([type=hidden]), textarea)')]
    .filter(each => each.matches('[type=radio], [type=checkbox]') ? each.checked : each.value)
    .map(each => [each.name, each.value]))"""


@pytest.fixture(scope="module", params=[True, False], ids=["kept in memory", "loaded again"])
def is_kept(request):
    return request.param


@pytest.fixture(scope="module")
def chromium(launch, is_kept):
    switched_off = "--disable-back-forward-cache"
    return launch(is_small=False, ignore_default_args=[switched_off]) if is_kept else launch()


@pytest.fixture(scope="module")
def window(chromium, server):
    """For all tabs. What Back shows belongs to a tab, and a window of the full Chromium is slow."""
    context = chromium.new_context(base_url=server, **WINDOW)
    yield context
    context.close()


@pytest.fixture
def new_page(window, new_page):
    tabs = []

    def new_tab(**options):
        tabs.append(new_page(**options) if options else window.new_page())
        return tabs[-1]

    yield new_tab
    for tab in tabs:
        tab.close()


@pytest.fixture
def came_from(open_page):
    """A window on a form that was reached from the risks, and is filled in."""

    def came_from(**options):
        page = open_page("/risks/", **options)
        fill_form(page)
        page.get_by_label("anything you want us to know").fill(TYPED)
        return page

    return came_from


def go_back(page):
    page.go_back(wait_until="commit")  # a page from memory is not loaded
    expect(page.get_by_role("heading", level=1)).to_be_visible()  # before anything else is done


def expect_nothing_left(page):
    expect(page.get_by_role("heading", level=1)).to_have_text(ARRIVED)
    expect(page).to_have_title(re.compile(f"^{ARRIVED}"))
    assert page.evaluate(VALUES) == {}
    assert [typed for typed in (TYPED, "Ada", "555-0142") if typed in page.content()] == []
    expect(page.get_by_role("button", name="Send my request")).to_be_hidden()


def send_and_arrive(page):
    send(page)
    page.wait_for_url("**/received/**")


def go_back_to_the_risks(page):
    """Where the person came from: no answer that was shown in place is a step."""
    go_back(page)
    page.wait_for_url("**/risks/", wait_until="commit")


# Sent


def test_a_sent_form_is_empty_behind_the_back_button_also_when_it_is_loaded_again(came_from):
    page = came_from()
    send_and_arrive(page)
    go_back(page)
    expect_nothing_left(page)
    expect(page.get_by_text("You don’t need to send it again.")).to_be_visible()
    page.reload()
    expect_nothing_left(page)
    go_back_to_the_risks(page)


def test_a_form_that_another_program_sends_is_emptied_too(came_from):
    """As an extension of the browser may do it, past our script."""
    page = came_from()
    page.evaluate("document.querySelector('form').submit()")
    page.wait_for_url("**/received/**")
    go_back(page)
    expect_nothing_left(page)


def test_a_form_that_came_back_with_an_error_is_emptied_too(came_from):
    page = came_from()
    steps = page.evaluate("history.length")
    page.get_by_label(NAME).fill("")
    send(page)
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label(NAME)).to_be_focused()
    assert (page.evaluate("history.length"), page.url.endswith(FORM)) == (steps, True)
    page.get_by_label(NAME).fill("Ada")
    send_and_arrive(page)
    go_back(page)
    expect_nothing_left(page)
    go_back_to_the_risks(page)


def test_a_form_sent_by_way_of_the_page_for_minors_is_emptied_too(came_from):
    page = came_from()
    steps = page.evaluate("history.length")
    pick(page, "18 or older?", "No")
    send(page)
    expect(page).to_have_title(re.compile("^Other places"))
    assert (page.evaluate("history.length"), page.url.endswith(FORM)) == (steps, True)
    page.get_by_role("button", name="Go back to my answers").click()
    pick(page, "18 or older?", "Yes")
    send_and_arrive(page)
    go_back(page)
    expect_nothing_left(page)
    go_back_to_the_risks(page)


def test_without_storage_nothing_typed_is_left_either(open_page):
    page = open_page("about:blank")
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('off') }})"
    )
    fill_form(page)
    send_and_arrive(page)
    go_back(page)
    expect(page.locator("h1")).not_to_have_text("We have your request")
    assert page.evaluate(VALUES) == {}


def test_a_new_request_can_be_started_from_there_and_is_emptied_too(came_from):
    page = came_from()
    send_and_arrive(page)
    go_back(page)
    page.get_by_role("link", name="start a new request").click()
    expect(page.get_by_label(NAME)).to_be_visible()
    fill_form(page)  # by its address
    send_and_arrive(page)
    assert Inquiry.objects.count() == 2
    page.reload()
    go_back(page)
    expect_nothing_left(page)


def test_without_script_it_is_empty_once_the_browser_loads_it_again(came_from, is_kept):
    """What a browser keeps in memory is shown as it was: no header takes it out of there."""
    page = came_from(java_script_enabled=False)
    send(page)
    page.wait_for_url("**/received/**")
    go_back(page)
    expect(page.get_by_label(NAME)).to_have_value("Ada" if is_kept else "")


# Not sent


def leave_and_come_back(page):
    page.get_by_role("link", name="Benefits").first.click()
    page.wait_for_url("**/benefits/")
    go_back(page)
    expect(page.get_by_label("anything you want us to know")).to_have_value(TYPED)
    return page.evaluate(VALUES)


def test_an_unsent_form_survives_a_link_also_after_one_that_was_sent(came_from):
    page = came_from()
    typed = page.evaluate(VALUES)
    assert {"name", "for_whom", "phone", "message", "consent"} <= typed.keys()
    for _ in range(2):
        assert leave_and_come_back(page) == typed
    send_and_arrive(page)
    fill_form(page)
    page.get_by_label("anything you want us to know").fill(TYPED)
    assert leave_and_come_back(page) == typed


def test_a_form_with_errors_survives_a_link_and_coming_back(came_from):
    page = came_from()
    page.get_by_label("What number should we call").fill("555")
    send(page)
    assert leave_and_come_back(page)["phone"] == "555"
    page.get_by_label("What number should we call").fill("425 555 0142")
    send_and_arrive(page)
    assert Inquiry.objects.get().message == TYPED


def test_a_page_that_was_left_is_shown_again_from_memory(open_page, is_kept):
    page = open_page("about:blank")
    for path in (*("/", "/help-now/")[: 2 * is_kept], FORM):
        page.goto(path)
        page.evaluate("window.mark = 'here'")
        page.get_by_role("link", name="Accessibility").click()
        page.wait_for_url("**/accessibility/")
        go_back(page)
        page.wait_for_url(f"**{path}", wait_until="commit")
        assert page.evaluate("window.mark") == ("here" if is_kept else None), path
