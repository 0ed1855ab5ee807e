"""Appointments: booked, moved, called off, attended or not; by step and through the record."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import timezone

from kapsite.inquiries.data_protection.erasure import erase
from kapsite.inquiries.desk.steps.base import NeedsConfirmation, NotPossible
from kapsite.inquiries.desk.steps.registry import BY_NAME, steps_for
from kapsite.inquiries.models import Access, Appointment, Inquiry, Undo
from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 10, 40, tzinfo=ZoneInfo("America/Los_Angeles"))  # a Tuesday
WEDNESDAY = {"next_action_on": "2026-12-02", "next_action_time": "09:00"}


@pytest.fixture
def ana(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return sign_in(client, make_staff("front-desk", "ana", first_name="Ana"))


def form(inquiry, user, /, name="scheduled", **sent):
    return BY_NAME[name](inquiry, user, (WEDNESDAY if name == "scheduled" else {}) | sent)


def book(inquiry, user, /, **sent):
    step = form(inquiry, user, **sent)
    assert step.is_valid(), step.errors
    step.apply(inquiry.version)
    return step


def take(name, inquiry, user, /, **sent):
    step = form(inquiry, user, name=name, **sent)
    assert step.is_valid(), step.errors
    step.apply(inquiry.version)
    return Inquiry.objects.get(pk=inquiry.pk)


def stored():
    return list(Appointment.objects.order_by("pk").values_list("state", "made_in", "ended_in"))


def address(inquiry, name="scheduled"):
    return f"/admin/inquiries/inquiry/{inquiry.pk}/step/{name}/"


# Booking


def test_one_click_on_a_proposed_time_books_it(client, ana):
    inquiry = make_inquiry(times="morning")
    slot = form(inquiry, ana).slots[0].value
    client.post(address(inquiry), {"version": 0, "slot": slot})
    [made] = Appointment.objects.all()
    assert (made.starts_at, made.length, made.place) == (
        NOW + timedelta(hours=22, minutes=20),
        60,
        "in_person",
    )
    inquiry.refresh_from_db()
    assert (inquiry.status, str(inquiry.next_action_on)) == ("scheduled", "2026-12-02")
    assert f"{inquiry.next_action_time:%H:%M}" == "09:00"
    assert Access.objects.filter(act="changed", details="Schedule evaluation").count() == 1


@pytest.mark.parametrize(
    ("chosen", "length"), [("90", 90), ("", 60), ("75", 60), ("-1", 60), ("9" * 5000, 60)]
)
def test_a_proposed_time_is_as_long_as_the_page_that_proposed_it_was_told(
    client, ana, chosen, length
):
    inquiry = make_inquiry()
    record = f"/admin/inquiries/inquiry/{inquiry.pk}/change/"
    page = client.get(record, {"step": "scheduled", "length": chosen}).text
    assert f"{length} minutes, in person · one click books it" in Page(page).all("main")[0].words
    slots = [each["value"] for each in Page(page).all("button") if each["name"] == "slot"]
    # As the form sends it: the field for another time still holds what it held.
    client.post(address(inquiry), {"version": 0, "slot": slots[0], "length": "30"})
    assert Appointment.objects.get().length == length


def test_an_appointment_that_is_moved_stays_as_long_as_it_was(ana):
    inquiry = make_inquiry()
    book(inquiry, ana, length="90", place="video")
    step = BY_NAME["scheduled"](Inquiry.objects.get(), ana)
    assert {slot.length for slot in step.slots} == {90}


def test_another_time_is_booked_as_the_form_says(ana):
    make_staff("clinician", "rivera", first_name="Dr. Rivera")
    inquiry = make_inquiry()
    step = book(inquiry, ana, length="90", place="video", clinician="Dr. Rivera", note="By car.")
    assert step.summary == "Evaluation scheduled for Wed Dec 2, 9 AM with Dr. Rivera."
    assert inquiry.activities.get().note == ("Wed Dec 2, 9 AM, 90 min, Dr. Rivera, video\nBy car.")


def test_a_click_repeated_is_one_appointment_and_no_conflict(client, ana):
    inquiry = make_inquiry()
    sent = {"version": 0, "slot": form(inquiry, ana).slots[0].value}
    first, second = client.post(address(inquiry), sent), client.post(address(inquiry), sent)
    assert first.status_code == second.status_code == 302
    assert stored() == [("booked", 1, None)]


def test_an_old_page_books_nothing(client, ana):
    inquiry = make_inquiry(version=3)
    assert client.post(address(inquiry), {"version": 2, **WEDNESDAY}).status_code == 409
    assert stored() == []


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"next_action_on": ""}, "next_action_on", "Enter a date"),
        ({"next_action_time": ""}, "next_action_time", "Enter a time"),
        ({"next_action_time": "25:00"}, "next_action_time", "Enter a time, like 3:30 PM"),
        ({"next_action_on": "2026-11-30"}, "next_action_on", "The date must be today or later"),
        ({"next_action_on": "2028-11-30"}, "next_action_on", "The date must be within a year"),
        (
            {"next_action_on": "2026-12-01", "next_action_time": "10:40"},
            "next_action_time",
            "The time must be later than now",
        ),
        (
            {"next_action_on": "2027-03-14", "next_action_time": "02:30"},
            "next_action_time",
            "The clocks skip 2:30 AM on that day. Enter another time",
        ),
        ({"length": "0"}, "length", "Select a length from the list"),
        ({"length": "6000"}, "length", "Select a length from the list"),
        ({"length": "-60"}, "length", "Select a length from the list"),
        ({"length": "nine"}, "length", "Select a length from the list"),
        ({"place": "moon"}, "place", "Select a place from the list"),
        ({"clinician": "Dr. Gone"}, "clinician", "Select a clinician from the list"),
        ({"slot": "now"}, "__all__", "Select a time from the list"),
        ({"slot": "2026-12-02T09:00 15 Ben"}, "__all__", "Select a time from the list"),
        ({"slot": "2026-12-02T09:00 Ben"}, "__all__", "Select a time from the list"),
        ({"slot": "9999-12-31T23:30 60 Ben"}, "__all__", "Select a time from the list"),
        ({"slot": "2027-12-03T09:00 60 Ben"}, "__all__", "Select a time from the list"),
        (
            {"slot": "0001-01-01T00:00 60 Ben"},
            "next_action_time",
            "The time must be later than now",
        ),
        (
            {"slot": "2026-12-02T09:00 60 Dr. Gone"},
            "__all__",
            "Dr. Gone isn’t available anymore. Select another time",
        ),
        (
            {"slot": "2026-11-02T09:00 60 Ben"},
            "next_action_time",
            "The time must be later than now",
        ),
    ],
)
def test_what_cannot_be_booked_is_refused_in_words(ana, sent, field, message):
    make_staff("clinician", "ben", first_name="Ben")
    step = form(make_inquiry(), ana, **sent)
    assert not step.is_valid()
    assert step.errors[field] == [message]


def test_of_an_hour_that_comes_twice_the_first_is_meant(ana):
    twice = {"next_action_on": "2027-11-07", "next_action_time": "01:30"}
    step = form(make_inquiry(), ana, **twice)
    step.is_valid()
    assert step.starts_at.astimezone(UTC).hour == 8  # still daylight saving time
    assert step.ends_at.astimezone(UTC) - step.starts_at.astimezone(UTC) == timedelta(hours=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "closed", "outcome": "declined", "closed_at": NOW},
        {"status": "spam"},
        {"status": "withdrawn", "withdrawn_at": NOW, "withdrawn_from": "new"},
        {"status": "contacted", "withdrawn_at": NOW},
    ],
)
def test_a_closed_or_withdrawn_request_gets_no_appointment(ana, fields):
    step = form(make_inquiry(**fields), ana)
    step.is_valid()
    with pytest.raises(NotPossible):
        step.apply(0)
    assert stored() == []


# Warnings


@pytest.mark.parametrize(
    ("sent", "warning"),
    [
        ({"next_action_on": "2026-12-05"}, "The clinic is closed on Sat Dec 5."),
        ({"next_action_on": "2026-12-25"}, "The clinic is closed on Fri Dec 25."),
        (
            {"next_action_time": "16:30"},
            "On Wed Dec 2 the clinic is open 9 am to 5 pm. This ends at 5:30 pm.",
        ),
    ],
)
def test_a_closed_day_or_hour_is_a_warning_until_it_is_confirmed(ana, clinic_file, sent, warning):
    clinic_file(holidays=["2026-12-25"])
    inquiry = make_inquiry()
    step = form(inquiry, ana, **sent)
    assert not step.is_valid()
    assert step.warnings == [warning]
    assert step.errors == {"__all__": [f"Not booked yet. {warning}"]}
    book(inquiry, ana, **sent, anyway=warning)
    assert stored() == [("booked", 1, None)]


def test_a_double_booking_is_a_warning_that_names_nobody(client, ana):
    book(make_inquiry(name="Zyxcanary"), make_staff("lead", "ben"))
    other = make_inquiry()
    late = {"version": 0, "next_action_on": "2026-12-02", "next_action_time": "09:30"}
    page = client.post(address(other), late | {"note": "Prefers mornings."})
    told = Page(page.text).all("body")[0].words
    assert "There is another appointment at 9 am for 60 min." in told
    assert "Prefers mornings." in page.text
    assert 'value="09:30"' in page.text
    assert "Zyxcanary" not in page.text
    assert Appointment.objects.count() == 1


def test_a_confirmed_warning_confirms_no_other(ana):
    inquiry = make_inquiry()
    confirmed = form(inquiry, ana, next_action_on="2026-12-05")
    confirmed.is_valid()
    other = form(inquiry, ana, next_action_on="2026-12-06", anyway=confirmed.confirmation)
    assert not other.is_valid()


def test_two_clinicians_can_have_the_same_time(ana):
    for name in ("Ben", "Cho"):
        make_staff("clinician", name, first_name=name)
        book(make_inquiry(), ana, clinician=name)
    assert Appointment.objects.count() == 2


def test_a_time_taken_while_the_form_was_checked_is_a_warning_too(ana):
    step = form(make_inquiry(), ana)
    assert step.is_valid()
    book(make_inquiry(), ana)
    with pytest.raises(NeedsConfirmation):
        step.apply(0)
    assert Appointment.objects.count() == 1
    assert step.warnings == ["There is another appointment at 9 am for 60 min."]


def test_of_two_who_take_one_time_at_once_one_is_warned(shared_database):
    staff, usual = make_staff("front-desk", "ana"), connections["default"]
    staff.has_perm("inquiries.change_inquiry")  # read once, for both threads
    inquiries, barrier = [make_inquiry(), make_inquiry()], Barrier(2)
    slot = form(inquiries[0], staff).slots[0].value

    def run(inquiry):
        connections["default"] = type(usual)(usual.settings_dict)
        step = form(inquiry, staff, slot=slot)
        assert step.is_valid(), step.errors
        barrier.wait(60)
        try:
            step.apply(0)
        except NeedsConfirmation:
            return "warned"
        finally:
            connections["default"].close()
        return "booked"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, inquiries)) == ["booked", "warned"]
    assert Appointment.objects.count() == 1


# Afterwards


def test_one_that_is_moved_keeps_its_uid_and_overlaps_itself_in_peace(ana):
    inquiry = make_inquiry()
    book(inquiry, ana)
    step = book(Inquiry.objects.get(), ana, next_action_time="09:30", length="90")
    assert step.summary == "Evaluation moved to Wed Dec 2, 9:30 AM."
    assert stored() == [("moved", 1, 2), ("booked", 2, None)]
    first, second = Appointment.objects.order_by("pk")
    assert first.uid == second.uid


def test_one_that_is_canceled_leaves_its_time_free(ana):
    book(make_inquiry(), ana)
    inquiry = take("unscheduled", Inquiry.objects.get(), ana, next_action_on="2026-12-03")
    assert (inquiry.status, stored()) == ("contacted", [("canceled", 1, 2)])
    assert not Appointment.objects.live().exists()
    book(make_inquiry(), ana)


@pytest.mark.parametrize("name", ["close", "spam", "wait"])
def test_a_request_that_leaves_scheduled_calls_its_appointment_off(ana, name):
    book(make_inquiry(), ana)
    take(name, Inquiry.objects.get(), ana, outcome="declined", next_action_on="2026-12-03")
    assert not Appointment.objects.live().exists()


@pytest.mark.parametrize("name", ["close", "spam", "wait"])
def test_one_booked_after_such_a_step_is_the_only_one_even_if_it_is_earlier(ana, name):
    book(make_inquiry(), ana, next_action_on="2026-12-21")
    take(name, Inquiry.objects.get(), ana, outcome="declined", next_action_on="2026-12-03")
    if name == "close":
        take("reopen", Inquiry.objects.get(), ana, next_action_on="2026-12-03")
    elif name == "spam":
        take("restore", Inquiry.objects.get(), ana)
    book(Inquiry.objects.get(), ana, next_action_on="2026-12-10")
    assert [state for state, *_ in stored()] == ["canceled", "booked"]
    newest = Appointment.objects.latest("pk")
    assert list(Appointment.objects.live()) == [newest]
    assert Inquiry.objects.get().appointment == newest
    assert Undo.objects.latest("pk").apply()
    assert stored() == [("booked", 1, None)]
    assert not Appointment.objects.live().exists()


def test_whether_they_came_is_asked_once_it_has_begun(ana, monkeypatch):
    book(make_inquiry(), ana)
    inquiry = Inquiry.objects.get()
    asked = {"attended", "no_show"}
    assert not asked & {step.name for step in steps_for(inquiry, ana)}
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=1))
    assert asked <= {step.name for step in steps_for(Inquiry.objects.get(), ana)}


@pytest.fixture
def begun(ana, monkeypatch):
    book(make_inquiry(), ana)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=1))
    return Inquiry.objects.get()


def test_one_that_was_attended_closes_the_request(ana, begun):
    inquiry = take("attended", begun, ana)
    assert (inquiry.status, inquiry.outcome) == ("closed", "evaluated")
    assert stored() == [("attended", 1, 2)]
    assert inquiry.activities.first().note == "Wed Dec 2, 9 AM, 60 min, in person"


def test_a_safety_concern_keeps_the_request_open(ana, begun):
    begun.safety_concern, begun.safety_concern_reason = True, "So."
    begun.save()
    inquiry = take("attended", begun, ana)
    assert (inquiry.status, str(inquiry.next_action_on)) == ("contacted", "2026-12-03")


def test_after_a_no_show_somebody_tries_to_reach_them_today(ana, begun):
    inquiry = take("no_show", begun, ana)
    assert (inquiry.status, str(inquiry.next_action_on)) == ("trying", "2026-12-02")
    assert stored() == [("no_show", 1, 2)]


@pytest.mark.parametrize("name", ["unscheduled", "attended", "no_show"])
def test_undo_brings_the_appointment_back(ana, begun, name):
    take(name, begun, ana, next_action_on="2026-12-04")
    assert Undo.objects.latest("pk").apply()
    assert stored() == [("booked", 1, None)]
    assert Appointment.objects.live().exists()


def test_undo_takes_a_booking_back_and_moves_a_moved_one_home(ana):
    book(make_inquiry(), ana)
    book(Inquiry.objects.get(), ana, next_action_time="14:00")
    assert Undo.objects.latest("pk").apply()
    assert stored() == [("booked", 1, None)]
    assert Undo.objects.count() == 1
    book(make_inquiry(), ana, next_action_time="15:00")
    assert Undo.objects.latest("pk").apply()
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("unscheduled", {"next_action_on": "2026-12-03"}),
        ("wait", {"next_action_on": "2026-12-03"}),
        ("scheduled", {"next_action_time": "14:00"}),
    ],
)
def test_undo_is_refused_in_words_once_somebody_else_has_the_time(client, ana, name, sent):
    book(make_inquiry(), ana)
    inquiry = take(name, Inquiry.objects.get(), ana, **sent)
    before, batch = stored(), Undo.objects.latest("pk").batch
    book(make_inquiry(), make_staff("lead", "ben"), next_action_time="09:30")
    page = client.post(f"/admin/inquiries/inquiry/undo/{batch}/", follow=True)
    assert "Not undone: the time of this appointment is taken now." in page.text
    assert stored()[: len(before)] == before
    assert Inquiry.objects.get(pk=inquiry.pk).version == inquiry.version
    Appointment.objects.filter(made_in=1).exclude(inquiry=inquiry).delete()
    assert "Undone." in client.post(f"/admin/inquiries/inquiry/undo/{batch}/", follow=True).text
    assert stored() == [("booked", 1, None)]


def test_what_keeps_a_double_booking_as_it_was_can_be_undone(ana):
    book(make_inquiry(), ana)
    inquiry = make_inquiry()
    step = form(inquiry, ana)
    step.is_valid()
    book(inquiry, ana, anyway=step.confirmation)
    take("set_safety_concern", inquiry, ana, reason="Said so.")
    assert Undo.objects.latest("pk").apply()


def test_a_bulk_undo_says_that_times_are_taken(client, ana):
    for at in ("09:00", "14:00"):
        book(make_inquiry(), ana, next_action_time=at)
    rows = [f"{each.pk}.{each.version}" for each in Inquiry.objects.all()]
    client.post("/admin/inquiries/inquiry/bulk/", {"action": "spam", "row": rows})
    batch = Undo.objects.latest("pk").batch
    book(make_inquiry(), ana)
    page = client.post(f"/admin/inquiries/inquiry/undo/{batch}/", follow=True)
    assert "1 of 2 undone. The times of some appointments are taken now." in page.text


def test_it_is_due_by_the_evening_of_its_day(ana):
    book(make_inquiry(), ana)
    assert Inquiry.objects.get().due_at == datetime(2026, 12, 2, 17, tzinfo=NOW.tzinfo)
    book(make_inquiry(), ana, next_action_time="16:00", length="60")
    late = make_inquiry()
    step = form(late, ana, next_action_time="18:30")
    step.is_valid()
    book(late, ana, next_action_time="18:30", anyway=step.confirmation)
    late.refresh_from_db()
    assert late.due_at == datetime(2026, 12, 2, 18, 30, tzinfo=NOW.tzinfo)


def test_an_erased_request_takes_its_appointments_along(ana):
    book(make_inquiry(), ana)
    erase(Inquiry.objects.all(), "asked", by=ana)
    assert not Appointment.objects.exists()


def test_the_page_says_whether_the_proposals_fit(client, ana):
    for times, words in (
        ("morning", "Free: mornings"),
        ("evening", "Nothing is free for “evenings”"),
    ):
        page = client.get(f"/admin/inquiries/inquiry/{make_inquiry(times=times).pk}/change/")
        assert words in Page(page.text).all("body")[0].words
