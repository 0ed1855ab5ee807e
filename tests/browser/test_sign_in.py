"""Staff sign in with a real browser: under the content policy, by passkey, app and paper."""

import re
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from kapsite.accounts.authentication import sessions, setup_links
from kapsite.accounts.authentication.session_store import seal
from kapsite.accounts.models import Event, StaffSession
from kapsite.inquiries.models import Access
from tests.accounts.people import PASSWORD, SECRET, code, make_settled
from tests.browser.axe import faults, has_new_look
from tests.browser.staff import let_in
from tests.factories import make_inquiry, make_staff

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(open_page):
    """A browser of the staff; it may keep cookies, but must meet no error."""
    opened = open_page("/admin/")
    yield opened
    opened.context.clear_cookies()


@pytest.fixture
def virtual_key(page):
    """What stands in for the finger, the face or the PIN."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    def verifies(whether):
        state = {"authenticatorId": made["authenticatorId"], "isUserVerified": whether}
        devtools.send("WebAuthn.setUserVerified", state)

    return verifies


def set_up(page, user):
    """Open a setup link and choose a password."""
    link = urlsplit(setup_links.reset_account(user))
    page.goto(f"{link.path}?{link.query}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm password").fill(PASSWORD)
    page.get_by_role("button", name="Save and continue").click()


def enter(page, name="ana", password=PASSWORD):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    press_sign_out(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re signed out")


def press_sign_out(page):
    """In the account menu; beside the clinic's name until the second step is set up."""
    if page.locator(".who-am-i summary").count():
        page.locator("details.menu summary, .who-am-i summary").filter(visible=True).click()
    page.get_by_role("button", name="Sign out").click()


def expect_inside(page):
    expect(page.get_by_role("navigation", name="Desk")).to_be_visible()


@pytest.mark.usefixtures("virtual_key")
def test_a_passkey_is_enrolled_and_signs_in_alone_and_after_the_password_while_the_account_may(
    page,
):
    ana = make_staff()
    set_up(page, ana)
    page.get_by_role("link", name="A passkey").click()
    page.get_by_label("Passkey name").fill("my phone")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("link", name="I’ve saved these codes").click()
    expect_inside(page)
    sign_out(page)
    sign_in_by_passkey(page)
    expect_inside(page)
    assert Event.objects.filter(kind="signed_in", how="webauthn").count() == 1
    sign_out(page)
    page.goto("/admin/inquiries/inquiry/")
    enter(page)
    page.get_by_role("button", name="Continue with passkey").click()
    expect(page).to_have_url(re.compile("/admin/inquiries/inquiry/$"))
    sign_out(page)
    ana.is_active = False
    ana.save(update_fields=["is_active"])
    sign_in_by_passkey(page)
    expect(page.get_by_text("Sign-in failed")).to_be_visible()


def sign_in_by_passkey(page):
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_role("button", name="Sign in with a passkey").click()


def test_a_key_that_does_not_check_who_holds_it_is_no_passkey(page, virtual_key):
    set_up(page, make_staff())
    page.get_by_role("link", name="A passkey").click()
    virtual_key(False)
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("alert").filter(has_text="wasn’t used")).to_be_visible()


def test_an_app_is_enrolled_with_the_key_that_is_in_the_picture(page):
    set_up(page, make_staff())
    page.get_by_role("link", name="An authenticator app").click()
    expect(page.get_by_role("img", name="QR code to scan with your app")).to_be_visible()
    page.get_by_text("Can’t scan the code?").click()
    secret = page.locator(".key code").inner_text()
    page.get_by_label("Code from the app").fill(code(secret))
    page.get_by_role("button", name="Add app").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


@pytest.mark.parametrize("script", [True, False])
def test_password_and_code_sign_in_with_and_without_script(open_page, script):
    make_settled()
    page = open_page("/admin/", java_script_enabled=script)
    enter(page)
    page.get_by_label("Code").fill(code(SECRET))
    page.get_by_role("button", name="Continue").click()
    expect_inside(page)
    sign_out(page)
    page.context.clear_cookies()


def test_signing_out_leaves_nothing_in_the_browser(page):
    let_in(page, make_settled())
    page.goto("/admin/")
    page.evaluate("sessionStorage.setItem('draft 1', 'x')")
    page.on("dialog", lambda dialog: dialog.accept())
    sign_out(page)
    assert page.evaluate("sessionStorage.length") == 0
    assert page.context.cookies() == []


def test_no_page_of_the_account_has_an_accessibility_fault_or_is_too_wide_for_a_phone(page):
    found, seen = {}, set()

    def look(name):
        page.wait_for_load_state()
        page.set_viewport_size({"width": 320, "height": 640})
        width = page.evaluate("document.documentElement.scrollWidth")
        is_new = has_new_look(page, seen)
        found[name] = faults(page, contrast="AA", everywhere=is_new)
        found[name] += [f"{width} pixels wide"] * (width > 320)

    look("sign in")
    enter(page, password="")
    look("sign in with an error")
    set_up(page, make_staff("site-admin"))
    look("second step")
    for path in ("passkeys/add/", "app/"):
        page.goto(f"/admin/account/{path}")
        look(path)
    page.get_by_label("Code from the app").fill("1")
    page.get_by_role("button", name="Add app").click()
    look("app with an error")
    let_in(page, make_settled("site-admin", "ben"))
    for path in ("", "password/", "recovery-codes/", "recovery-codes/new/", "passkeys/add/"):
        page.goto(f"/admin/account/{path}")
        look(f"account {path}")
    page.goto("/admin/auth/user/")
    look("accounts")
    page.goto("/admin/auth/user/add/")
    look("new account")
    page.get_by_label("Username").fill("cleo")
    page.get_by_role("button", name="Save", exact=True).click()
    look("link")
    page.get_by_role("link", name="Back to the account").click()
    look("account of cleo")
    page.goto("/admin/accounts/event/")
    look("events")
    press_sign_out(page)
    look("signed out")
    assert {name: faults for name, faults in found.items() if faults} == {}


