"""How the desk and the website are doing: figures, and what needs upkeep."""

import json
import os
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from time import time as clock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kapsite.clinic import days
from kapsite.inquiries.desk.reports import figures, overview, system_status
from kapsite.inquiries.desk.reports.figures import Figure, Week, in_words, percentile
from kapsite.inquiries.models import Access, Inquiry, Notice, heartbeat
from tests.factories import make_inquiry, make_staff, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/inquiries/inquiry/overview/"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
NOW = timezone.now()


def store(count, **fields):
    for _ in range(count):
        make_inquiry(**fields)


def figure_of(page, label):
    """What stands beside ``label`` in the tables and lists of the page."""
    row = page.partition(f">{label}</")[2]
    return re.search(r'<(?:td class="num"|dd)>(.*?)</', row)[1]


def big(page, label):
    return re.search(rf"<dt>{label}</dt><dd>([^<]*)</dd>", page)[1]


# Figures


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "1"), (1234, "1,234")])
def test_every_count_is_shown(count, shown):
    assert Figure("x", count).shown == shown


def test_the_times_of_a_week_with_one_contact_are_shown():
    assert Week(date(2026, 11, 2), 9, [60]).median == 60
    assert Week(date(2026, 11, 2), 9, []).median is None


def test_open_requests_are_counted_by_state(client, ana):
    store(5)
    store(6, status="contacted")
    store(7, status="closed", outcome="declined", closed_at=NOW)
    page = client.get(PAGE).text
    assert (figure_of(page, "New"), figure_of(page, "Contacted")) == ("5", "6")
    assert figure_of(page, "Scheduled") == "0"
    assert figure_of(page, "Decided against it") == "7"


def test_overdue_and_safety_concerns_are_counted_among_what_is_open(client, ana):
    store(5, safety_concern=True, safety_concern_reason="x")
    store(3, safety_concern=True, safety_concern_reason="x", status="spam")
    closed = {"status": "closed", "outcome": "declined", "closed_at": NOW}
    store(3, safety_concern=True, safety_concern_reason="x", **closed)
    store(6, status="contacted")
    Inquiry.objects.filter(status="contacted").update(due_at=NOW - HOUR)
    page = client.get(PAGE).text
    assert (big(page, "With a safety concern"), big(page, "Overdue")) == ("5", "6")


@pytest.mark.parametrize(
    ("values", "half", "most"),
    [
        ([7], 7, 7),
        ([1, 2], 1, 2),
        ([3, 1, 2], 2, 3),
        (list(range(1, 11)), 5, 9),
        (list(range(1, 101)), 50, 90),
    ],
)
def test_percentiles_are_the_nearest_rank(values, half, most):
    assert (percentile(values, 50), percentile(values, 90)) == (half, most)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (10, "1 min"),
        (1800, "30 min"),
        (7200, "2 h"),
        (400_000, "5 days"),
    ],
)
def test_lengths_are_in_words(seconds, words):
    assert in_words(seconds) == words


def test_requests_and_waits_are_counted_by_the_week_in_which_they_came(monkeypatch):
    monday = date(2026, 11, 16)
    start = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # midnight at the clinic
    store(2, received_at=start - timedelta(seconds=1))
    for hours in range(1, 11):
        received = start + hours * HOUR
        make_inquiry(received_at=received, first_contact_at=received + hours * HOUR)
    store(3, received_at=start + 7 * DAY - HOUR)
    store(1, received_at=start, status="spam")
    store(1, received_at=start - 12 * WEEK)
    found = {week.monday: week for week in figures.weeks(monday + timedelta(days=6))}
    assert len(found) == 12
    assert found[monday - WEEK].received == 2
    assert found[monday].received == 13
    assert (found[monday].median, found[monday].ninetieth) == (5 * 3600, 9 * 3600)


def test_a_contact_before_the_request_counts_as_at_once():
    """A clock was put back, or somebody called first: no bar below zero."""
    make_inquiry(received_at=NOW, first_contact_at=NOW - HOUR)
    assert figures.weeks(days.today())[-1].waits == [0]


def test_what_is_deleted_within_a_week_is_told_by_rule(client, ana):
    store(5, status="closed", outcome="duplicate", closed_at=NOW - 26 * DAY)
    assert figure_of(client.get(PAGE).text, "Retention ended: duplicate") == "5"


def test_without_any_request_the_page_is_calm(client, ana):
    page = client.get(PAGE).text
    assert page.count("Not enough data yet.") == 2
    assert big(page, "Overdue") == "0"


