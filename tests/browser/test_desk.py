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
from kapsite.inquiries.models.logs.access_log import Access
from tests.browser.axe import faults, has_new_look
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
    page.get_by_role("link", name="Ada").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
    expect(page.get_by_text("I have tried two medicines.")).to_be_visible()
    expect(page.locator(".reach")).to_contain_text("No voicemail")

    page.get_by_label("If you didn’t reach them").uncheck()
    log(page, "No answer", "Rang twice.")
    log(page, "Spoke", "Can come on Thursday.")
    expect(page.locator("details[name=step][open] > summary")).to_have_text("Schedule")
    page.locator(".slots button").first.click()
    expect(said(page)).to_contain_text("Evaluation scheduled")
    open_pane(page, "Close")
    page.get_by_label("Attended evaluation").check()
    page.get_by_role("button", name="Close request").click()
    expect(said(page)).to_contain_text("Request closed.")

    request.refresh_from_db()
    assert (request.status, request.outcome) == ("closed", "evaluated")
    told = page.locator(".days").inner_text()
    assert told.index("Closed") < told.index("Can come on Thursday.") < told.index("Rang twice.")
    acts = Access.objects.filter(reference=request.reference).values_list("act", "details")
    steps = ["No answer", "Spoke", "Schedule evaluation", "Close request"]
    assert [details for act, details in acts.order_by("pk") if act == "changed"] == steps
    page.locator(".title .back").click()
    expect(page).to_have_url(re.compile(rf"{LIST}(\?|$)"))


def open_pane(page, label):
    page.locator("details[name=step] > summary", has_text=label).click()


def said(page):
    """What the page says about the last step, with "Undo"."""
    return page.locator(".undo")


def log(page, result, note=""):
    page.locator("#log-note").fill(note)
    page.locator(".results").get_by_role("button", name=result).click()
    expect(said(page)).to_contain_text("Call saved.")
    expect(page.locator("#log-note")).to_have_value("")


def test_no_answer_takes_two_clicks_and_leads_to_the_next_request(window):
    for name in ("Ada", "Ben"):
        make_inquiry(name=name)
    page = window()
    page.goto(LIST)
    page.get_by_role("link", name="Ada").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
    page.locator(".results").get_by_role("button", name="No answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben")
    expect(said(page)).to_contain_text("Ada: Call saved.")


@pytest.mark.parametrize("has_script", [True, False])
def test_focus_goes_to_what_a_saved_step_says_and_one_click_undoes_it(window, has_script):
    request = make_inquiry()
    page = window(java_script_enabled=has_script)
    page.goto(f"{LIST}{request.pk}/change/")
    page.locator(".results").get_by_role("button", name="Spoke").click()
    group = page.get_by_role("group", name="Call saved.")
    expect(group).to_be_focused()
    assert group.locator("[role=alert], [role=status], [aria-live]").count() == 0  # said once
    group.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("group", name="Undone. The request is as it was.")).to_be_focused()
    request.refresh_from_db()
    assert (request.status, request.first_contact_at) == ("new", None)
    expect(page.locator(".days .undone")).to_contain_text("Spoke with them")


def test_handing_over_takes_two_clicks_and_leaves_a_note_without_a_script_too(window):
    tom = make_staff("clinician", "tom", first_name="Tom")
    request = make_inquiry()
    page = window(java_script_enabled=False)
    page.goto(f"{LIST}{request.pk}/change/")
    page.locator("summary").filter(has_text="Hand over").click()
    page.get_by_label("Note for your colleague (optional)").fill("Put her through to me.")
    page.get_by_role("button", name="Tom", exact=True).click()
    expect(said(page)).to_contain_text("Assigned to Tom.")
    request.refresh_from_db()
    assert request.assigned_to == tom
    assert request.activities.get(kind="noted").note == "Put her through to me."


def test_handing_over_works_by_keyboard_alone(window, ana):
    request = make_inquiry()
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.locator("summary").filter(has_text="Hand over").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#assign-note")).to_be_visible()
    tab_to(page, "document.activeElement.id === 'assign-note'")
    page.keyboard.type("Mine.")
    tab_to(page, "document.activeElement.textContent.trim() === 'Me'")
    page.keyboard.press("Enter")
    expect(said(page)).to_be_focused()
    request.refresh_from_db()
    assert request.assigned_to == ana


