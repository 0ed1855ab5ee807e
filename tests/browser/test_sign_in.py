"""Staff sign in with a real browser: under the content policy, by passkey, app and paper."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from kapsite.accounts import links
from kapsite.accounts.models import Event
from tests.accounts.people import PASSWORD, SECRET, code, make_settled
from tests.browser.axe import faults
from tests.browser.staff import let_in
from tests.factories import make_staff

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
    """Open a set-up link and choose a password."""
    link = urlsplit(links.start_afresh(user))
    page.goto(f"{link.path}?{link.query}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password once more").fill(PASSWORD)
    page.get_by_role("button", name="Save and go on").click()


def enter(page, name="ana", password=PASSWORD):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")


def expect_inside(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Site administration")


@pytest.mark.usefixtures("virtual_key")
def test_a_passkey_is_enrolled_and_then_signs_in_alone(page):
    set_up(page, make_staff())
    page.get_by_role("link", name="A passkey").click()
    page.get_by_label("What should we call it?").fill("my phone")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("link", name="I have them, go on").click()
    expect_inside(page)
    sign_out(page)
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_inside(page)
    assert Event.objects.filter(kind="signed_in", how="webauthn").count() == 1


@pytest.mark.usefixtures("virtual_key")
def test_a_passkey_is_a_second_step_after_the_password_too(page):
    set_up(page, make_staff())
    page.get_by_role("link", name="A passkey").click()
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/inquiries/inquiry/")
    enter(page)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(re.compile("/admin/inquiries/inquiry/$"))


def test_a_key_that_does_not_check_who_holds_it_is_no_passkey(page, virtual_key):
    set_up(page, make_staff())
    page.get_by_role("link", name="A passkey").click()
    virtual_key(False)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("alert").filter(has_text="was not used")).to_be_visible()


def test_an_app_is_enrolled_with_the_key_that_is_in_the_picture(page):
    set_up(page, make_staff())
    page.get_by_role("link", name="An authenticator app").click()
    expect(page.get_by_role("img", name="QR code to scan with your app")).to_be_visible()
    page.get_by_text("You cannot scan it?").click()
    secret = page.locator(".key code").inner_text()
    page.get_by_label("Code that the app shows").fill(code(secret))
    page.get_by_role("button", name="Add the app").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


@pytest.mark.parametrize("script", [True, False])
def test_password_and_code_sign_in_with_and_without_script(open_page, script):
    make_settled()
    page = open_page("/admin/", java_script_enabled=script)
    enter(page)
    page.get_by_label("Code").fill(code(SECRET))
    page.get_by_role("button", name="Go on").click()
    expect_inside(page)
    sign_out(page)
    page.context.clear_cookies()


def test_signing_out_leaves_nothing_in_the_browser(page):
    let_in(page, make_settled())
    page.goto("/admin/")
    page.evaluate("sessionStorage.setItem('draft 1', 'x')")
    sign_out(page)
    assert page.evaluate("sessionStorage.length") == 0
    assert page.context.cookies() == []


def test_no_page_of_the_account_has_an_accessibility_fault_or_is_too_wide_for_a_phone(page):
    found = {}

    def look(name):
        page.wait_for_load_state()
        page.set_viewport_size({"width": 320, "height": 640})
        width = page.evaluate("document.documentElement.scrollWidth")
        found[name] = [f"{width} pixels wide"] * (width > 320) + faults(page, contrast="AA")

    look("sign in")
    enter(page, password="")
    look("sign in with an error")
    set_up(page, make_staff("site-admin"))
    look("second step")
    for path in ("passkeys/add/", "app/"):
        page.goto(f"/admin/account/{path}")
        look(path)
    page.get_by_label("Code that the app shows").fill("1")
    page.get_by_role("button", name="Add the app").click()
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
    page.get_by_role("button", name="Sign out").click()
    look("signed out")
    assert {name: faults for name, faults in found.items() if faults} == {}
