"""The report of a month: what counts, in which week and on which day, on paper and as CSV."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kapsite.clinic.days import start_of, today
from kapsite.inquiries.desk.reports.month import month_report
from kapsite.inquiries.models import Access, Appointment
from tests.factories import make_inquiry
from tests.inquiries.reading import text

pytestmark = pytest.mark.django_db
NOVEMBER = date(2025, 11, 1)
LATER = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def on(day: date, hour=12, **fields):
    received = start_of(day) + hour * HOUR
    if (wait := fields.pop("wait", None)) is not None:
        fields["first_contact_at"] = received + wait
    return make_inquiry(received_at=received, **fields)


def report(first=NOVEMBER, now=LATER):
    return month_report(first, now)


def test_it_counts_what_came_in_who_was_reached_and_what_became_of_it():
    on(date(2025, 11, 3), wait=HOUR, status="contacted")
    on(date(2025, 11, 4), wait=3 * HOUR, status="scheduled", next_action_on=date(2026, 1, 1))
    closed = {"status": "closed", "closed_at": start_of(date(2025, 11, 20))}
    on(date(2025, 11, 12), wait=26 * HOUR, outcome="evaluated", **closed)
    on(date(2025, 11, 13), outcome="unreached", **closed)
    found = report()
    total = found.total
    assert (total.received, total.reached, total.booked, total.came) == (4, 3, 2, 1)
    assert (total.median, total.slowest) == (3 * 3600, 26 * 3600)
    counted = {each.label: each.number for each in found.outcomes if each.number}
    assert counted == {"Attended evaluation": 1, "Could not be reached": 1}


@pytest.mark.parametrize(
    ("state", "booked", "came"),
    [("booked", 1, 0), ("attended", 1, 1), ("no_show", 1, 0), ("canceled", 1, 0)],
)
def test_appointments_say_who_booked_and_who_came(state, booked, came):
    inquiry = on(date(2025, 11, 3), status="contacted")
    on(date(2025, 11, 4))
    ended = {} if state == "booked" else {"ended_in": 2}
    Appointment.objects.create(
        inquiry=inquiry, starts_at=LATER, length=60, place="video", made_in=1, state=state, **ended
    )
    total = report().total
    assert (total.received, total.booked, total.came) == (2, booked, came)


def test_weeks_begin_on_monday_and_end_with_the_month():
    for day in (1, 2, 3, 9, 30):
        on(date(2025, 11, day))
    weeks = {week.label: week.received for week in report().weeks}
    assert weeks == {"Nov 1–2": 2, "Nov 3–9": 2, "Nov 10–16": 0, "Nov 17–23": 0, "Nov 24–30": 1}


def test_weekdays_are_counted_from_monday():
    on(date(2025, 11, 3))
    on(date(2025, 11, 10))
    on(date(2025, 11, 30))
    assert [each.received for each in report().weekdays] == [2, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("first", "inside", "outside"),
    [
        (date(2025, 11, 1), [(date(2025, 11, 1), 0)], [(date(2025, 10, 31), 23.9)]),
        (date(2025, 11, 1), [(date(2025, 11, 30), 23.9)], [(date(2025, 12, 1), 0)]),
        (date(2024, 2, 1), [(date(2024, 2, 29), 23.9)], [(date(2024, 3, 1), 0)]),
        (date(2025, 12, 1), [(date(2025, 12, 31), 23.9)], [(date(2026, 1, 1), 0)]),
    ],
    ids=["begin", "end", "leap day", "new year"],
)
def test_a_month_begins_and_ends_at_the_clinics_midnight(first, inside, outside):
    for day, hour in [*inside, *outside]:
        on(day, hour)
    assert report(first).total.received == len(inside)


def test_a_day_of_25_hours_is_one_day():
    """Daylight saving time ended on November 2, 2025."""
    late = start_of(date(2025, 11, 3)) - timedelta(minutes=1)
    make_inquiry(received_at=late)
    make_inquiry(received_at=start_of(date(2025, 11, 2)))
    assert {week.label: week.received for week in report().weeks}["Nov 1–2"] == 2
    assert [each.received for each in report().weekdays][-1] == 2


def test_the_clinics_own_time_zone_decides(clinic_file):
    make_inquiry(received_at=datetime(2025, 11, 30, 20, tzinfo=UTC))
    clinic_file(time_zone="Pacific/Auckland")  # December there
    assert report().total.received == 0
    assert report(date(2025, 12, 1)).total.received == 1


def test_spam_and_what_was_withdrawn_in_time_are_not_counted():
    on(date(2025, 11, 3), status="spam")
    on(date(2025, 11, 3), status="flood", flood="total")
    withdrawn = start_of(date(2025, 11, 3))
    on(date(2025, 11, 3), status="withdrawn", withdrawn_from="new", withdrawn_at=withdrawn)
    assert report().total.received == 0


def test_outcomes_are_those_of_requests_closed_in_the_month():
    for closed in (date(2025, 10, 31), date(2025, 11, 1), date(2025, 12, 1)):
        at = start_of(closed)
        on(date(2025, 10, 2), status="closed", outcome="declined", closed_at=at)
    assert sum(each.number for each in report().outcomes) == 1


def test_a_contact_before_the_form_is_no_negative_wait():
    on(date(2025, 11, 3), wait=-HOUR)
    assert report().total.median == 0


def test_the_current_month_shows_the_days_so_far(client, lead):
    make_inquiry()
    shown = text(client.get(reverse("admin:inquiries_report")))
    assert f"{today():%B %Y} So far" in shown
    assert "Received 1" in shown


def test_days_that_have_not_begun_are_no_weeks_yet():
    weeks = report(now=start_of(date(2025, 11, 11))).weeks
    assert [week.label for week in weeks] == ["Nov 1–2", "Nov 3–9", "Nov 10–11"]


def test_an_empty_month_says_zero(client, lead):
    shown = text(client.get(reverse("admin:inquiries_month", args=[2001, 2])))
    assert "Received 0" in shown
    assert "Median time –" in shown


@pytest.mark.parametrize(
    "path", ["2025-13/", "2025-00/", "1999-12/", "99999-01/", "9999-12/", "2025-13.csv", "0000-05/"]
)
def test_a_month_that_is_none_or_has_not_begun_is_not_found(client, lead, path):
    assert client.get(reverse("admin:inquiries_report") + path).status_code == 404


def test_months_lead_to_each_other_up_to_the_current_one(client, lead):
    page = client.get(reverse("admin:inquiries_month", args=[2025, 12])).text
    assert reverse("admin:inquiries_month", args=[2025, 11]) in page
    assert reverse("admin:inquiries_month", args=[2026, 1]) in page
    assert 'rel="next"' not in client.get(reverse("admin:inquiries_report")).text


def test_the_csv_has_a_row_for_each_item(client, lead):
    on(date(2025, 11, 3), wait=90 * timedelta(minutes=1), status="contacted")
    response = client.get(reverse("admin:inquiries_month_csv", args=[2025, 11]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="report-2025-11.csv"'
    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert rows[0][:4] == ["Part", "Item", "Received", "Reached"]
    assert rows[1] == ["Month", "November 2025", "1", "1", "90", "90", "0", "0", ""]
    assert [row[0] for row in rows[2:]] == ["Week"] * 5 + ["Weekday"] * 7 + ["Outcome"] * 6
    assert {len(row) for row in rows} == {9}
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@")]


def test_looking_is_logged_with_the_month(client, lead):
    client.get(reverse("admin:inquiries_month", args=[2025, 11]))
    client.get(reverse("admin:inquiries_month_csv", args=[2025, 11]))
    logged = Access.objects.order_by("pk").values_list("act", "details")
    assert list(logged) == [
        ("overview", "report 2025-11, page"),
        ("overview", "report 2025-11, CSV"),
    ]


def test_it_names_nobody(client, lead):
    on(date(2025, 11, 3), name="Canary", message="Canary", email="canary@example.org")
    for view in ("month", "month_csv"):
        page = client.get(reverse(f"admin:inquiries_{view}", args=[2025, 11])).text
        assert "anary" not in page


def test_it_costs_the_same_number_of_queries_for_many_requests(
    client, lead, django_assert_num_queries
):
    address = reverse("admin:inquiries_month", args=[2025, 11])
    on(date(2025, 11, 1))
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for day in range(1, 20):
        on(date(2025, 11, day), wait=HOUR)
    with django_assert_num_queries(len(few)):
        client.get(address)
