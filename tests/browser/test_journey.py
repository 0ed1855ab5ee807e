"""The way of a person: read, follow the guide, ask for an evaluation. Then staff find it.

Each window also proves, in ``open_page``, that it got no cookie, asked no other host for
anything and met no error, those of the content policy included.
"""

import re

import pytest
from playwright.sync_api import expect

from kapsite.inquiries.models import Inquiry
from tests.browser.staff import let_in
from tests.browser.states import FORM, fill_form_by_hand, pick, send
from tests.factories import make_inquiry
from tests.pages.samples import load_catalog

with_and_without_script = pytest.mark.parametrize("script", [True, False])


def expect_heading(page, text):
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.mark.sqlite
def test_the_guide_can_be_read_to_its_end_and_back(open_page, settings):
    """Without a script; test_keyboard.py reads it with one."""
    guide = load_catalog(settings.CONTENT_DIR).guide
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("main").locator(f"a[href='{guide[0].path}']").first.click()
    expect_heading(page, guide[0].title)
    for part in guide[1:]:
        page.locator("a[rel=next]").click()
        expect_heading(page, part.title)
    expect(page.locator("a[rel=next]")).to_have_count(0)
    for part in guide[-2::-1]:
        page.locator("a[rel=prev]").click()
        expect_heading(page, part.title)
    expect(page.locator("a[rel=prev]")).to_have_count(0)


@pytest.mark.sqlite
def test_the_menu_leads_to_every_page_it_names(open_page):
    page = open_page("/", java_script_enabled=False)
    menu = page.get_by_role("navigation", name="Main").get_by_role("link")
    for place in range(menu.count()):
        path = menu.nth(place).get_attribute("href")
        menu.nth(place).click()
        expect(menu.nth(place)).to_have_attribute("aria-current", "page")
        assert page.url.endswith(path)


@with_and_without_script
def test_a_sent_form_is_stored_once_and_confirmed_with_its_number_as_often_as_it_is_loaded(
    open_page, script
):
    page = open_page("/", java_script_enabled=script)
    page.locator(f"main a[href='{FORM}']").first.click()
    expect_heading(page, "Ask for an evaluation")
    fill_form_by_hand(page)
    send(page)
    expect_heading(page, "We have your request")
    for _ in range(2):
        [inquiry] = Inquiry.objects.all()
        assert page.locator(".reference").inner_text() == inquiry.reference_in_groups
        page.reload()
    assert (inquiry.name, inquiry.phone, inquiry.contact_by) == ("Ada", "(425) 555-0142", "call")


@with_and_without_script
def test_a_form_with_an_error_leads_to_the_answer_and_keeps_the_others(open_page, script):
    page = open_page(FORM, java_script_enabled=script)
    fill_form_by_hand(page)
    page.get_by_label("What number should we call").fill("555")
    send(page)
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator(":focus")).to_have_attribute("name", "phone")
    assert page.get_by_label("What name should we use?").input_value() == "Ada"
    page.locator(":focus").fill("425 555 0142")
    send(page)
    expect_heading(page, "We have your request")


def test_somebody_under_18_is_met_kindly_and_nothing_is_stored(open_page):
    page = open_page(FORM)
    fill_form_by_hand(page)
    pick(page, "18 or older?", "No")
    send(page)
    expect_heading(page, "Other places to find help")
    assert Inquiry.objects.count() == 0


def test_staff_open_the_inquiry_under_the_content_policy(open_page, admin_user):
    inquiry = make_inquiry()
    page = open_page("/admin/")
    let_in(page, admin_user)
    page.goto("/admin/inquiries/inquiry/")
    page.get_by_role("link", name=inquiry.name).click()
    expect(page.get_by_text("(425) 555-0142").first).to_be_visible()
    page.context.clear_cookies()  # staff need one; readers get none


@pytest.mark.sqlite
def test_the_browser_reports_what_the_content_policy_forbids(open_page):
    page = open_page("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert "Content Security Policy" in "".join(page.problems)
    page.problems.clear()
