"""Asks for the pages of the staff desk in a warm process, and prints how long each took.

Run by tests/bench/desk.py, on the database that DATABASE_URL names.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median, quantiles

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from kapsite.inquiries.desk.inbox.query import LAST_PAGE  # noqa: E402
from kapsite.inquiries.desk.inbox.search import seal  # noqa: E402
from kapsite.inquiries.desk.inbox.tabs import TABS  # noqa: E402
from kapsite.inquiries.desk.reports import overview  # noqa: E402
from tests.bench.sample_requests import Samples, fill, fill_quickly  # noqa: E402
from tests.factories import sign_in  # noqa: E402

LIST = reverse("admin:inquiries_inquiry_changelist")
WARM_UP, TIMES, TIMES_STOCK = 5, 60, 7
FEW = 10
SLOWEST = 4  # whose plans are shown

Probe = Callable[[int], str]  # ask for a page, differently each time; the page


def pages(client: Client, samples: Samples) -> Iterator[tuple[str, Probe]]:
    def get(path: str, **query) -> Probe:
        def ask(_):
            response = client.get(path, query)
            if response.status_code != 200:
                sys.exit(f"{path} answered {response.status_code}.")
            return response.text

        return ask

    def find(terms: list[str]) -> Probe:
        def ask(turn):
            response = client.post(LIST, {"q": terms[turn % len(terms)]}, follow=True)
            is_one = response.request["PATH_INFO"].endswith("/change/")
            if not is_one and 'class="list"' not in response.text:
                sys.exit(f"Nothing was found by {terms[turn % len(terms)]}.")
            return response.text

        return ask

    def open_record(turn):
        key = samples.keys[-1 - turn % len(samples.keys)]
        path = reverse("admin:inquiries_inquiry_change", args=[key])
        return get(path, _changelist_filters="tab=now")(turn)

    def open_person(turn):
        key = samples.keys[-1 - turn % len(samples.keys)]
        return get(reverse("admin:inquiries_person", args=[key]))(turn)

    def count_again(turn):
        overview.kept.clear()
        return get(reverse("admin:inquiries_overview"))(turn)

    person = get_user_model().objects.get(username="staff1").pk
    for name, tab in TABS.items():
        yield f"tab {tab.label}", get(LIST, tab=name)
    yield "All, page 2", get(LIST, tab="all", p=2)
    yield "All, the last page", get(LIST, tab="all", p=LAST_PAGE)
    yield "Closed, the last page", get(LIST, tab="closed", p=LAST_PAGE)
    yield "All, one person", get(LIST, tab="all", person=person)
    yield "All, nobody's", get(LIST, tab="all", person="nobody")
    yield "All, people who left", get(LIST, tab="all", person="left")
    yield "All, a common topic", get(LIST, tab="all", topic="depression")
    yield "All, a rare topic", get(LIST, tab="all", topic="other")
    yield "All, a rare topic of a person", get(LIST, tab="all", topic="other", person=person)
    yield "All, a month in the past", get(LIST, tab="all", **spring())
    yield "Now, a rare topic", get(LIST, topic="other")
    yield "Closed, person and topic", get(LIST, tab="closed", person=person, topic="pain")
    yield "Closed, person and rare topic", get(LIST, tab="closed", person=person, topic="other")
    yield "Closed, all filters", get(LIST, tab="closed", person=person, topic="pain", **spring())
    yield "search: reference", find(samples.references)
    yield "search: first and last name", find(samples.names)
    yield "search: commonest first name", find([commonest(samples.names)])
    in_closed = seal(commonest(samples.names), get_user_model().objects.get(username="staff0"))
    yield "the same within Closed", get(LIST, q=in_closed, tab="closed")
    yield "search: beginning of a name", find([commonest(samples.names)[:3]])
    yield "search: email", find(samples.emails)
    yield "search: phone", find(samples.phones)
    yield "search: last four digits", find([number[-4:] for number in samples.phones])
    yield "record, with its neighbors", open_record
    yield "all of a person", open_person
    yield "appointments of a day", get(reverse("admin:inquiries_appointments"))
    yield "upcoming deletions", get(reverse("admin:inquiries_upcoming_deletions"))
    yield "report of this month", get(reverse("admin:inquiries_report"))
    yield "report of a past month", get(reverse("admin:inquiries_month", args=last_spring()))
    yield "overview", get(reverse("admin:inquiries_overview"))
    yield "overview, counted again", count_again


def last_spring() -> tuple[int, int]:
    return date.today().year - 1, 4


def spring() -> dict[str, date]:
    year, _ = last_spring()
    return {"since": date(year, 3, 1), "until": date(year, 5, 31)}


def commonest(names: list[str]) -> str:
    firsts = [name.split()[0] for name in names]
    return max(firsts, key=firsts.count)


def count_queries(probe: Probe) -> int | None:
    """None for an empty list, which needs none for its rows."""
    if "nothing-here" in probe(0):
        return None
    numbers = []
    for _ in range(3):  # now and then a request also prolongs the session
        with CaptureQueriesContext(connection) as captured:
            probe(0)
        numbers.append(len(captured))
    return min(numbers)


def time_of(probe: Probe, times: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    for turn in range(WARM_UP):
        probe(turn)
    taken = []
    for turn in range(times):
        start = time.perf_counter()
        probe(turn + WARM_UP)
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken), quantiles(taken, n=20)[-1] if times >= 20 else max(taken)


def plans(probe: Probe) -> str:
    """How the database goes about the slowest statement of the page."""
    with CaptureQueriesContext(connection) as captured:
        probe(1)
    reads = [each for each in captured if each["sql"].startswith("SELECT")]
    slowest = max(reads, key=lambda each: float(each["time"]))
    how = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS)"
    with connection.cursor() as cursor:
        cursor.execute(f"{how} {slowest['sql']}")
        lines = [str(row[-1]) for row in cursor.fetchall()]
    return "\n".join([f"    {slowest['time']} s: {slowest['sql'][:1500]}", *lines])


def measure_all():
    rows = int(sys.argv[1])
    call_command("migrate", verbosity=0)
    from tests.bench import (
        plain_admin,
    )  # now: its table isn't there for what runs after a migration

    client = Client(SERVER_NAME="localhost")
    lead = get_user_model().objects.create_superuser("staff0")
    sign_in(client, lead)
    started = time.monotonic()
    few_samples = fill(FEW)
    few = {name: count_queries(probe) for name, probe in pages(client, few_samples)}
    samples = fill_quickly(rows - FEW, start=FEW)
    print(f"made in {time.monotonic() - started:.0f} s; {size()}", flush=True)
    sys.stdin.read()  # until it is our turn: see desk.py
    sign_in(client, lead)  # the first session may have ended
    gc.collect()
    gc.freeze()  # as the server does: gunicorn.conf.py
    print(f"{'page':32} {'p50':>6} {'p95':>7}   queries with {FEW} and with {rows:,}")
    slow = []
    for name, probe in pages(client, samples):
        queries = count_queries(probe)
        p50, p95 = time_of(probe, TIMES)
        note = "" if few[name] in {queries, None} else "  not the same"
        before = "empty" if few[name] is None else few[name]
        print(f"{name:32} {p50:6.1f} {p95:7.1f}   {before} {queries}{note}", flush=True)
        slow.append((p95, name, probe))
    plain_admin.measure(samples, time_of, TIMES_STOCK)
    slow.sort(key=lambda each: each[0], reverse=True)
    for p95, name, probe in slow[:SLOWEST]:
        print(f"\n{name}, {p95:.1f} ms\n{plans(probe)}")


def size() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return f"{cursor.fetchone()[0] / 1e9:.1f} GB"


if __name__ == "__main__":
    measure_all()
