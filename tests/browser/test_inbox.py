"""The list of requests in a real browser: by keyboard, on a phone, without script."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from kapsite.inquiries.models import Inquiry
from tests.browser.axe import faults
from tests.browser.staff import let_in
from tests.factories import make_inquiry

LIST = "/admin/inquiries/inquiry/"
LINK = ".list th[scope=row] a"


@pytest.fixture
def inbox(chromium, site, admin_user):
    """Open the list as somebody of staff; options are those of Playwright."""
    contexts = []

    def inbox(path=LIST, **options):
        context = chromium.new_context(base_url=site, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda line: line.type == "error" and page.problems.append(line.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        let_in(page, admin_user)
        page.goto(path)
        return page

    yield inbox
    problems = [problem for context in contexts for p in context.pages for problem in p.problems]
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def _requests(admin_user):
    """One of each kind that looks different, with a long name."""
    ben = User.objects.create_user("ben", first_name="Ben", last_name="Featherstonehaugh")
    make_inquiry(safety_concern=True, safety_concern_reason="Said so", name="W" * 100)
    late = make_inquiry(status="trying", next_action_on=date(2026, 11, 1), assigned_to=ben)
    Inquiry.objects.filter(pk=late.pk).update(
        due_at="2026-11-01T17:00Z", opened_by=ben, opened_at=timezone.now()
    )
    make_inquiry(voicemail="discreet", times="morning,afternoon,evening")


@pytest.mark.usefixtures("_requests")
def test_the_inbox_has_no_accessibility_fault(inbox):
    """Nor has a request, as an administrator sees it."""
    page = inbox()
    found = faults(page, contrast="AA")
    record = f"{Inquiry.objects.first().pk}/change/"
    for path in ("?tab=waiting", "?tab=spam", "?tab=all&since=soon", "?q=x", record):
        page.goto(LIST + path)
        found += [f"{path} {fault}" for fault in faults(page, contrast="AA")]
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("_requests")
def test_the_inbox_fits_a_phone(inbox):
    page = inbox(viewport={"width": 320, "height": 700})
    for query in ("", "?tab=all&topic=other&since=soon", "?tab=waiting"):
        page.goto(LIST + query)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, query


@pytest.mark.usefixtures("_requests")
def test_the_columns_fit_a_small_desk(inbox):
    make_inquiry(language="Vietnamese", aids="interpreter,relay", for_whom="other", status="spam")
    page = inbox(viewport={"width": 1280, "height": 800})
    for tab in ("now", "all", "spam"):
        page.goto(f"{LIST}?tab={tab}")
        assert page.evaluate("document.documentElement.scrollWidth") == 1280, tab


@pytest.mark.usefixtures("_requests")
def test_on_a_phone_the_list_is_still_a_table(inbox):
    page = inbox(viewport={"width": 390, "height": 800})
    row = page.get_by_role("row").filter(has_text="late")
    expect(row.get_by_role("rowheader")).to_be_visible()
    expect(row.get_by_role("cell").filter(has_text="late")).to_have_count(1)


def test_twelve_requests_are_visible_and_the_first_is_near_the_top(inbox):
    for _ in range(20):
        make_inquiry()
    page = inbox(viewport={"width": 1280, "height": 800})
    edges = page.locator(".list .item").evaluate_all(
        "rows => rows.map((row) => row.getBoundingClientRect()).map((box) => [box.top, box.bottom])"
    )
    assert edges[0][0] < 200
    assert len([bottom for _, bottom in edges if bottom <= 800]) >= 12


@pytest.mark.usefixtures("_requests")
@pytest.mark.parametrize("has_script", [True, False])
def test_selected_requests_are_moved_and_brought_back_by_keyboard(inbox, has_script):
    page = inbox(LIST + "?tab=new", java_script_enabled=has_script)
    expect(page.get_by_role("button", name="Mark as spam")).to_be_hidden()
    page.get_by_role("checkbox").last.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Mark as spam").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved to spam.")).to_be_visible()
    assert Inquiry.objects.filter(status="spam").count() == 1
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Undone. The request is as it was.")).to_be_visible()
    assert not Inquiry.objects.filter(status="spam").exists()


@pytest.mark.usefixtures("_requests")
def test_keys_lead_to_the_search_and_from_request_to_request(inbox):
    page = inbox()
    links = page.locator(LINK)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert links.nth(1).evaluate("link => link === document.activeElement")
    page.keyboard.press("k")
    assert links.nth(0).evaluate("link => link === document.activeElement")
    page.keyboard.press("/")
    page.keyboard.type("jk/")
    assert page.locator("#find").input_value() == "jk/"


@pytest.mark.usefixtures("_requests")
def test_the_keys_can_be_switched_off_for_good(inbox):
    page = inbox()
    page.get_by_role("button", name="Shortcuts are on").click()
    page.reload()
    expect(page.get_by_role("button", name="Shortcuts are off")).to_be_visible()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.usefixtures("_requests")
def test_without_script_the_inbox_works_and_promises_no_keys(inbox):
    page = inbox(java_script_enabled=False)
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.get_by_role("link", name="Trying").click()
    expect(page.locator(LINK)).to_have_count(1)
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("No requests match this search.")).to_be_visible()
    assert "nobody" not in page.url


def test_the_skip_link_leads_past_the_head_of_the_page(inbox):
    page = inbox()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main').id") == "main"
