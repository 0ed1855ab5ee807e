"""Requests from one network are counted for an hour, and the network is not kept."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from kapsite.inquiries.models.counting.recent_sender import RecentSender, digest_of, living_slots
from kapsite.operations.management.commands import run_worker
from tests.inquiries.conftest import sqlite_in_place

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NETWORK, OTHER = "203.0.113.9/32", "203.0.113.10/32"


def counted(after=timedelta(0), name=NETWORK):
    digests = [digest_of(name, slot) for slot in living_slots(NOON + after)]
    return sum(RecentSender.objects.filter(digest__in=digests).values_list("sent", flat=True))


def send(times=1, name=NETWORK, after=timedelta(0)):
    for _ in range(times):
        RecentSender.objects.count_up([name], NOON + after)


def test_each_request_counts_once():
    send(3)
    send(1, name=OTHER)
    assert counted() == 3
    assert RecentSender.objects.count() == 2


def test_a_count_lasts_half_an_hour_at_least_and_an_hour_at_most():
    send(2)
    send(1, after=timedelta(minutes=29))
    assert counted(after=timedelta(minutes=59)) == 3
    assert counted(after=timedelta(minutes=60)) == 0


def test_what_is_over_is_deleted_with_the_next_request():
    send()
    send(1, name=OTHER, after=timedelta(minutes=61))
    assert RecentSender.objects.get().sent == 1


def test_a_clock_that_was_put_back_keeps_no_row_from_the_future():
    send(1, after=timedelta(days=2))
    send()
    assert RecentSender.objects.count() == 1


def test_neither_address_nor_time_of_a_request_is_kept():
    send()
    row = RecentSender.objects.values().get()
    assert set(row) == {"digest", "slot", "sent"}
    assert "203.0" not in str(row)


def test_one_network_has_another_digest_in_each_half_hour():
    send()
    send(1, after=timedelta(minutes=30))
    assert len(set(RecentSender.objects.values_list("digest", flat=True))) == 2


def test_without_the_keys_nobody_can_make_the_same_digest(settings):
    send()
    settings.FIELD_KEYS = ["A" * 21 + "B" * 22]
    assert counted() == 0


def test_several_things_are_counted_at_once_each_for_itself():
    send(2)
    assert RecentSender.objects.count_up(["all", NETWORK, OTHER], NOON) == [1, 3, 1]
    assert (counted(name="all"), counted(name=OTHER)) == (1, 1)


def test_counting_tells_how_many_there_are_with_those_of_the_half_hour_before():
    send(2)
    later = NOON + timedelta(minutes=30)
    assert RecentSender.objects.count_up([NETWORK, OTHER], later) == [3, 1]
    assert RecentSender.objects.count_up([NETWORK, OTHER], later) == [4, 2]


def test_a_count_can_be_taken_back():
    send(2)
    send(2, after=timedelta(minutes=30))
    RecentSender.objects.take_back([NETWORK], NOON + timedelta(minutes=30))
    assert counted(after=timedelta(minutes=30)) == 3


def test_the_worker_forgets_even_if_nobody_writes_any_more():
    send()
    worker = run_worker.Command()
    worker.next_beat = 0
    worker.show_life()
    assert not RecentSender.objects.exists()


def test_workers_that_count_at_once_lose_nothing(shared_database):
    file = shared_database["DATABASE_URL"].removeprefix("sqlite:///")
    on_file = connection.vendor == "sqlite"

    def worker(_):
        with sqlite_in_place(file) if on_file else closing(connection):  # one for each thread
            for _ in range(10):
                with transaction.atomic():
                    RecentSender.objects.count_up([NETWORK, "all"], NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(worker, range(8)))
    assert counted() == 80


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_counters_of_a_request_that_is_being_stored():
    def another():
        with closing(connection):
            return RecentSender.objects.count_up([NETWORK], NOON)

    with RecentSender.objects.counted([NETWORK], NOON) as counts, ThreadPoolExecutor(1) as pool:
        assert (counts, pool.submit(another).result()) == ([1], [2])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_is_stored_waits_for_the_disk():
    with RecentSender.objects.counted([NETWORK], NOON), connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
    with transaction.atomic():
        RecentSender.objects.count_up([NETWORK], NOON)
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.django_db(transaction=True)
def test_what_was_not_stored_does_not_count():
    def store_in_vain():
        with RecentSender.objects.counted(["all", NETWORK], NOON) as counts:
            raise ValueError(counts)

    send(2)
    with pytest.raises(ValueError, match=r"\[1, 3\]"):
        store_in_vain()
    assert (counted(), counted(name="all")) == (2, 0)
