"""The calendar file of an appointment."""

from datetime import UTC, datetime

import pytest

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.appointments.calendar_file import escaped, folded
from kapsite.inquiries.models import Access, Appointment, Inquiry
from tests.factories import make_inquiry

pytestmark = pytest.mark.django_db
STARTS_AT = datetime(2026, 12, 2, 17, tzinfo=UTC)


@pytest.fixture
def booked():
    inquiry = make_inquiry(
        name="Zyxcanary", message="Depression.", status="scheduled", next_action_on=STARTS_AT.date()
    )
    return Appointment.objects.create(
        inquiry=inquiry, starts_at=STARTS_AT, length=90, clinician="Dr. Zyxian", place="video",
        made_in=1,
    )  # fmt: skip


def download(client, appointment):
    return client.get(f"/admin/inquiries/inquiry/{appointment.inquiry_id}/calendar/")


def properties(response):
    lines = response.content.decode().removesuffix("\r\n").split("\r\n")
    return dict(line.split(":", 1) for line in lines)


def test_it_says_when_in_utc_and_the_reference_and_nothing_else(client, ana, booked):
    response = download(client, booked)
    reference = booked.inquiry.reference_in_groups
    found = properties(response)
    assert found.pop("DTSTAMP").endswith("Z")
    assert found == {
        "BEGIN": "VEVENT",
        "VERSION": "2.0",
        "PRODID": "-//Desk//Appointments//EN",
        "UID": str(booked.uid),
        "SEQUENCE": "0",
        "STATUS": "CONFIRMED",
        "DTSTART": "20261202T170000Z",
        "DTEND": "20261202T183000Z",
        "SUMMARY": f"Appointment {reference}",
        "CLASS": "PRIVATE",
        "END": "VCALENDAR",
    }
    everything = (response.content.decode() + str(response.headers)).lower()
    clinic_words = get_clinic().name.lower().split()
    assert not [word for word in ("zyx", "depress", "video", *clinic_words) if word in everything]


def test_it_is_logged_and_kept_nowhere(client, ana, booked):
    response = download(client, booked)
    assert response["Content-Type"] == "text/calendar"
    assert "no-store" in response["Cache-Control"]
    name = f"appointment-{booked.inquiry.reference}.ics"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    [row] = Access.objects.filter(act="exported", details="calendar file")
    assert (row.reference, row.by) == (booked.inquiry.reference, ana)
    assert booked.inquiry.activities.get().kind == "exported"


def test_every_line_ends_as_the_standard_says(client, ana, booked):
    content = download(client, booked).content
    assert content.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.parametrize("then_at", [STARTS_AT.replace(hour=18), STARTS_AT.replace(day=1)])
def test_one_that_is_moved_replaces_itself_in_the_calendar(client, ana, booked, then_at):
    first = properties(download(client, booked))
    booked.end("moved", 2)
    Appointment.objects.create(
        inquiry=booked.inquiry, uid=booked.uid, starts_at=then_at, length=60,
        place="phone", made_in=2,
    )  # fmt: skip
    Inquiry.objects.update(version=2)
    then = properties(download(client, booked))
    assert then["UID"] == first["UID"]
    assert int(then["SEQUENCE"]) > int(first["SEQUENCE"])
    assert (then["DTSTART"], then["STATUS"]) == (f"{then_at:%Y%m%dT%H%M%SZ}", "CONFIRMED")


@pytest.mark.parametrize("how", ["canceled", "closed", "withdrawn"])
def test_one_that_is_off_is_canceled_in_the_calendar(client, ana, booked, how):
    if how == "canceled":
        booked.end("canceled", 2)
    elif how == "closed":
        Inquiry.objects.update(status="closed", outcome="declined", closed_at=STARTS_AT)
    else:
        Inquiry.objects.update(withdrawn_at=STARTS_AT)
    assert properties(download(client, booked))["STATUS"] == "CANCELLED"


def test_one_that_was_attended_stays_in_the_calendar(client, ana, booked):
    booked.end("attended", 2)
    assert properties(download(client, booked))["STATUS"] == "CONFIRMED"


def test_without_an_appointment_there_is_no_file(client, ana):
    assert client.get(f"/admin/inquiries/inquiry/{make_inquiry().pk}/calendar/").status_code == 404
    assert not Access.objects.filter(act="exported").exists()


def test_special_characters_are_escaped():
    assert escaped("a,b;c\\d\r\ne") == "a\\,b\\;c\\\\d\\ne"


@pytest.mark.parametrize("line", ["SUMMARY:" + "ü" * 100, "x" * 75, "x" * 76, "日" * 60, ""])
def test_a_long_line_is_folded_between_characters(line):
    parts = list(folded(line))
    assert all(len(part) <= 75 for part in parts)
    assert all(part.startswith(b" ") for part in parts[1:])
    assert b"\r\n".join(parts).replace(b"\r\n ", b"").decode() == line
    for part in parts:
        part.decode()
