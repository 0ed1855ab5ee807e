"""Troubles of the site itself are counted, not repeated."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from kapsite.operations.alerts.models import INCIDENT_ENDS, SHOWN_FOR, Alert, AlertKind
from tests.inquiries.conftest import shared_database, sqlite_in_place  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def raise_at(*moments, kind=AlertKind.DISK, key=""):
    for moment in moments:
        Alert.objects.raise_for(kind, key, moment)


def test_a_trouble_that_happens_again_is_counted_in_one_row():
    raise_at(NOON, NOON + HOUR, NOON + 2 * HOUR)
    alert = Alert.objects.get()
    assert (alert.first, alert.last, alert.count) == (NOON, NOON + 2 * HOUR, 3)


def test_kind_and_key_tell_troubles_apart():
    raise_at(NOON)
    raise_at(NOON, key="var")
    raise_at(NOON, kind=AlertKind.FLOOD)
    assert list(Alert.objects.values_list("count", flat=True)) == [1, 1, 1]


def test_after_a_quiet_day_it_is_counted_from_one_again():
    again = NOON + INCIDENT_ENDS + HOUR
    raise_at(NOON, NOON, again)
    alert = Alert.objects.get()
    assert (alert.first, alert.count) == (again, 1)


def test_an_alert_is_shown_over_a_weekend_and_then_no_longer():
    raise_at(NOON)
    assert Alert.objects.current(NOON + SHOWN_FOR).exists()
    assert not Alert.objects.current(NOON + SHOWN_FOR + HOUR).exists()


def test_what_is_over_is_cleared_at_once():
    raise_at(NOON, key="var")
    raise_at(NOON, kind=AlertKind.FLOOD)
    Alert.objects.clear(AlertKind.DISK, "var")
    assert [alert.kind for alert in Alert.objects.all()] == [AlertKind.FLOOD]


def test_in_words_it_says_how_often_and_when_in_the_time_of_the_clinic():
    zone = ZoneInfo("America/Los_Angeles")
    raise_at(NOON, key="var")
    assert Alert.objects.get().in_words(zone) == "Disk nearly full (var): November 24, 4:00 AM"
    raise_at(NOON + HOUR, key="var")
    assert Alert.objects.get().in_words(zone) == (
        "Disk nearly full (var): 2 times since November 24, 4:00 AM, last November 24, 5:00 AM"
    )


def test_workers_that_raise_it_at_once_lose_nothing(shared_database):  # noqa: F811
    file = shared_database["DATABASE_URL"].removeprefix("sqlite:///")
    on_file = connection.vendor == "sqlite"

    def worker(_):
        with sqlite_in_place(file) if on_file else closing(connection):  # one for each thread
            raise_at(*[NOON] * 10)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(worker, range(8)))
    assert Alert.objects.get().count == 80
