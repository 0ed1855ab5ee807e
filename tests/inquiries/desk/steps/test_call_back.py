"""When to call back: a time that is proposed, or another."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kapsite.inquiries.desk.page_parts.formatting import due_in, due_on
from kapsite.inquiries.desk.steps.registry import BY_NAME
from kapsite.inquiries.models import Inquiry
from tests.factories import make_inquiry, make_staff, sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 10, 40, tzinfo=ZoneInfo("America/Los_Angeles"))  # a Tuesday
STEPS = ["no_answer", "wait"]


@pytest.fixture
def ana(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return sign_in(client, make_staff("front-desk", "ana"))


def proposed(name, ana, **fields):
    step = BY_NAME[name](make_inquiry(**fields), ana)
    labels = [label for _, label in step.fields["again"].widget.choices]
    return labels, dict(step.fields["again"].widget.choices)[step.initial["again"]]


def take(name, ana, **sent):
    inquiry = make_inquiry()
    step = BY_NAME[name](inquiry, ana, sent)
    assert step.is_valid(), step.errors
    step.apply(0)
    return Inquiry.objects.get(pk=inquiry.pk)


@pytest.mark.parametrize(
    ("fields", "labels", "selected"),
    [
        ({}, ["Today 1 PM", "Tomorrow 9 AM", "Other time"], "Tomorrow 9 AM"),
        (
            {"times": "afternoon"},
            ["Today 1 PM", "Tomorrow noon", "Other time"],
            "Tomorrow noon",
        ),
        ({"days": "friday"}, ["Fri 9 AM", "Fri Dec 11, 9 AM", "Other time"], "Fri 9 AM"),
        (  # the clinic is closed then, so any open time is proposed
            {"days": "sunday"},
            ["Today 1 PM", "Tomorrow 9 AM", "Other time"],
            "Tomorrow 9 AM",
        ),
        (  # later after each attempt
            {"status": "trying", "next_action_on": NOW.date(), "attempts": 2},
            ["Today 1 PM", "Tomorrow 9 AM", "Mon 9 AM", "Other time"],
            "Mon 9 AM",
        ),
        (
            {"safety_concern": True, "safety_concern_reason": "So."},
            ["Today 11:25 AM", "Today 1 PM", "Tomorrow 9 AM", "Other time"],
            "Today 11:25 AM",
        ),
    ],
)
def test_proposals_fit_the_person_the_open_hours_and_the_attempts(ana, fields, labels, selected):
    assert proposed("no_answer", ana, **fields) == (labels, selected)


def test_a_follow_up_can_be_weeks_away(ana):
    assert proposed("wait", ana) == (
        [
            *("Today 1 PM", "Tomorrow 9 AM", "Tue Dec 8, 9 AM", "Tue Dec 15, 9 AM"),
            *("Thu Dec 31, 9 AM", "Other time"),
        ],
        "Tue Dec 8, 9 AM",
    )


@pytest.mark.parametrize("name", STEPS)
def test_one_click_takes_a_proposal_whatever_stands_under_other_time(ana, name):
    sent = {"again": "2026-12-01T16:00", "next_action_on": "1999-01-01", "next_action_time": "x"}
    inquiry = take(name, ana, **sent)
    assert (inquiry.next_action_on, inquiry.next_action_time) == (date(2026, 12, 1), time(16))
    assert inquiry.due_at == NOW.replace(hour=16, minute=0)


@pytest.mark.parametrize("name", STEPS)
def test_another_day_needs_no_time(ana, name):
    inquiry = take(name, ana, again="other", next_action_on="2026-12-04")
    assert (inquiry.next_action_on, inquiry.next_action_time) == (date(2026, 12, 4), None)
    assert inquiry.due_at == NOW.replace(day=4, hour=17, minute=0)


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"again": "other"}, "next_action_on", "Enter a date"),
        ({}, "next_action_on", "Enter a date"),
        ({"again": "soon"}, "again", "Select a time from the list, or “Other time”"),
        ({"again": "9999-12-31T09:00"}, "again", "Select a time from the list, or “Other time”"),
        ({"again": "2026-12-01T09:00"}, "again", "The time must be later than now"),
        ({"next_action_time": "25:00"}, "next_action_time", "Enter a time, like 3:30 PM"),
        ({"next_action_time": "soon"}, "next_action_time", "Enter a time, like 3:30 PM"),
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
    ],
)
def test_what_is_no_time_to_call_is_refused_in_words(ana, sent, field, message):
    step = BY_NAME["no_answer"](make_inquiry(), ana, sent)
    assert not step.is_valid()
    assert step.errors[field] == [message]


def test_the_page_of_a_request_offers_the_proposals(client, ana):
    page = client.get(f"/admin/inquiries/inquiry/{make_inquiry().pk}/change/").text
    assert 'value="2026-12-02T09:00"' in page
    assert "Other time" in page


def test_where_no_open_time_fits_the_person_it_is_said_with_what_they_asked_for(client, ana):
    def page(**fields):
        return client.get(f"/admin/inquiries/inquiry/{make_inquiry(**fields).pk}/change/").text

    said = "The clinic isn’t open at the times they asked for:"
    assert f"{said} “Fridays, evenings.”" in page(days="friday", times="evening")
    assert said not in page(days="friday", times="morning")
    assert said not in page()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (
            {"next_action_on": "2026-12-05", "next_action_time": "02:00"},
            "Sat Dec 5, 2 AM. The clinic is closed on Saturday, December 5, at 2 AM.",
        ),
        (
            {"next_action_on": "2026-12-02", "next_action_time": "02:00"},
            "Wed Dec 2, 2 AM. The clinic is closed on Wednesday, December 2, at 2 AM.",
        ),
        ({"next_action_on": "2026-12-02", "next_action_time": "09:00"}, "Wed Dec 2, 9 AM."),
    ],
)
def test_a_time_when_the_clinic_is_closed_is_named_after_saving(ana, sent, words):
    step = BY_NAME["no_answer"](make_inquiry(), ana, {"again": "other"} | sent)
    assert step.is_valid()
    step.apply(0)
    assert step.summary == f"Call saved. Next try {words}"


@pytest.mark.parametrize(
    ("fields", "on", "left"),
    [
        (
            {"next_action_on": date(2026, 12, 6), "next_action_time": time(16)},
            "Sun Dec 6, 4 PM",
            "in 5 days",
        ),
        (
            {"next_action_on": date(2026, 12, 1), "next_action_time": time(12)},
            "Today, noon",
            "in 1 h",
        ),
        (
            {"next_action_on": date(2026, 12, 1), "next_action_time": time(10)},
            "Today, 10 AM",
            "40 min late",
        ),
        ({"next_action_on": date(2026, 12, 2)}, "Wed Dec 2", "tomorrow"),
        (
            {
                "status": "scheduled",
                "next_action_on": date(2026, 12, 1),
                "next_action_time": time(10),
            },
            "Today, 10 AM",
            "now",
        ),
        ({"status": "new", "reply_by": NOW.replace(hour=13, minute=0)}, "Today, 1 PM", "in 2 h"),
        ({"status": "spam"}, "", ""),
    ],
)
def test_when_to_act_is_said_with_the_time(ana, fields, on, left):
    inquiry = make_inquiry(**{"status": "waiting"} | fields)
    assert (due_on(inquiry, NOW), due_in(inquiry, NOW)) == (on, left)
