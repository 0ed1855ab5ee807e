"""Name, password and one thing more."""

import time

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kapsite.accounts.authentication.session_store import digest
from kapsite.accounts.models import Event, StaffSession
from tests.accounts.people import (
    CODE,
    HOME,
    PASSWORD,
    SIGN_IN,
    code,
    enter,
    enter_fully,
    events_of,
    is_inside,
    make_settled,
    recovery_codes,
)

pytestmark = pytest.mark.django_db


def test_the_desk_asks_who_is_there(client):
    response = client.get("/admin/inquiries/inquiry/", follow=True)
    assert response.redirect_chain[-1][0].startswith(SIGN_IN)
    assert "Sign in" in response.text


def test_name_password_and_code_open_the_desk(client, ana):
    assert enter(client).headers["Location"] == CODE
    response = client.post(CODE, {"code": code()})
    assert response.headers["Location"] == "/admin/"
    assert is_inside(client)


def test_the_password_alone_opens_nothing(client, ana):
    enter(client)
    assert not is_inside(client)
    assert client.get(HOME).status_code == 302


def test_a_name_may_be_typed_in_capitals(client, ana):
    enter(client, login="ANA")
    client.post(CODE, {"code": code()})
    assert is_inside(client)


@pytest.mark.parametrize(("steps", "inside"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phone_whose_clock_is_half_a_minute_off_is_good_enough(
    client, ana, monkeypatch, steps, inside
):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # else the next half minute may begin meanwhile
    enter(client)
    client.post(CODE, {"code": code(periods=steps)})
    assert is_inside(client) is inside


def test_a_code_signs_in_once_for_as_long_as_it_counts(client, ana):
    used = code(periods=1)
    enter(client)
    client.post(CODE, {"code": used})
    client.post("/admin/account/sign-out/")
    cache.delete(f"allauth.mfa.totp.used?user={ana.pk}&code={used}")  # as after 30 seconds
    enter(client)
    assert "That code isn’t right" in client.post(CODE, {"code": used}).text


def test_a_factor_no_key_opens_is_a_message_and_no_crash(client, ana, settings):
    settings.FIELD_KEYS = ["A" * 42 + "E"]
    enter(client)
    assert "Your code can’t be checked" in client.post(CODE, {"code": code()}).text


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_an_account_that_is_switched_off_between_the_steps_stays_out(client, ana, change):
    enter(client)
    User.objects.update(**change)
    response = client.post(CODE, {"code": code()}, follow=True)
    assert "Sign-in failed" in response.text
    assert not is_inside(client)
    assert events_of(ana)[-1][0] == "refused"


def test_a_superuser_needs_a_second_factor_too(client, admin_user):
    client.post(SIGN_IN, {"login": "admin", "password": "password"})
    assert client.get("/admin/").headers["Location"] == "/admin/account/second-step/"


def test_one_can_stop_at_the_second_step_and_start_again(client, ana):
    enter(client)
    assert client.get(SIGN_IN).headers["Location"] == CODE
    client.post("/admin/account/sign-out/", {"next": SIGN_IN})
    assert client.get(SIGN_IN).status_code == 200


def test_a_wrong_code_opens_nothing(client, ana):
    enter(client)
    wrong = "000000" if code() != "000000" else "111111"
    assert "That code isn’t right" in client.post(CODE, {"code": wrong}).text
    assert not is_inside(client)


def test_a_recovery_code_signs_in_once(client, ana):
    one = recovery_codes(ana)[0]
    enter(client)
    client.post(CODE, {"code": f"{one[:4]} {one[4:]}"})
    assert is_inside(client)
    client.post("/admin/account/sign-out/")
    enter(client)
    assert "That code isn’t right" in client.post(CODE, {"code": one}).text
    assert len(recovery_codes(ana)) == 9


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, ana):
    def answer(**typed):
        page = enter(client, **typed)
        return page.status_code, page.text.replace(typed["login"], "").split("<main")[1]

    wrong = answer(login="ana", password="not the password")
    unknown = answer(login="nobody", password="not the password")
    assert "Wrong username or password" in wrong[1]
    assert without_tokens(wrong[1]) == without_tokens(unknown[1])


def without_tokens(page):
    import re

    return re.sub(r'value="\w{64}"', "", page)


@pytest.mark.parametrize("state", ["unknown", "switched off", "not set up", "not staff"])
def test_whoever_cannot_sign_in_costs_a_password_check_and_gets_the_same_answer(
    client, monkeypatch, state
):
    hashed = []
    from django.contrib.auth.hashers import get_hasher

    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k))
    if state == "switched off":
        make_settled(is_active=False)
    elif state == "not set up":
        User.objects.create_user("ana", is_staff=True)
    elif state == "not staff":
        User.objects.create_user("ana", password=PASSWORD)
    hashed.clear()
    assert "Wrong username or password" in enter(client).text
    assert len(hashed) == 1


def test_an_unknown_name_asks_the_database_as_much_as_a_known_one(client, ana):
    asked = []
    for name in ("ana", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            enter(client, name, "not the password")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_session_gets_a_new_key_when_somebody_signs_in(client, ana):
    client.get(SIGN_IN)
    enter(client)
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(CODE, {"code": code()})
    assert is_inside(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert not StaffSession.objects.filter(session_key=digest(planted)).exists()


@pytest.mark.parametrize(
    "next_page",
    ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"],
)
def test_signing_in_leads_to_no_other_site(client, ana, next_page):
    enter(client, next=next_page)
    response = client.post(CODE, {"code": code()})
    assert response.headers["Location"] == "/admin/"


def test_signing_in_leads_back_to_where_one_wanted_to_go(client, ana):
    wanted = "/admin/inquiries/inquiry/?status__exact=new"
    start = client.get(wanted, follow=True)
    enter(client, next=start.context["redirect_field_value"])
    assert client.post(CODE, {"code": code()}).headers["Location"] == wanted


def test_nobody_can_sign_up_or_ask_for_a_password_by_mail(client):
    for path in ("signup/", "password/reset/", "email/", "social/", "no-sign-up/"):
        response = client.get(f"/admin/account/{path}")
        assert response.status_code in (302, 404)
        assert "<form" not in response.text
    assert not User.objects.exists()


def test_the_cookie_goes_with_the_browser_and_only_to_us(client, ana):
    enter_fully(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["samesite"], cookie["httponly"], cookie["path"]) == ("Strict", True, "/admin/")


def test_sign_ins_and_failures_are_on_record(client, ana):
    enter(client, password="not the password")
    enter_fully(client)
    assert events_of(ana) == [("refused", "password"), ("signed_in", "totp")]
    page = client.get(HOME).text
    assert "Sign-in failed" in page
    assert "Code from an app" in page


def test_failures_push_no_sign_in_off_the_page_of_the_account(client, ana):
    enter_fully(client)
    for _ in range(50):
        Event.objects.create(user=ana, kind="refused")
    page = client.get(HOME).text
    assert "Sign-in failed" in page
    assert "<td>Signed in</td>" in page


def test_the_record_of_a_stranger_keeps_nothing_that_was_typed(client, ana):
    enter(client, login="canary", password="canary")
    event = Event.objects.get()
    assert (event.user, event.kind) == (None, "refused")
    assert "canary" not in str(vars(event))


def test_the_record_holds_no_address(client, ana):
    client.post(SIGN_IN, {"login": "ana", "password": "x" * 15}, REMOTE_ADDR="203.0.113.77")
    event = Event.objects.get()
    assert "203.0.113" not in str(vars(event))
    assert event.network
