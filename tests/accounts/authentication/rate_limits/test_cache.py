"""The cache behind the limits: JSON in the database, and right with many workers at once."""

import datetime
import pickle
import threading
import time
from decimal import Decimal

import pytest
from allauth.core import ratelimit
from django.core.cache import cache
from django.db import connections

from kapsite.accounts.authentication.rate_limits.cache import JsonCache
from kapsite.accounts.models import CacheEntry

pytestmark = pytest.mark.django_db
NOBODY = object()


@pytest.mark.parametrize(
    "value", [None, True, 0, -1.5, 2**80, "", "é\ud800\0", [], [1, ["a"]], {}, {"a": {"b": None}}]
)
def test_what_is_json_comes_back_as_it_was(value):
    cache.set("key", value)
    found = cache.get("key", NOBODY)
    assert (found, type(found)) == (value, type(value))


ENDLESS: list = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    "value",
    [
        (1, 2),
        [(1,)],
        {1: "a"},
        {"a", "b"},
        b"bytes",
        datetime.date(2026, 1, 1),
        Decimal(1),
        float("nan"),
        [float("inf")],
        object(),
        ENDLESS,
    ],
)
@pytest.mark.parametrize("write", [cache.set, cache.add, cache.get_or_set])
def test_what_is_not_json_is_refused_when_it_is_set(write, value):
    with pytest.raises(TypeError, match="The value for 'key' is not JSON"):
        write("key", value)
    assert cache.get("key", NOBODY) is NOBODY


class Payload:
    ran = False

    def __reduce__(self):
        return (setattr, (Payload, "ran", True))


@pytest.mark.parametrize("stored", [pickle.dumps(Payload(), 0).decode(), "", "{", "gASVAAA="])
def test_what_somebody_wrote_into_the_table_is_not_run_and_breaks_nothing(stored):
    CacheEntry.objects.create(key=cache.make_key("key"), value=stored)
    assert cache.get("key", "default") == "default"
    assert Payload.ran is False
    cache.set("key", 1)
    assert cache.get("key") == 1


def test_an_entry_lasts_as_long_as_it_was_to(monkeypatch):
    cache.set("past", 1, timeout=0)
    cache.set("minute", 1, timeout=60)
    cache.set("ever", 1, timeout=None)
    assert [cache.get(key) for key in ("past", "minute", "ever")] == [None, 1, 1]
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=61)
    monkeypatch.setattr(
        "kapsite.accounts.authentication.rate_limits.cache.timezone.now", lambda: later
    )
    assert [cache.get(key) for key in ("past", "minute", "ever")] == [None, None, 1]


def test_add_takes_the_place_of_an_entry_only_when_that_is_over():
    assert cache.add("key", 1, timeout=60) is True
    assert cache.add("key", 2, timeout=60) is False
    assert cache.get("key") == 1
    cache.set("key", 1, timeout=0)
    assert cache.add("key", 2) is True
    assert cache.get("key") == 2


def test_a_number_that_is_added_to_lasts_no_longer():
    cache.set("key", 1, timeout=60)
    before = CacheEntry.objects.get().expires_at
    assert cache.incr("key", 2) == 3
    assert cache.decr("key") == 2
    assert CacheEntry.objects.get().expires_at == before
    with pytest.raises(ValueError, match="has no 'other'"):
        cache.incr("other")


def test_touch_and_delete_say_whether_there_was_an_entry():
    cache.set("key", 1, timeout=5)
    assert cache.touch("key", 500) is True
    assert CacheEntry.objects.get().expires_at.timestamp() > time.time() + 100
    assert (cache.delete("key"), cache.delete("key"), cache.touch("key")) == (True, False, False)


def test_several_at_once_and_versions_work_as_everywhere():
    cache.set_many({"a": 1, "b": 2})
    cache.set("a", 3, version=2)
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert cache.get("a", version=2) == 3
    assert "a" in cache
    cache.clear()
    assert not CacheEntry.objects.exists()


def test_a_full_cache_gives_up_what_is_over_before_what_is_not():
    small = JsonCache("", {"OPTIONS": {"MAX_ENTRIES": 9}})
    for number in range(5):
        small.set(f"over-{number}", 1, timeout=0)
    for number in range(5):
        small.set(f"living-{number}", 1, timeout=60)
    assert len(small.get_many([f"living-{number}" for number in range(5)])) == 5


def test_a_full_cache_gives_up_what_is_over_next():
    small = JsonCache("", {"OPTIONS": {"MAX_ENTRIES": 9}})
    for number in range(10):
        small.set(f"key-{number}", 1, timeout=60 + number)
    assert sorted(CacheEntry.objects.values_list("key", flat=True)) == [
        f":1:key-{number}" for number in range(3, 10)
    ]


@pytest.fixture
def all_at_once(transactional_db, tmp_path):
    """What a function gives in each of several threads that begin together.

    On SQLite with a file, since a database in memory does not let several wait for each other.
    """
    usual = connections["default"]

    def use_file():
        if usual.vendor == "sqlite":
            file = {"NAME": str(tmp_path / "db.sqlite3")}
            connections["default"] = type(usual)(usual.settings_dict | file)

    def run(do, workers=8):
        begin, results = threading.Barrier(workers), []

        def work():
            use_file()
            begin.wait()
            try:
                results.append(do())
            finally:
                connections["default"].close()

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    use_file()
    if usual.vendor == "sqlite":
        with connections["default"].schema_editor() as editor:
            editor.create_model(CacheEntry)
    yield run
    if usual.vendor == "sqlite":
        connections["default"].close()
        connections["default"] = usual


@pytest.mark.parametrize("is_over", [False, True])
def test_of_many_who_add_the_same_at_once_one_succeeds(all_at_once, is_over):
    if is_over:
        cache.set("key", "old", timeout=0)
    done = all_at_once(lambda: cache.add("key", "mine", timeout=60))
    assert sorted(done) == [False] * 7 + [True]


def test_of_many_who_count_at_once_none_is_lost(all_at_once):
    cache.set("count", 0)
    all_at_once(lambda: [cache.incr("count") for _ in range(5)])
    assert cache.get("count") == 40


def test_of_many_tries_at_once_no_more_get_through_than_a_limit_allows(all_at_once, rf):
    def attempt():
        request = rf.post("/", REMOTE_ADDR="203.0.113.7")
        return bool(ratelimit.consume(request, action="name_here", key="ana"))

    through = sum(all_at_once(attempt)) + sum(all_at_once(attempt))
    assert 0 < through <= 5  # who waits for another for more than a second is refused
