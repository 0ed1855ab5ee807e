"""The day of a front-desk person, in a browser and without a script."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from kapsite.accounts.roles import ROLES
from kapsite.clinic.days import today
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.access_log import Access
from tests.browser.axe import faults
from tests.browser.staff import let_in
from tests.factories import make_inquiry, make_staff

LIST = "/admin/inquiries/inquiry/"
SOON = (today() + timedelta(days=3)).isoformat()
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def ana(transactional_db):
    return make_staff("front-desk", "ana", first_name="Ana")


@pytest.fixture
def window(chromium, site, ana):
    """A window in which Ana is signed in; what was not expected is found in ``problems``."""
    contexts = []

    def window(**options):
        context = chromium.new_context(base_url=site, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.problems.append(line.text))
        let_in(page, ana)
        return page

    yield window
    problems = [
        problem for context in contexts for page in context.pages for problem in page.problems
    ]
    for context in contexts:
        context.close()
    assert problems == []


@pytest.mark.parametrize("look", [{}, {"viewport": PHONE, "java_script_enabled": False}])
def test_from_the_inbox_to_a_closed_request(window, look):
    request = make_inquiry(message="I have tried two medicines.", times="morning")
    page = window(**look)
    page.goto(LIST)
    page.locator(".list th a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
    expect(page.get_by_text("Call. No voicemail. Mornings.")).to_be_visible()
    expect(page.get_by_role("link", name="Call (425) 555-0142")).to_be_visible()
    page.get_by_role("button", name="Show message").click()
    expect(page.get_by_text("I have tried two medicines.")).to_be_visible()

    take(page, "No answer", note="Rang twice.")
    take(page, "Spoke with them", note="Can come on Thursday.")
    take(page, "Schedule evaluation", **{"Evaluation date": SOON})
    open_step(page, "Close request")
    page.get_by_label("Attended evaluation").check()
    page.get_by_role("button", name="Close request").click()
    expect(page.get_by_text("Request closed.")).to_be_visible()

    request.refresh_from_db()
    assert (request.status, request.outcome) == ("closed", "evaluated")
    told = page.locator(".timeline").inner_text()
    assert told.index("Closed") < told.index("Can come on Thursday.") < told.index("Rang twice.")
    acts = Access.objects.filter(reference=request.reference).values_list("act", "details")
    steps = ["no_answer", "spoke", "scheduled", "close"]
    assert [details for act, details in acts.order_by("pk") if act == "changed"] == steps
    page.get_by_role("link", name="Back to inbox").click()
    expect(page).to_have_url(re.compile(rf"{LIST}(\?|$)"))


def open_step(page, label):
    page.locator("summary", has_text=label).filter(visible=True).first.click()


def take(page, label, note="", **dates):
    open_step(page, label)
    box = page.locator("details[open]")
    for name, value in dates.items():
        box.get_by_label(name).fill(value)
    if note:
        box.get_by_label("Note").fill(note)
    box.get_by_role("button").click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert set(page.locator("textarea").evaluate_all("all => all.map(each => each.value)")) == {""}


def test_a_step_can_be_taken_by_keyboard_alone(window):
    request = make_inquiry()
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.locator("summary", has_text="No answer").focus()
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "no_answer-note":
            break
    page.keyboard.type("Rang twice.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".messagelist")
    request.refresh_from_db()
    assert (request.status, request.activities.get(kind="called").note) == ("trying", "Rang twice.")


def test_what_a_colleague_did_meanwhile_costs_nobody_their_note(window):
    request = make_inquiry()
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    open_step(page, "No answer")
    page.locator("#no_answer-note").fill("Rang twice.")
    Inquiry.objects.filter(pk=request.pk).update(version=1)
    request.record("noted", by=make_staff("clinician", "ben", first_name="Ben"), note="On my list.")
    page.locator("details[open]").get_by_role("button").click()
    expect(
        page.get_by_role("heading", name="Not saved: someone else updated this request")
    ).to_be_visible()
    assert page.locator(".box-error").inner_text().count("On my list.") == 1
    assert page.locator("#no_answer-note").input_value() == "Rang twice."
    page.locator("details[open]").get_by_role("button").click()
    expect(page.get_by_text("Call saved.")).to_be_visible()
    conflict = page.problems.pop()  # Chromium tells of every answer that is an error
    assert "409" in conflict


def test_printing_opens_a_page_without_the_desk_around_it(window):
    request = make_inquiry(message="Two medicines.")
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.get_by_label("Include the message").check()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Print").click()
    paper = opened.value
    paper.wait_for_load_state()
    paper.problems = []
    expect(paper.get_by_text("Two medicines.")).to_be_visible()
    paper.emulate_media(media="print")
    expect(paper.get_by_text("Print this page from your browser’s menu.")).to_be_hidden()
    assert paper.locator("#header").count() == 0
    paper.emulate_media(media="screen")
    assert faults(paper) == []


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_cut_off_on_a_phone(window, width):
    unbroken = "x" * 100
    request = make_inquiry(name=unbroken, message=unbroken, times="morning,afternoon,evening")
    request.record("noted", by=make_staff("lead", "lee"), note=unbroken)
    page = window(viewport={"width": width, "height": 800})
    page.goto(f"{LIST}{request.pk}/change/")
    page.get_by_role("button", name="Show message").click()
    page.locator("summary").evaluate_all("all => all.forEach(each => each.click())")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_record_has_no_accessibility_fault_in_any_of_its_states(window, ana):
    safety_concern = {
        "safety_concern": True,
        "safety_concern_reason": "Said so.",
        "danger": "suicide",
    }
    trying = {"status": "trying", "next_action_on": today(), "attempts": 3}
    requests = {
        "new": make_inquiry(message="x", times="morning"),
        "safety concern": make_inquiry(voicemail="discreet", **safety_concern, **trying),
        "spam": make_inquiry(status="spam", spam_points=6, spam_reasons="Links"),
        "closed": make_inquiry(status="closed", outcome="declined", closed_at=timezone.now()),
    }
    requests["new"].record("noted", by=ana, note="Rang.")
    page = window()
    found = []
    for state, request in requests.items():
        page.goto(f"{LIST}{request.pk}/change/")
        found += [f"{state}: {fault}" for fault in faults(page)]
    page.goto(f"{LIST}{requests['new'].pk}/change/")
    page.get_by_role("button", name="Show message").click()
    found += [f"message: {fault}" for fault in faults(page)]
    page.goto(f"{LIST}{requests['new'].pk}/change/")
    page.locator(".history").get_by_role("button").click()
    found += [f"mistake: {fault}" for fault in faults(page)]
    assert found == []


# Notes that were sent and not saved


NOTE = "Rang twice, call again on Friday."


@pytest.fixture
def note(window):
    """A page with a note that is written and not sent, in "Add a note"."""
    request = make_inquiry()
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.request_id = request.pk
    write_note(page)
    return page


def write_note(page, text=NOTE):
    field = page.locator("#note-note")
    if not field.is_visible():
        field.evaluate("field => field.closest('details')?.setAttribute('open', '')")
    field.fill(text)
    page.wait_for_function("Object.keys(sessionStorage).some((name) => name.startsWith('draft '))")


def send_note(page):
    page.locator("#note-form").get_by_role("button").click(no_wait_after=True)


def fail(page, how):
    step = "**/step/note/**"
    if how == "a stale token":
        page.locator("#note-form [name=csrfmiddlewaretoken]").evaluate("e => { e.value = 'x'; }")
    elif how == "an error of the server":
        page.route(step, lambda route: route.fulfill(status=503, body="Try again later."))
    elif how == "a connection that is reset":
        page.route(step, lambda route: route.abort("connectionreset"))
    else:
        page.context.set_offline(True)


@pytest.mark.parametrize(
    "how",
    ["no network", "an error of the server", "a connection that is reset", "a stale token"],
)
def test_a_note_that_could_not_be_saved_is_still_there(note, how):
    fail(note, how)
    send_note(note)
    note.wait_for_timeout(1000)
    note.context.set_offline(False)
    note.unroute_all()
    note.goto("/admin/inquiries/inquiry/")  # another page of the desk, which confirms nothing
    for _ in range(2):  # and a reload
        note.goto(f"{LIST}{note.request_id}/change/")
        expect(note.locator("#note-note")).to_have_value(NOTE)
    send_note(note)
    expect(note.locator(".messages")).to_be_focused()
    note.reload()
    expect(note.locator("#note-note")).to_have_value("")
    assert Inquiry.objects.get().activities.filter(kind="noted").count() == 1
    note.problems.clear()  # Chromium tells of each answer that is an error


def test_a_step_that_was_saved_leaves_the_draft_of_another(note):
    open_step(note, "No answer")
    note.locator("#no_answer-form").get_by_role("button").click()
    expect(note.locator(".messagelist")).to_be_visible()
    expect(note.locator("#note-note")).to_have_value(NOTE)


@pytest.mark.parametrize("leave", ["Back to inbox", "Sign out"])
def test_leaving_with_a_note_that_is_not_saved_asks_first(note, leave):
    asked = []
    answer = {"leave": False}

    def on_dialog(dialog):
        asked.append(dialog.message)
        dialog.accept() if answer["leave"] else dialog.dismiss()

    note.on("dialog", on_dialog)
    role = "button" if leave == "Sign out" else "link"
    note.locator(".who-am-i summary").click()
    note.get_by_role(role, name=leave).first.click()
    expect(note.locator("#note-note")).to_have_value(NOTE)
    answer["leave"] = True
    note.get_by_role(role, name=leave).first.click()
    expect(note.locator("#note-note")).to_have_count(0)
    assert len(asked) == 2


def test_what_was_wrong_with_an_export_is_gone_after_the_download(window, ana):
    ana.groups.set([Group.objects.get(name=ROLES["lead"].name)])
    make_inquiry()
    page = window()
    page.goto(f"{LIST}export/")
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.locator("textarea").fill("For the yearly report")
    with page.expect_download():
        page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_have_count(0)
    assert page.locator(".error-message, [aria-invalid]").count() == 0
    assert not page.title().startswith("Error")


@pytest.mark.parametrize("has_script", [True, False])
def test_focus_goes_to_what_a_saved_step_says_and_it_is_said_once(window, has_script):
    request = make_inquiry()
    page = window(java_script_enabled=has_script)
    page.goto(f"{LIST}{request.pk}/change/")
    open_step(page, "No answer")
    page.locator("#no_answer-form").get_by_role("button").click()
    said = page.get_by_role("group", name="Call saved.")
    expect(said).to_be_focused()
    assert said.locator("[role=alert], [role=status], [aria-live]").count() == 0


def test_focus_goes_to_what_is_said_above_a_list(window):
    make_inquiry(status="flood", flood="network")
    page = window()
    page.goto(f"{LIST}?tab=flood")
    page.get_by_role("radio", name="All").check()
    page.get_by_role("button", name="Not spam").click()
    expect(page.get_by_role("group", name="1 request moved to New.")).to_be_focused()


def test_focus_goes_to_the_message_that_was_asked_for(window):
    request = make_inquiry(message="I have tried two medicines.")
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.get_by_role("button", name="Show message").click()
    expect(page.locator("#message")).to_be_focused()
    expect(page.locator("#message")).to_contain_text("I have tried two medicines.")