def test_where_there_is_much_to_count_the_page_is_a_minute_old_and_says_so(
    client, ana, monkeypatch
):
    monkeypatch.setattr(overview, "kept", [])
    monkeypatch.setattr(overview, "MANY", 2)
    first = datetime(2026, 11, 16, 20, 14, 50, tzinfo=UTC)

    def after(seconds):
        monkeypatch.setattr(timezone, "now", lambda: first + timedelta(seconds=seconds))
        page = client.get(PAGE).text
        return re.search(r"As of (.*?)\.<", page)[1], figure_of(page, "New")

    store(1, received_at=first)
    assert after(0) == ("12:14 PM", "1")
    store(1, received_at=first)
    assert after(1) == ("12:14 PM", "2")
    store(1, received_at=first)
    assert after(59) == ("12:14 PM", "2")
    assert after(61) == ("12:15 PM", "3")


def test_looking_at_it_is_on_record(client, ana):
    client.get(PAGE)
    [row] = Access.objects.all()
    assert (row.by, row.act, row.reference) == (ana, "overview", "")


def test_it_names_nobody(client, ana):
    make_inquiry(
        name="Zyxcanary", message="Zyxcanary", safety_concern=True, safety_concern_reason="Zyxc"
    )
    assert "Zyxc" not in client.get(PAGE).text


def test_it_takes_as_many_queries_for_many_requests_as_for_few(client, ana):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(PAGE)
        return len(captured)

    store(1)
    few = queries()
    store(60, status="contacted")
    assert queries() == few < 40


@pytest.mark.parametrize("role", ["front-desk", "clinician", "lead"])
def test_everybody_at_the_desk_finds_it_in_the_header(client, role):
    sign_in(client, make_staff(role, "ben"))
    assert f'href="{PAGE}"' in client.get("/admin/", follow=True).text


def test_who_may_not_see_it_is_not_led_to_it(client):
    sign_in(client, make_staff("site-admin", "sam"))
    assert PAGE not in client.get("/admin/").text
    assert client.get(PAGE).status_code == 403


# The website itself


@pytest.fixture
def place(settings, tmp_path):
    settings.VAR_DIR, settings.PUBLISHED_DIR = tmp_path, tmp_path / "published"
    settings.BACKUP_DIR = tmp_path / "backups"
    return tmp_path


def line(label):
    return next(line for line in system_status.lines(timezone.now()) if line.label == label)


def test_nothing_published_yet_and_no_backup_is_said(place):
    assert not line("Pages published").is_well
    assert not line("Pages past review date").is_well
    assert not line("Newest backup").is_well


def test_pages_past_their_review_are_named_from_what_was_published(
    place, settings, published_content
):
    shutil.copytree(published_content, settings.PUBLISHED_DIR, symlinks=True)
    assert line("Pages published").is_well
    assert line("Pages past review date").words == "none"
    file = settings.PUBLISHED_DIR / "current" / "manifest.json"
    manifest = json.loads(file.read_text())
    assert "/risks/" in manifest["review_by"]
    manifest["review_by"]["/risks/"] = "2020-01-01"
    file.write_text(json.dumps(manifest))
    assert line("Pages past review date") == system_status.Line(
        "Pages past review date", "/risks/", is_well=False
    )


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"review_by": {"/": 3}}', "\udcff"])
def test_a_damaged_manifest_breaks_nothing(place, settings, content):
    folder = settings.PUBLISHED_DIR / "current"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(content.encode(errors="surrogateescape"))
    assert not line("Pages past review date").is_well


@pytest.mark.parametrize(("age", "well"), [(DAY, True), (3 * DAY, False)])
def test_an_old_backup_is_warned_about(place, age, well):
    (place / "backups").mkdir()
    file = place / "backups" / "2026-11-20.sqlite3"
    file.write_text("")
    made = clock() - age.total_seconds()
    os.utime(file, (made, made))
    assert line("Newest backup").is_well == well


def test_mail_that_waits_or_fails_and_a_missing_worker_are_told(place):
    assert line("Mail worker").is_well is False
    heartbeat.beat(timezone.now())
    assert line("Mail worker").is_well
    inquiry = make_inquiry()
    Notice.objects.create(inquiry=inquiry, kind="staff", error="TimeoutError")
    assert (line("Emails waiting").words, line("Emails not sent").words) == (
        "1",
        "1",
    )


def test_a_disk_that_is_nearly_full_is_warned_about(place, monkeypatch):
    monkeypatch.setattr(system_status.shutil, "disk_usage", lambda _: fake)
    fake = type("Usage", (), {"total": 100e9, "free": 5e9})
    assert line("Disk") == system_status.Line("Disk", "5.0 GB free of 100.0", is_well=False)


def test_unknown_opening_hours_are_warned_about_with_what_to_add(place, clinic_file):
    clinic_file()
    assert not line("Opening hours").is_well
    assert "Add `hours:` to clinic.yaml" in line("Opening hours").words
    clinic_file(hours={"monday": "9 am to 5 pm"})
    assert "Opening hours" not in [each.label for each in system_status.lines(timezone.now())]
