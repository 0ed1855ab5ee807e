"""What the form does in a browser beyond asking and sending."""

import pytest
from playwright.sync_api import expect

from tests.browser.states import FORM, pick, send

PHONE = "What number should we call"
EMAIL = "What is your email?"
SAFE = "/accessibility/"  # stands for the other site that a clinic would name

with_and_without_script = pytest.mark.parametrize("script", [True, False])


def shown(page) -> list[bool]:
    """Whether the questions for phone, voicemail and e-mail are there to be answered."""
    voicemail = page.get_by_role("group", name="voicemail")
    questions = [page.get_by_label(PHONE), voicemail, page.get_by_label(EMAIL)]
    return [question.is_visible() for question in questions]


@with_and_without_script
def test_the_way_to_reach_a_person_decides_what_else_is_asked(open_page, every_way, script):
    page = open_page(FORM, java_script_enabled=script)
    assert shown(page) == [True, True, True]
    found = {}
    for way in ("Call me", "Text me", "Email me"):
        pick(page, "How should we reach you?", way)
        found[way] = shown(page)
    assert found == {
        "Call me": [True, True, False],
        "Text me": [True, False, False],
        "Email me": [False, False, True],
    }


def test_a_question_with_a_problem_stays_in_sight(open_page, every_way):
    page = open_page(FORM)
    page.get_by_label(EMAIL).fill("no address")
    send(page)
    pick(page, "How should we reach you?", "Call me")
    assert shown(page) == [True, True, True]


def test_the_room_left_for_a_message_is_told_when_it_gets_scarce(open_page):
    page = open_page(FORM)
    for length, words in [
        (1500, "You have 500 characters left"),
        (1499, ""),
        (1999, "You have 1 character left"),
        (2000, "You have 0 characters left"),
        (2001, "You have 1 character too many"),
    ]:
        page.get_by_label("Is there anything").fill("😀" * length)
        expect(page.locator("#message + p")).to_have_text(words)


def test_without_script_the_hint_alone_tells_the_limit(open_page):
    page = open_page(FORM, java_script_enabled=False)
    expect(page.get_by_text("Up to 2,000 characters")).to_be_visible()
    expect(page.locator("#message + p")).to_have_count(0)


def test_leaving_quickly_is_offered_only_where_the_clinic_wants_it(open_page, clinic_file):
    clinic_file(leave_quickly=None)
    expect(open_page(FORM).locator("[data-leave]")).to_have_count(0)


@pytest.fixture
def leavable(open_page, clinic_file):
    """The form, reached from the risks; leaving it leads to another page of the test's site."""
    clinic_file(leave_quickly="https://weather.example.org/")
    page = open_page("/risks/")
    page.goto(FORM)
    page.eval_on_selector_all("[data-leave]", f"all => all.forEach(a => a.href = '{SAFE}')")
    return page


def left(page) -> bool:
    return page.url.endswith(SAFE)


def test_the_button_leaves_and_back_does_not_return(leavable):
    leavable.get_by_role("link", name="Leave this page").click()
    leavable.wait_for_url(f"**{SAFE}")
    leavable.go_back()
    assert leavable.url.endswith("/risks/")


@pytest.mark.parametrize("path", [FORM, "/help-now/"])
def test_the_way_out_stays_in_sight_and_blanks_the_page_at_once(open_page, path):
    page = open_page(path)
    page.mouse.wheel(0, 2000)
    page.wait_for_function("scrollY > 500")
    expect(page.get_by_role("link", name="Leave this page")).to_be_in_viewport(ratio=1)
    crisis_lines = page.get_by_role("navigation", name="Crisis lines")
    expect(crisis_lines.get_by_role("link", name="Leave this page")).to_have_count(0)
    page.evaluate("document.documentElement.classList.add('left')")  # as the script does first
    expect(page.locator("body")).not_to_be_visible()


def test_the_way_out_follows_the_crisis_lines_for_the_keyboard(leavable):
    for _ in range(6):
        leavable.keyboard.press("Tab")
    leavable.keyboard.press("Enter")
    leavable.wait_for_url(f"**{SAFE}")


def test_shift_three_times_leaves(leavable):
    for _ in range(3):
        leavable.keyboard.press("Shift")
    leavable.wait_for_url(f"**{SAFE}")


def test_shift_while_typing_or_going_back_with_tab_does_not_leave(leavable):
    leavable.get_by_label("What name should we use?").focus()
    for _ in range(4):
        leavable.keyboard.press("Shift")
    leavable.locator("main").focus()
    for _ in range(4):
        leavable.keyboard.press("Shift+Tab")
    leavable.wait_for_timeout(100)
    assert not left(leavable)


@with_and_without_script
def test_the_way_out_does_not_hide_what_has_the_focus(open_page, clinic_file, script):
    clinic_file(leave_quickly="https://weather.example.org/")
    window = {"viewport": {"width": 360, "height": 640}, "java_script_enabled": script}
    page = open_page(FORM, **window)
    covered = """() => { const box = document.activeElement.getBoundingClientRect();
      const bar = document.querySelector('.help-bar [data-leave]').getBoundingClientRect();
      return !document.activeElement.closest('[data-leave]')
        && box.top < bar.bottom && box.bottom > bar.top && box.right > bar.left }"""
    page.get_by_label("I agree").focus()
    found = []
    for _ in range(15):
        page.keyboard.press("Shift+Tab")
        found.append(page.evaluate(covered))
    assert found == [False] * 15
