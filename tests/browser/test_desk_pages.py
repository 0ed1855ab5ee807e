"""The overview, the export, the erasure and the report of who looked, in a browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kapsite.inquiries.models import Access, Inquiry, SearchDigest
from tests.browser.axe import faults, has_new_look
from tests.browser.staff import let_in
from tests.factories import make_inquiry, make_staff

LIST = "/admin/inquiries/inquiry/"
HOUR = timedelta(hours=1)
PAGES = ["overview/", "report/", "upcoming-deletions/", "access/", "export/", "add/"]
PAGES += ["{}/erase/", "{}/person/"]


@pytest.fixture
def lena(transactional_db):
    return make_staff("lead", "lena", first_name="Lena")


@pytest.fixture
def page(chromium, site, lena):
    """A window in which Lena is signed in and in which nothing unexpected may happen."""
    context = chromium.new_context(base_url=site, reduced_motion="reduce")
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: line.type == "error" and problems.append(line.text))
    let_in(page, lena)
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def inquiry(lena):
    """One of several, so that there is something to draw."""
    for number in range(7):
        received = timezone.now() - number * HOUR
        make_inquiry(
            received_at=received, first_contact_at=received + number * HOUR, status="contacted"
        )
    closed = {"status": "closed", "outcome": "duplicate", "closed_at": timezone.now() - 240 * HOUR}
    make_inquiry(**closed)
    Access.objects.create(by=lena, act="exported", count=3, details="name", reason="For a reason")
    for each in (Inquiry.objects.first(), found := make_inquiry(name="Ada")):
        SearchDigest.objects.add_for(each)
    return found


def test_nobody_is_kept_out_of_a_page_and_it_is_never_wider_than_the_window(page, inquiry):
    found, seen = {}, set()
    for path in PAGES:
        page.goto(LIST + path.format(inquiry.pk))
        assert page.locator("h1").count() == 1, path
        assert_fits(page)
        found[path] = faults(page, everywhere=has_new_look(page, seen))
    assert {path: each for path, each in found.items() if each} == {}


def assert_fits(page, *widths):
    needed = {}
    for width in (1280, 768, 320, *widths):
        page.set_viewport_size({"width": width, "height": 800})
        needed[width] = page.evaluate("document.documentElement.scrollWidth")
    assert {width: each for width, each in needed.items() if each > width} == {}, page.url


def test_nobody_is_kept_out_of_a_form_with_a_mistake(page, inquiry):
    page.goto(f"{LIST}export/")
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="Write why this export is needed.").click()
    assert page.evaluate("document.activeElement.name") == "reason"
    page.evaluate("scrollTo(0, 0)")  # or the header covers a box in part, as on any page
    assert faults(page) == []


def test_what_is_used_all_day_is_never_wider_than_a_window_or_a_tablet(page, inquiry):
    for path in ("", "appointments/", "{}/change/"):
        page.goto(LIST + path.format(inquiry.pk))
        expect(page.locator("main")).to_be_visible()
        assert_fits(page, 820, 1100)


def test_an_export_arrives_as_a_file(page, inquiry):
    page.goto(LIST)
    page.locator(".who-am-i summary").click()
    page.get_by_role("link", name="Export").click()
    page.get_by_label("Name", exact=True).check()
    page.get_by_label("Why do you need this?").fill("For the board")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.startswith("requests-")
    assert '"Ada"' in download.value.path().read_text()


def test_from_the_record_to_the_receipt_of_its_erasure(page, inquiry):
    page.goto(f"{LIST}{inquiry.pk}/change/?step=more")
    page.get_by_role("link", name="Delete permanently").click()
    page.get_by_label("Requested by the person").check()
    page.get_by_role("button", name="Delete permanently").click()
    assert "Requested by the person" in page.locator(".receipt").inner_text()
    assert faults(page) == []
    assert not Inquiry.objects.filter(pk=inquiry.pk).exists()


PRESSED = "a[href], button, input:not([type=hidden]), select, summary, textarea"
# What is pressed for a control: the label of a box, the whole row around the name in the list.
TARGET = """function target(each) {
    if (each.matches("[type=checkbox], [type=radio]") && each.labels[0]) return each.labels[0];
    return each.matches(".list th a") ? each.closest("tr") : each;
  }"""
SMALL = f"""(pressed) => {{ return [...document.querySelectorAll(pressed)]
    .filter((each) => each.checkVisibility() && !isInSentence(each, each.closest("p")))
    .map((each) => [each, target(each).getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1 && box.height < 24)
    .map(([each, box]) => `${{each.textContent.trim() || each.name}}: ${{box.height}}`);
  function isInSentence(each, text) {{
    return text && text.textContent.trim() !== each.textContent.trim();
  }}
  {TARGET}
}}"""


LOW = f"""(pressed) => {{ return [...document.querySelectorAll(pressed)]
    .filter((each) => each.checkVisibility() && !each.closest("p, .messagelist"))
    .filter((each) => each.className !== "skip")
    .map((each) => [each, target(each).getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1 && box.height < 44)
    .map(([each, box]) => `${{each.textContent.trim() || each.name}}: ${{box.height}}`);
  {TARGET}
}}"""


def test_on_a_phone_what_is_pressed_is_44_pixels_high(chromium, site, transactional_db):
    """With its label, for a box to tick. In a text it is 24 pixels high, which WCAG 2.2, 2.5.8,
    asks for; links in a sentence are as high as its lines.
    """
    request = make_inquiry(times="morning", email="ada@example.org", message="I slept badly.")
    make_inquiry(status="flood", flood="network")
    for _ in range(51):
        make_inquiry(status="spam")
    phone = {"width": 360, "height": 740}
    context = chromium.new_context(base_url=site, viewport=phone, has_touch=True, is_mobile=True)
    page = context.new_page()
    let_in(page, make_staff("lead", "lee"))
    small, low = {}, {}
    for path in ("", "?tab=all", "?tab=flood", "{}/change/", "../../account/", *PAGES):
        page.goto(f"{LIST}{path.format(request.pk)}")
        if found := page.evaluate(SMALL, PRESSED):
            small[path] = found
        page.locator("details").evaluate_all(
            "all => all.forEach((each) => { each.removeAttribute('name'); each.open = true; })"
        )
        if found := page.evaluate(LOW, PRESSED):
            low[path] = found
    context.close()
    assert (small, low) == ({}, {})
