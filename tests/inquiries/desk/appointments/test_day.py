"""The day view."""

from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kapsite.inquiries.models import Access, Appointment
from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
PAGE = "/admin/inquiries/inquiry/appointments/"
ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 12, 1, 10, 40, tzinfo=ZONE)  # a Tuesday


@pytest.fixture
def ana(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return sign_in(client, make_staff("front-desk", "ana", first_name="Ana"))


def book(at="2026-12-01T09:00", clinician="Dr. Rivera", length=60, state="booked", **fields):
    inquiry = make_inquiry(**{"status": "scheduled", "next_action_on": NOW.date()} | fields)
    made = {"made_in": 1, "ended_in": None if state == "booked" else 2, "place": "in_person"}
    starts_at = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    return Appointment.objects.create(
        inquiry=inquiry,
        starts_at=starts_at,
        length=length,
        clinician=clinician,
        state=state,
        **made,
    )


def blocks(page):
    return [each for each in Page(page.text).all("li") if "slot" in (each["class"] or "").split()]


def test_a_day_names_who_comes_when_to_whom_and_where(client, ana):
    book(name="Erin Sato", message="Zyxcanary", topics="depression", safety_concern=True,
         safety_concern_reason="zyxreason")  # fmt: skip
    page = client.get(PAGE, {"day": "2026-12-01"})
    told = Page(page.text).all("main")[0].words
    assert "Tue Dec 1 today · 1 appointment · 1 needs an answer" in told
    assert "Dr. Rivera 1 Erin Sato 9:00–10:00 AM Safety concern In person" in told
    assert "<title>Appointments | Tue Dec 1 | Desk</title>" in page.text
    assert not {"Zyxcanary", "zyxreason", "epression"} & set(told.split())
    [row] = Access.objects.filter(details="appointments 2026-12-01")
    assert (row.act, row.count, row.by) == ("listed", 1, ana)
    assert "no-store" in page["Cache-Control"]


def test_who_may_not_see_names_in_lists_sees_references(client, ana):
    made = book(name="Erin Sato")
    sign_in(client, make_staff("clinician", "ben"))
    page = client.get(PAGE).text
    assert "Erin Sato" not in page
    assert made.inquiry.reference_in_groups in page


@pytest.mark.parametrize("day", ["", "soon", "0001-01-01", "9999-12-31", "2026-13-01", "\x00"])
def test_what_is_no_day_is_today(client, ana, day):
    assert client.get(PAGE, {"day": day}).context["day"] == NOW.date()


def test_each_appointment_stands_where_its_time_is(client, ana):
    book("2026-12-01T09:20", length=45)
    [block] = blocks(client.get(PAGE))
    assert block["class"].split() == ["slot", "h9", "q1", "n4", "lane1", "of1", "slot-ask"]
    assert "style=" not in client.get(PAGE).text


def test_appointments_that_overlap_stand_side_by_side(client, ana):
    for at in ("13:00", "13:30", "14:00", "16:00"):
        book(f"2026-12-01T{at}")
    page = client.get(PAGE)
    places = [each["class"].split()[4:6] for each in blocks(page)]
    assert places == [["lane1", "of2"], ["lane2", "of2"], ["lane1", "of2"], ["lane1", "of1"]]
    assert page.context["overlapping"] == 3


def test_those_called_off_are_not_on_it_and_those_attended_are(client, ana):
    book(state="moved")
    book(state="canceled")
    book(status="contacted")
    book(withdrawn_at=NOW)
    book(state="attended", status="closed", outcome="evaluated", closed_at=NOW, name="Came")
    [block] = blocks(client.get(PAGE))
    assert "Came" in block.words
    assert "Attended" in block.words


def test_whether_they_came_can_be_answered_on_the_day(client, ana):
    book("2026-12-01T10:00")
    book("2026-12-01T11:00")
    page = client.get(PAGE)
    actions = [button["formaction"] for button in buttons(page)]
    inquiry = Appointment.objects.order_by("starts_at")[0].inquiry
    assert actions == [
        f"/admin/inquiries/inquiry/{inquiry.pk}/step/{name}/" for name in ("attended", "no_show")
    ]
    client.post(actions[0], {"version": inquiry.version})
    assert Appointment.objects.filter(state="attended").count() == 1


def buttons(page):
    """Those that say whether a person attended."""
    return [each for each in Page(page.text).all("button") if each["form"] == "answers"]


def press(client, page, words):
    """What a click on the button with ``words`` leads to; it sends what its form holds too."""
    button = next(each for each in buttons(page) if each.words == words)
    sent = held(page, lambda form: form["id"] == "answers") | {"version": button["value"]}
    return client.post(button["formaction"], sent, follow=True)


def undo(client, page):
    sent = held(page, lambda form: form.words == "Undo")
    form = next(each for each in Page(page.text).all("form") if each.words == "Undo")
    return client.post(form["action"], sent, follow=True)


def held(page, is_wanted):
    elements = Page(page.text).all("form", "input")
    form = next(each for each in elements if each.tag == "form" and is_wanted(each))
    fields = takewhile(lambda each: each.tag == "input", elements[elements.index(form) + 1 :])
    return {each["name"]: each["value"] for each in fields}


@pytest.mark.parametrize(("words", "state"), [("Attended", "attended"), ("No-show", "no_show")])
def test_the_answer_leads_back_to_the_day_and_so_does_its_undo(client, ana, words, state):
    made = book("2026-11-30T10:00", name="Erin Sato", version=1)
    day = {"day": "2026-11-30"}
    answered = press(client, client.get(PAGE, day), words)
    assert answered.redirect_chain[-1][0].split("#")[0] == f"{PAGE}?day=2026-11-30"
    assert answered.redirect_chain[-1][0].endswith(f"#saved-{made.inquiry.pk}-{state}")
    made.refresh_from_db()
    assert made.state == state
    undone = undo(client, answered)
    assert undone.redirect_chain[-1][0] == f"{PAGE}?day=2026-11-30"
    assert "Undone. The request is as it was." in undone.text
    made.refresh_from_db()
    assert made.state == "booked"
    assert "Did they attend?" in undone.text


@pytest.mark.parametrize("day", ["//evil.example", "9999-99-99", "0001-01-01", "\0"])
def test_an_answer_leads_to_no_other_place(client, ana, day):
    inquiry = book("2026-12-01T10:00").inquiry
    sent = {"version": inquiry.version, "from_day": day}
    answer = client.post(f"/admin/inquiries/inquiry/{inquiry.pk}/step/attended/", sent)
    assert answer["Location"].startswith(f"/admin/inquiries/inquiry/{inquiry.pk}/change/")


def test_a_clinician_who_left_keeps_a_column_while_something_is_booked(client, ana):
    make_staff("clinician", "cho", first_name="Dr. Cho")
    book(clinician="Dr. Gone")
    assert [each.clinician for each in client.get(PAGE).context["columns"]] == [
        *("Dr. Cho", "Dr. Gone"),
    ]


def test_a_break_and_a_closed_day_are_said(client, ana, clinic_file):
    clinic_file(hours={"tuesday": "9 am to noon, 1 pm to 5 pm"}, holidays=["2026-12-08"])
    assert "Closed 12:00 PM – 1:00 PM" in Page(client.get(PAGE).text).all("main")[0].words
    text = client.get(PAGE, {"day": "2026-12-08"}).text
    assert "The clinic is closed on this day, and nothing is booked." in text


def test_a_day_is_that_of_the_clinic(client, ana, clinic_file):
    clinic_file()
    book("2026-12-01T23:30")
    assert len(blocks(client.get(PAGE))) == 1
    clinic_file(time_zone="America/New_York")
    assert len(blocks(client.get(PAGE, {"day": "2026-12-01"}))) == 0
    [block] = blocks(client.get(PAGE, {"day": "2026-12-02"}))
    assert "2:30–3:30 AM" in block.words


def test_the_page_takes_as_many_queries_for_many_as_for_one(client, ana, django_assert_num_queries):
    book()
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for hour in range(9, 17):
        book(f"2026-12-01T{hour:02}:00", clinician=f"Dr. {hour}")
        book(f"2026-12-03T{hour:02}:00")
    with django_assert_num_queries(len(one)):
        client.get(PAGE)


def test_a_late_one_is_on_the_page_to_its_end(client, ana):
    book("2026-12-01T22:30", length=120)
    assert client.get(PAGE).context["hours"][-1].hour == 23