def test_the_words_of_a_text_are_copied_and_logged_as_sent(window):
    request = make_inquiry(contact_by="text", voicemail="")
    page = window(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{LIST}{request.pk}/change/")
    script = page.locator("#say-text-hello")
    script.locator("summary").click()
    script.get_by_role("button", name="Copy").click()
    expect(script.get_by_role("button", name="Copied")).to_be_visible()
    said_in_it = "\n\n".join(script.locator(".say").all_inner_texts())
    assert page.evaluate("navigator.clipboard.readText()") == said_in_it
    script.get_by_role("button", name="Log as sent").click()
    expect(said(page)).to_contain_text("Text saved.")
    assert Access.objects.get(act="changed").details == "Sent a text, script text-hello"


def test_a_call_can_be_logged_and_undone_by_keyboard_alone(window):
    request = make_inquiry()
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.locator("details[name=step] > summary").first.focus()
    tab_to(page, "document.activeElement.id === 'log-note'")
    page.keyboard.type("Rang twice.")
    tab_to(page, "document.activeElement.textContent.trim() === 'Spoke'")
    page.keyboard.press("Enter")
    expect(said(page)).to_be_focused()
    request.refresh_from_db()
    assert request.activities.get(kind="called").note == "Rang twice."
    tab_to(page, "document.activeElement.textContent.trim() === 'Undo'")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Undone. The request is as it was.")).to_be_visible()


def tab_to(page, there):
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(there):
            return
    raise AssertionError(f"the Tab key does not lead to {there}")


@pytest.mark.sqlite
def test_a_call_is_logged_without_scrolling_on_a_small_desk(window):
    concern = {"safety_concern": True, "safety_concern_reason": "Said so."}
    request = make_inquiry(message="word " * 60, **concern)
    page = window(viewport={"width": 1280, "height": 800})
    page.goto(f"{LIST}{request.pk}/change/")
    results = page.locator(".results")
    assert results.evaluate("each => each.getBoundingClientRect().bottom") < 800


OUTSIDE_THE_BAR = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const isElsewhere = focused === document.body || focused.closest(".dock, .head");
  return isElsewhere ? null : [box.top, box.bottom];
}"""


def test_on_a_phone_call_and_result_stay_in_reach_and_cover_nothing_in_focus(window):
    page = window(viewport=PHONE)
    page.goto(f"{LIST}{make_inquiry(message='word ' * 200).pk}/change/")
    dock = page.locator(".dock")
    expect(dock.get_by_role("link", name="Call")).to_be_in_viewport()
    expect(dock).to_contain_text("No voicemail")
    top = dock.evaluate("each => each.getBoundingClientRect().top")
    page.locator("#main").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(OUTSIDE_THE_BAR)
        assert not place or place[1] <= top + 1, page.evaluate("document.activeElement.outerHTML")
    dock.get_by_role("button", name="Spoke").click()
    expect(said(page)).to_contain_text("Call saved.")


def test_calls_and_notes_are_shown_alone_without_a_script(window, ana):
    request = make_inquiry()
    request.record("noted", by=ana, note="Rang twice.")
    request.record("assigned", by=ana)
    page = window(java_script_enabled=False)
    page.goto(f"{LIST}{request.pk}/change/")
    expect(page.locator(".days .quiet").first).to_be_visible()
    page.get_by_label("Calls and notes only").check()
    expect(page.locator(".days .quiet").first).to_be_hidden()
    expect(page.locator(".days")).to_contain_text("Rang twice.")


def test_what_a_colleague_did_meanwhile_costs_nobody_their_note(window):
    request = make_inquiry()
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.get_by_label("If you didn’t reach them").uncheck()
    page.locator("#log-note").fill("Rang twice.")
    Inquiry.objects.filter(pk=request.pk).update(version=1)
    request.record("noted", by=make_staff("clinician", "ben", first_name="Ben"), note="On my list.")
    page.locator(".results").get_by_role("button", name="No answer").click()
    expect(
        page.get_by_role("heading", name="Not saved: someone else updated this request")
    ).to_be_visible()
    assert page.locator(".conflict").inner_text().count("On my list.") == 1
    assert page.locator("#log-note").input_value() == "Rang twice."
    page.locator(".results").get_by_role("button", name="No answer").click()
    expect(said(page)).to_contain_text("Call saved.")
    conflict = page.problems.pop()  # Chromium tells of every answer that is an error
    assert "409" in conflict


def test_printing_opens_a_page_without_the_desk_around_it(window):
    request = make_inquiry(message="Two medicines.")
    page = window()
    page.goto(f"{LIST}{request.pk}/change/?step=more")
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


@pytest.mark.sqlite
def test_nothing_is_cut_off_on_a_phone(window):
    unbroken = "x" * 100
    request = make_inquiry(name=unbroken, message=unbroken, times="morning,afternoon,evening")
    request.record("noted", by=make_staff("lead", "lee"), note=unbroken)
    page = window()
    page.goto(f"{LIST}{request.pk}/change/")
    page.locator("summary").evaluate_all("all => all.forEach(each => each.click())")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.sqlite
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
    page, seen, found = window(), set(), {}

    def look(state):
        found[state] = faults(page, everywhere=has_new_look(page, seen))

    for state, request in requests.items():
        page.goto(f"{LIST}{request.pk}/change/")
        look(state)
    for pane in ("schedule", "follow-up", "hand-over", "close", "more"):
        page.goto(f"{LIST}{requests['new'].pk}/change/?step={pane}")
        look(pane)
    page.goto(f"{LIST}{requests['closed'].pk}/change/?step=note")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    look("mistake")
    assert {state: each for state, each in found.items() if each} == {}


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
    page.locator("#log-note").fill(text)
    page.wait_for_function("Object.keys(sessionStorage).some((name) => name.startsWith('draft '))")


def send_note(page):
    page.locator(".results summary").click()
    page.get_by_role("button", name="Note only").click(no_wait_after=True)


def fail(page, how):
    step = "**/step/note/**"
    if how == "a stale token":
        page.locator("#log [name=csrfmiddlewaretoken]").evaluate("e => { e.value = 'x'; }")
    elif how == "an error of the server":
        page.route(step, lambda route: route.fulfill(status=503, body="Try again later."))
    else:
        page.context.set_offline(True)


@pytest.mark.parametrize("how", ["no network", "an error of the server", "a stale token"])
def test_a_note_that_could_not_be_saved_is_still_there(note, how):
    fail(note, how)
    send_note(note)
    note.wait_for_timeout(1000)
    note.context.set_offline(False)
    note.unroute_all()
    note.goto("/admin/inquiries/inquiry/")  # another page of the desk, which confirms nothing
    for _ in range(2):  # and a reload
        note.goto(f"{LIST}{note.request_id}/change/")
        expect(note.locator("#log-note")).to_have_value(NOTE)
    send_note(note)
    expect(note.locator(".messages")).to_be_focused()
    note.reload()
    expect(note.locator("#log-note")).to_have_value("")
    assert Inquiry.objects.get().activities.filter(kind="noted").count() == 1
    note.problems.clear()  # Chromium tells of each answer that is an error


def test_what_a_caller_said_is_not_in_the_form_of_the_next_caller(window):
    page = window()
    page.goto(f"{LIST}add/")
    page.get_by_label("What they said").press_sequentially("I am Mr. Private.")
    page.get_by_role("link", name="They said no: save nothing").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.goto(f"{LIST}add/")
    expect(page.get_by_label("What they said")).to_have_value("")
    assert (
        page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('draft '))")
        == []
    )


def test_a_step_that_was_saved_leaves_the_draft_of_another(note):
    note.get_by_role("button", name="Assign to me").click()
    expect(said(note)).to_contain_text("Assigned to you.")
    expect(note.locator("#log-note")).to_have_value(NOTE)


@pytest.mark.parametrize("leave", ["Back to Inbox", "Sign out"])
def test_leaving_with_a_note_that_is_not_saved_asks_first(note, leave):
    asked = []
    answer = {"leave": False}

    def on_dialog(dialog):
        asked.append(dialog.message)
        dialog.accept() if answer["leave"] else dialog.dismiss()

    note.on("dialog", on_dialog)
    note.locator(".who-am-i summary").click()
    role = "button" if leave == "Sign out" else "link"
    note.get_by_role(role, name=leave).first.click()
    expect(note.locator("#log-note")).to_have_value(NOTE)
    answer["leave"] = True
    note.get_by_role(role, name=leave).first.click()
    expect(note.locator("#log-note")).to_have_count(0)
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
    page.get_by_role("button", name="Hide messages until I ask for them").click()
    expect(page.get_by_text("I have tried two medicines.")).to_have_count(0)
    page.get_by_role("button", name="Show message", exact=True).click()
    expect(page.locator("#message")).to_be_focused()
    expect(page.locator("#message")).to_contain_text("I have tried two medicines.")
