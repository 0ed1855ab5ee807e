"""The record of sign-ins does not grow with what anybody can do as often as they like."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kapsite.accounts import audit_log
from kapsite.accounts.models import Event, EventKind

from .people import HOME, SIGN_IN, enter_fully, make_settled

pytestmark = pytest.mark.django_db


def attack(client, times, login="ana"):
    """From so many networks, so that no limit of a network holds it off."""
    for number in range(times):
        typed = {"login": login, "password": f"wrong password {number}"}
        client.post(SIGN_IN, typed, REMOTE_ADDR=f"203.0.{number // 250}.{number % 250}")


def test_failures_within_an_hour_are_one_row_of_each_kind_however_many(client, ana):
    attack(client, 50)
    rows = Event.objects.filter(user=ana).values_list("kind", "how", "count")
    assert sorted(rows) == [("locked", "password", 30), ("refused", "password", 20)]


def test_so_are_those_under_names_that_nobody_has(client):
    for number in range(40):
        attack(client, 1, login=f"nobody{number}")
    assert list(Event.objects.values_list("user", "kind", "count")) == [(None, "refused", 40)]


def test_failures_of_different_people_are_told_apart(client, ana):
    make_settled("front-desk", "ben")
    for name in ("ana", "ben", "ana", "nobody"):
        attack(client, 1, login=name)
    rows = Event.objects.values_list("user__username", "count")
    assert sorted(rows, key=str) == [("ana", 2), ("ben", 1), (None, 1)]


def test_a_failure_in_the_next_hour_is_a_row_of_its_own(ana):
    audit_log.record(EventKind.LOCKED, ana)
    Event.objects.update(at=timezone.now() - timedelta(minutes=61))
    audit_log.record(EventKind.LOCKED, ana)
    assert [event.count for event in Event.objects.all()] == [1, 1]


def test_what_only_the_person_can_do_is_a_row_each_time(ana):
    for _ in range(3):
        audit_log.record(EventKind.SIGNED_IN, ana)
    assert [event.count for event in Event.objects.all()] == [1, 1, 1]


def test_the_account_page_says_how_often_and_until_when(client, ana):
    attack(client, 3)
    enter_fully(client)
    assert "Sign-in failed (3 times, last at" in client.get(HOME).text


def test_tries_while_locked_are_forgotten_after_90_days_and_sign_ins_are_not(client, ana):
    long_ago = timezone.now() - timedelta(days=91)
    for kind in (EventKind.LOCKED, EventKind.REFUSED, EventKind.SIGNED_IN):
        Event.objects.create(kind=kind, user=ana, at=long_ago)
    Event.objects.create(kind=EventKind.REFUSED, user=None, at=long_ago)
    audit_log.delete_old()
    assert sorted(Event.objects.values_list("kind", flat=True)) == ["refused", "signed_in"]


def test_a_first_failure_and_a_further_one_ask_the_database_as_often(
    ana, django_assert_num_queries
):
    for _ in range(2):
        with django_assert_num_queries(2):
            audit_log.record(EventKind.LOCKED, ana)
