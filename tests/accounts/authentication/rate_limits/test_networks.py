"""Guessing is held off; nobody is locked out by it for long."""

import time

import pytest
from allauth.core.internal import ratelimit

from tests.accounts.people import CODE, SIGN_IN, code, enter, events_of, is_inside

# What keeps the counts is the cache; test_cache.py is about it on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
OFFICE, OUTSIDE = "198.51.100.7", "203.0.113.{}"
TOO_MANY = "Too many attempts"


@pytest.fixture
def later(monkeypatch):
    """Let the clock of the limits run ahead."""
    now = time.time

    def later(seconds):
        monkeypatch.setattr(ratelimit.time, "time", lambda: now() + seconds)

    return later


def guess(client, times, login="ana", address=OFFICE):
    """So many wrong passwords; the last answer."""
    for number in range(times):
        typed = {"login": login, "password": f"wrong password {number}"}
        answer = client.post(SIGN_IN, typed, REMOTE_ADDR=address)
    return answer.text


def post_right(client, address):
    typed = {"login": "ana", "password": "violet-lamp-harbor-tundra"}
    return client.post(SIGN_IN, typed, REMOTE_ADDR=address)


def test_after_five_wrong_passwords_the_right_one_is_not_tried(client, ana):
    assert TOO_MANY not in guess(client, 5)
    assert TOO_MANY in post_right(client, OFFICE).text
    assert events_of(ana)[-1] == ("locked", "password")


def test_a_name_that_does_not_exist_is_locked_in_the_same_way(client, ana):
    assert TOO_MANY not in guess(client, 5, login="nobody")
    assert TOO_MANY in guess(client, 1, login="nobody")


def test_after_a_quarter_of_an_hour_one_can_try_again(client, ana, later):
    guess(client, 6)
    later(15 * 60 + 1)
    assert post_right(client, OFFICE).headers["Location"] == CODE


def test_tries_while_locked_do_not_make_it_longer(client, ana, later):
    guess(client, 5)
    later(14 * 60)
    assert TOO_MANY in guess(client, 3)
    later(15 * 60 + 1)
    assert post_right(client, OFFICE).headers["Location"] == CODE


def test_an_outsider_does_not_lock_out_the_office(client, ana):
    post_right(client, OFFICE)
    client.post(CODE, {"code": code()}, REMOTE_ADDR=OFFICE)
    client.post("/admin/account/sign-out/")
    for last in range(5):  # more than all networks together may try
        guess(client, 5, address=OUTSIDE.format(last))
    assert TOO_MANY in guess(client, 1, address=OUTSIDE.format(99))
    assert post_right(client, OFFICE).headers["Location"] == CODE


def test_many_networks_together_cannot_guess_on_and_on(client, ana):
    answers = [guess(client, 1, address=OUTSIDE.format(last)) for last in range(25)]
    assert [TOO_MANY in answer for answer in answers] == [False] * 20 + [True] * 5


def test_an_ipv6_household_counts_as_one(client, ana):
    for last in range(5):
        guess(client, 1, address=f"2001:db8:1:2::{last}")
    assert TOO_MANY in guess(client, 1, address="2001:db8:1:2:ffff::1")
    assert TOO_MANY not in guess(client, 1, address="2001:db8:1:3::1")


def test_a_right_password_sets_the_count_back(client, ana):
    guess(client, 4)
    assert post_right(client, OFFICE).status_code == 302
    client.post("/admin/account/sign-out/")
    assert TOO_MANY not in guess(client, 4)


def test_codes_cannot_be_guessed_on_and_on(client, ana):
    enter(client)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert TOO_MANY in client.post(CODE, {"code": code()}).text
    assert not is_inside(client)


def test_a_network_that_tries_all_names_is_held_off(client):
    answers = {guess(client, 1, login=f"name{number}") for number in range(60)}
    assert not [answer for answer in answers if "Too many attempts" in answer]
    assert "Too many attempts" in guess(client, 1, login="one.more")


def test_limits_keep_no_address_and_no_name(client, ana):
    from django.db import connection

    guess(client, 2, login="canary")
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, value FROM accounts_cacheentry")
        kept = str(cursor.fetchall())
    assert "name_here" in kept
    assert OFFICE not in kept
    assert "canary" not in kept