def follow_a_link_in_a_mail(page, address):
    page.goto("about:blank")
    page.set_content(f'<a href="{address}">Open it</a>')
    page.get_by_role("link").click()


def test_a_link_in_a_mail_opens_a_request_after_one_press(page, site):
    let_in(page, make_settled())
    inquiry = make_inquiry()
    follow_a_link_in_a_mail(page, f"{site}/admin/inquiries/inquiry/{inquiry.pk}/change/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the request?")
    assert not faults(page)
    assert not Access.objects.exists()
    page.get_by_role("button", name="Open the request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(inquiry.name)
    assert [access.act for access in Access.objects.all()] == ["opened"]


def test_a_key_that_is_held_down_elsewhere_does_not_press_the_button_and_tab_leads_to_it(
    page, site
):
    let_in(page, make_settled())
    follow_a_link_in_a_mail(page, f"{site}/admin/inquiries/inquiry/")
    expect(page.get_by_text("This link came from outside")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the inbox?")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Open the inbox")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")


def test_a_link_in_a_mail_leads_others_to_the_sign_in(page, site):
    follow_a_link_in_a_mail(page, f"{site}/admin/account/")
    page.get_by_role("button", name="Open the page").click()
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=/admin/account/"))


# Time


@pytest.fixture
def desk(page):
    """A page of the desk with a note to write, for somebody who may; the clock stands still."""
    page.clock.install()
    let_in(page, make_settled())
    return page


def test_before_the_time_is_up_the_page_says_so_and_one_click_goes_on(desk):
    open_desk(desk, "/admin/")
    desk.clock.run_for(12 * 60 * 1000)
    expect(desk.locator(".time-left")).to_be_empty()
    forget(13.5 * 60)
    desk.clock.run_for(2 * 60 * 1000)
    expect(desk.get_by_role("alert")).to_contain_text("less than two minutes")
    desk.get_by_role("button", name="Stay signed in").click()
    expect(desk.locator(".time-left")).to_be_empty()


def test_when_the_time_is_up_nothing_private_stays_on_the_screen(desk):
    open_desk(desk, "/admin/account/")
    forget(16 * 60)
    desk.clock.run_for(16 * 60 * 1000)
    expect(desk).to_have_url(re.compile(r"/admin/account/sign-in/\?next="))
    assert [line for line in desk.problems if "401" not in line] == []
    desk.problems.clear()  # Chromium reports the answer that made the page go


def open_desk(page, path):
    """The page, when its script knows how much time is left."""
    with page.expect_response("**/account/session/"):
        page.goto(path)
    page.wait_for_timeout(100)


NOTE = "She asked for a call after four."


@pytest.fixture
def record(desk):
    """A request whose note somebody has begun to write."""
    path = f"/admin/inquiries/inquiry/{make_inquiry().pk}/change/"
    open_desk(desk, path)
    note_of(desk).press_sequentially(NOTE)
    return path


def note_of(page):
    return page.locator("#log-note")


def save(page):
    page.locator(".results").get_by_role("button", name="Spoke").click()


def sign_in_again(page, name="ana"):
    cache.clear()  # the code may have been used
    enter(page, name)
    page.get_by_label("Code").fill(code(SECRET))
    page.get_by_role("button", name="Continue").click()


def time_is_up(page):
    forget(16 * 60)
    page.clock.run_for(16 * 60 * 1000)
    expect(page).to_have_url(re.compile(r"/admin/account/sign-in/"))
    page.problems.clear()


def test_what_was_being_written_is_back_after_signing_in_again(desk, record):
    time_is_up(desk)
    kept = desk.evaluate("JSON.stringify(sessionStorage)")
    assert "draft" in kept
    assert "four" not in kept
    sign_in_again(desk)
    expect(desk).to_have_url(re.compile(f"{record}$"))
    expect(note_of(desk)).to_have_value(NOTE)
    expect(desk.get_by_role("status").filter(has_text="was restored")).to_be_visible()


def test_a_note_that_was_sent_too_late_is_back_too(desk, record):
    forget(16 * 60)
    save(desk)
    sign_in_again(desk)
    expect(note_of(desk)).to_have_value(NOTE)


def test_a_note_that_was_saved_does_not_come_back(desk, record):
    save(desk)
    expect(desk.get_by_text(NOTE).first).to_be_attached()
    expect(note_of(desk)).to_have_value("")
    desk.reload()
    expect(note_of(desk)).to_have_value("")
    assert "draft" not in desk.evaluate("JSON.stringify(sessionStorage)")


def test_somebody_else_in_the_same_tab_does_not_get_it(desk, record):
    make_settled(username="ben")
    time_is_up(desk)
    sign_in_again(desk, "ben")
    expect(desk).to_have_url(re.compile(f"{record}$"))
    assert note_of(desk).input_value() == ""
    assert "draft" not in desk.evaluate("JSON.stringify(sessionStorage)")


def forget(seconds):
    """Let the server think that the last sign of life is so long ago."""
    for row in StaffSession.objects.all():
        content = row.get_decoded()
        if sessions.SEEN in content:
            content[sessions.SEEN] -= seconds
            row.session_data = seal(content, row.session_key)
            row.save()
