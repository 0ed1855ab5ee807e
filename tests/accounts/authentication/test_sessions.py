"""How long a session lasts, and what ends it."""

import time

import pytest
from django.conf import settings
from django.test import Client

from kapsite.accounts.authentication.session_store import digest
from kapsite.accounts.models import StaffSession
from tests.accounts.people import (
    HOME,
    PASSWORD,
    code,
    enter_fully,
    events_of,
    is_inside,
    make_settled,
)

pytestmark = pytest.mark.django_db
SESSION, PASSWORD_PAGE = "/admin/account/session/", "/admin/account/password/"
MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock(monkeypatch):
    """Let the clock of sessions run ahead."""
    from kapsite.accounts.authentication import sessions

    class Clock:
        ahead = 0

        def time(self):
            return time.time() + self.ahead

    clock = Clock()
    monkeypatch.setattr(sessions, "time", clock)
    return clock


@pytest.fixture
def desk(client, ana):
    """A browser in which ana is signed in."""
    enter_fully(client)
    assert is_inside(client)
    return client


@pytest.fixture
def elsewhere(ana):
    """Another one."""
    browser = Client()
    enter_fully(browser)
    assert is_inside(browser)
    return browser


@pytest.mark.parametrize(("minutes", "inside"), [(14, True), (16, False)])
def test_a_session_ends_after_fifteen_minutes_without_a_sign_of_life(desk, clock, minutes, inside):
    clock.ahead = minutes * MINUTE
    assert is_inside(desk) is inside


def test_whoever_goes_on_working_stays_signed_in(desk, clock):
    for minutes in range(10, 100, 10):
        clock.ahead = minutes * MINUTE
        assert is_inside(desk)


def test_after_twelve_hours_even_a_busy_session_is_over(desk, clock):
    for minutes in range(10, 12 * 60, 10):
        clock.ahead = minutes * MINUTE
        assert is_inside(desk)
    clock.ahead = 12 * HOUR + 1
    assert not is_inside(desk)


def test_whoever_was_signed_out_is_told_why_and_led_back(desk, ana, clock):
    clock.ahead = 16 * MINUTE
    response = desk.get("/admin/inquiries/inquiry/?p=1", follow=True)
    assert "You were signed out to keep requests private" in response.text
    assert response.context["redirect_field_value"] == "/admin/inquiries/inquiry/?p=1"
    assert ("timed_out", "") in events_of(ana)


def test_a_form_sent_too_late_leads_back_to_the_page_it_stood_on(desk, clock):
    clock.ahead = 16 * MINUTE
    page = "http://testserver/admin/inquiries/inquiry/7/change/"
    response = desk.post("/admin/inquiries/inquiry/7/step/called/", headers={"referer": page})
    assert response.headers["Location"].endswith("next=/admin/inquiries/inquiry/7/change/")


@pytest.mark.parametrize("page", ["", "http://testserver/history/"])
def test_a_form_sent_too_late_from_elsewhere_leads_to_the_first_page(desk, clock, page):
    clock.ahead = 16 * MINUTE
    response = desk.post("/admin/inquiries/inquiry/", headers={"referer": page})
    assert response.headers["Location"].endswith("next=/admin/")


def test_asking_for_the_time_left_is_no_sign_of_life(desk, clock):
    clock.ahead = 10 * MINUTE
    left = desk.get(SESSION, headers={"x-background": "1"}).json()["seconds"]
    assert 4 * MINUTE < left <= 5 * MINUTE
    clock.ahead = 16 * MINUTE
    assert desk.get(SESSION, headers={"x-background": "1"}).status_code == 401
    assert not is_inside(desk)


def test_asking_to_stay_is_a_sign_of_life(desk, clock):
    clock.ahead = 10 * MINUTE
    assert desk.post(SESSION).json()["seconds"] == 15 * MINUTE
    clock.ahead = 20 * MINUTE
    assert is_inside(desk)


def test_signing_out_ends_the_session_and_empties_the_browser(desk, ana):
    key = desk.cookies[settings.SESSION_COOKIE_NAME].value
    response = desk.post("/admin/account/sign-out/")
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not StaffSession.objects.filter(session_key=digest(key)).exists()
    desk.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not is_inside(desk)
    assert events_of(ana)[-1] == ("signed_out", "")


def test_a_link_alone_signs_nobody_out(desk):
    desk.get("/admin/account/sign-out/")
    desk.get("/admin/logout/")
    assert is_inside(desk)


def change_password(client, new="another-lamp-harbor-tundra", old=PASSWORD):
    return client.post(PASSWORD_PAGE, {"oldpassword": old, "password1": new, "password2": new})


def test_a_new_password_ends_all_other_sessions_and_not_this_one(desk, elsewhere, ana):
    change_password(desk)
    assert (is_inside(desk), is_inside(elsewhere)) == (True, False)
    assert ("password_changed", "") in events_of(ana)


def test_a_new_password_needs_the_old_one(desk, ana):
    assert "Wrong password" in change_password(desk, old="x" * 20).text
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)  # the library acts after the commit
def test_new_recovery_codes_end_all_other_sessions(desk, elsewhere):
    desk.post("/admin/account/password-again/", {"password": PASSWORD})
    desk.post("/admin/account/recovery-codes/new/")
    assert (is_inside(desk), is_inside(elsewhere)) == (True, False)


def test_one_can_sign_out_everywhere_else(desk, elsewhere, ana):
    assert "Sign out everywhere else" in desk.get(HOME).text
    desk.post("/admin/account/sessions/end/")
    assert (is_inside(desk), is_inside(elsewhere)) == (True, False)
    assert "Sign out everywhere else" not in desk.get(HOME).text
    assert events_of(ana)[-1] == ("sessions_ended", "")


def test_sessions_of_others_go_on(desk, ana):
    make_settled("front-desk", "ben")
    ben = Client()
    enter_fully(ben, login="ben")
    change_password(desk)
    assert is_inside(ben)


def test_before_the_ways_to_sign_in_change_the_password_is_asked_again(desk, clock):
    clock.ahead = 6 * MINUTE
    for path in ("app/remove/", "passkeys/add/", "recovery-codes/new/", "recovery-codes/"):
        response = desk.get(f"/admin/account/{path}")
        assert response.headers["Location"].startswith("/admin/account/password-again/?next=")


def test_the_session_keeps_nothing_of_a_request_that_has_to_wait(desk, clock):
    clock.ahead = 6 * MINUTE
    desk.post("/admin/account/app/", {"code": "canary"}, headers={"user-agent": "canary"})
    desk.post("/admin/account/recovery-codes/new/", {"code": "canary"})
    kept = str([session.get_decoded() for session in StaffSession.objects.all()])
    assert "canary" not in kept


def test_the_last_second_factor_cannot_be_removed(desk, ana):
    desk.post("/admin/account/password-again/", {"password": PASSWORD})
    assert "Add another second step first" in desk.post("/admin/account/app/remove/").text
    assert ana.authenticator_set.filter(type="totp").exists()


def test_the_code_is_not_accepted_in_place_of_a_session(client, ana):
    """A session that was begun without a second factor does not become one with it."""
    client.force_login(ana)
    assert not is_inside(client)
    assert client.post("/admin/account/sign-in/code/", {"code": code()}).status_code == 302
    assert not is_inside(client)
