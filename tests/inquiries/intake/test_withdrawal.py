"""A person takes a request back: hidden at once, deleted a day later, undone until then."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from kapsite.clinic.days import day_of, start_of, today
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.data_protection import retention
from kapsite.inquiries.desk.inbox import hand_over
from kapsite.inquiries.desk.inbox.tabs import TABS, View, in_tab
from kapsite.inquiries.desk.reports import figures
from kapsite.inquiries.desk.steps.base import NotPossible
from kapsite.inquiries.desk.steps.registry import BY_NAME, steps_for
from kapsite.inquiries.intake.progress import Progress
from kapsite.inquiries.intake.withdrawal import undo, withdraw
from kapsite.inquiries.models import Appointment, Erasure, Inquiry, Notice
from kapsite.inquiries.worker import digest, jobs, lead_mail
from tests.factories import make_answers, make_inquiry, make_staff, sign_in

pytestmark = pytest.mark.django_db
TEL = "tel:+14255550142"
FORM, LIST = "/request-evaluation/", "/admin/inquiries/inquiry/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def a_day_ago(now):
    return now - timedelta(hours=24, minutes=1)


@pytest.fixture(params=["front-desk", "lead"])
def desk(request, client):
    sign_in(client, make_staff(request.param))
    return client


def is_seen(desk, inquiry) -> bool:
    listed = inquiry.reference_in_groups in desk.get(f"{LIST}?tab=all").text
    opened = desk.get(f"{LIST}{inquiry.pk}/change/").status_code == 200
    assert listed == opened
    return opened


def test_it_is_hidden_from_staff_at_once_and_back_when_undone(desk, now):
    inquiry = make_inquiry()
    assert is_seen(desk, inquiry)
    withdraw(inquiry.pk, now)
    assert not is_seen(desk, inquiry)
    assert 'value="withdrawn"' not in desk.get("/admin/inquiries/export/").text
    undo(inquiry.pk)
    assert is_seen(desk, inquiry)
    by_the_person = inquiry.activities.filter(by=None).order_by("pk")
    assert list(by_the_person.values_list("kind", flat=True)) == ["withdrawn", "returned"]


@pytest.mark.parametrize(("role", "sees"), [("lead", True), ("front-desk", False)])
def test_a_safety_concern_stays_in_sight_of_a_lead(client, role, sees, now):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    withdraw(inquiry.pk, now)
    sign_in(client, make_staff(role))
    assert is_seen(client, inquiry) == sees
    assert (inquiry.reference_in_groups in client.get(f"{LIST}?tab=withdrawn").text) == sees


def test_a_step_that_staff_had_begun_is_a_conflict(client, now):
    sign_in(client, make_staff("lead"))
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    withdraw(inquiry.pk, now)
    step = f"{LIST}{inquiry.pk}/step/take/"
    assert client.post(step, {"version": inquiry.version}).status_code == 409


def test_once_staff_reached_the_person_it_is_a_request_to_delete_that_staff_see(
    desk, a_day_ago, now
):
    inquiry = make_inquiry(status="contacted", first_contact_at=now)
    withdraw(inquiry.pk, a_day_ago)
    page = desk.get(f"{LIST}{inquiry.pk}/change/").text
    assert "Withdrawn by the person" in page
    assert inquiry.reference_in_groups in desk.get(f"{LIST}?tab=withdrawn").text
    assert digest.counts(now)["withdrawn, to delete or decide"] == 1
    jobs.delete_withdrawn()
    assert Inquiry.objects.filter(pk=inquiry.pk).exists()


REACHED = [
    {"status": "contacted"},
    {"status": "scheduled", "next_action_on": date(2030, 1, 7)},
    {"status": "trying", "next_action_on": date(2030, 1, 7)},
]


@pytest.mark.parametrize("fields", REACHED, ids=lambda fields: fields["status"])
def test_once_withdrawn_nothing_on_the_desk_offers_to_contact_the_person(desk, now, fields):
    ana = User.objects.get()
    email = {"email": "ada@example.org", "normalized_email": "ada@example.org"}
    inquiry = make_inquiry(first_contact_at=now, assigned_to=ana, **email, **fields)
    place = f"{LIST}{inquiry.pk}/change/"
    ways = (TEL, "sms:+1", "mailto:", "/step/spoke/", "/step/no_answer/", "/step/scheduled/")
    assert TEL in desk.get(place).text
    assert "/step/spoke/" in desk.get(place).text
    before = {step.name for step in steps_for(inquiry, ana)}
    withdraw(inquiry.pk, now)
    page = desk.get(place).text
    assert "Do not contact them." in page
    assert "The lead deletes it" in page
    assert "January 7" not in page or "won’t take place" in page
    assert [each for each in ways if each in page] == []
    inquiry.refresh_from_db()
    offered = {step.name for step in steps_for(inquiry, ana)}
    assert offered == {"note", "set_safety_concern", "link"}
    assert {"spoke", "close"} <= before - offered
    sent = {"next_action_on": "2030-01-08", "outcome": "declined"}
    for name in before - offered:
        with pytest.raises(NotPossible):
            BY_NAME[name](inquiry, ana, sent).apply(inquiry.version)
    sent["version"] = inquiry.version
    assert desk.post(f"{LIST}{inquiry.pk}/step/close/", sent).status_code == 409
    for tab in ("now", "mine", fields["status"]):
        assert inquiry.reference_in_groups not in desk.get(f"{LIST}?tab={tab}").text
    assert "Withdrawn: don’t contact" in desk.get(f"{LIST}?tab=all").text
    undo(inquiry.pk)
    assert TEL in desk.get(place).text


def test_a_withdrawn_safety_concern_comes_first_for_a_lead_and_says_not_to_call(client, now):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    withdraw(inquiry.pk, now)
    sign_in(client, make_staff("lead"))
    page = client.get(LIST).text
    assert inquiry.reference_in_groups in page
    assert "Withdrawn: don’t contact" in page
    assert TEL not in client.get(f"{LIST}{inquiry.pk}/change/").text


@pytest.mark.parametrize("tab", [name for name, tab in TABS.items() if tab.is_open])
def test_the_tabs_of_open_work_read_an_index_and_no_table(tab, now):
    make_inquiry()
    keys = in_tab(tab, View(make_staff("front-desk"), now)).order_by().values("pk")
    if connection.vendor == "postgresql":  # with few rows it would not bother with an index
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
        connection.cursor().execute("SET LOCAL enable_bitmapscan = off")
    wanted = {"sqlite": "using covering index inquiry_", "postgresql": "using inquiry_"}
    assert wanted[connection.vendor] in keys.explain().lower()


def test_it_is_deleted_after_a_day_and_not_before(client, a_day_ago):
    kept, gone = make_inquiry(), make_inquiry()
    withdraw(kept.pk, a_day_ago + timedelta(hours=1))
    withdraw(gone.pk, a_day_ago)
    while jobs.delete_withdrawn():
        pass
    assert list(Inquiry.objects.values_list("pk", flat=True)) == [kept.pk]
    [erasure] = Erasure.objects.all()
    assert (erasure.reference, erasure.rule, erasure.by) == (gone.reference, "withdrawn", None)


SEATTLE = ZoneInfo("America/Los_Angeles")
FRIDAY = datetime(2026, 12, 4, 15, tzinfo=SEATTLE)
HOURS = dict.fromkeys(["monday", "tuesday", "wednesday", "thursday", "friday"], "9 am to 5 pm")


def test_a_safety_concern_is_kept_until_the_next_open_day_is_over(clinic_file, monkeypatch):
    clinic_file(hours=HOURS, holidays=["2026-12-08"], time_zone=SEATTLE.key)
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    for hours in range(0, 7 * 24, 5):
        withdrawn = FRIDAY + timedelta(hours=hours)
        end = inquiry.kept_until(withdrawn)
        assert end - withdrawn >= timedelta(hours=24)
        assert end == withdrawn + timedelta(hours=24) or end.hour == 17
        Inquiry.objects.update(status="withdrawn", withdrawn_from="new", withdrawn_at=withdrawn)
        for minutes, is_over in ((-1, False), (1, True)):
            moment = end + timedelta(minutes=minutes)
            monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
            assert retention.withdrawn_long_ago().exists() == is_over, (withdrawn, moment)


def test_the_pages_say_when_a_safety_concern_is_deleted_and_it_can_be_undone_until_then(
    clinic_file, monkeypatch
):
    clinic_file(hours=HOURS, time_zone=SEATTLE.key)
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    withdraw(inquiry.pk, FRIDAY)
    saturday = FRIDAY + timedelta(hours=25)
    monkeypatch.setattr(timezone, "now", lambda: saturday)
    assert not jobs.delete_withdrawn()
    progress = Progress(Inquiry.objects.get(), get_clinic(), saturday)
    assert progress.headline[1].endswith("after Monday, December 7, at 5 pm.")
    client = Client()
    sign_in(client, make_staff("lead"))
    record = client.get(f"{LIST}{inquiry.pk}/change/").text
    assert "Monday, December 7, 5:00 PM" in record
    assert undo(inquiry.pk).status == "new"


def test_what_was_undone_is_never_deleted(client, a_day_ago):
    inquiry = make_inquiry()
    withdraw(inquiry.pk, a_day_ago)
    undo(inquiry.pk)
    assert not jobs.delete_withdrawn()
    assert Inquiry.objects.get().status == "new"


def test_no_mail_goes_out_after_a_withdrawal_and_staff_are_told_after_an_undo(
    client, settings, now
):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    client.post(FORM, make_answers())
    inquiry = Inquiry.objects.get()
    withdraw(inquiry.pk, now)
    assert not Notice.objects.exists()
    undo(inquiry.pk)
    assert [notice.kind for notice in Notice.objects.all()] == ["staff"]
    assert Inquiry.objects.get().due_at == inquiry.due_at


def test_twice_is_once(client, now):
    inquiry = make_inquiry()
    first = withdraw(inquiry.pk, now)
    assert withdraw(inquiry.pk, now + timedelta(hours=1)).withdrawn_at == first.withdrawn_at
    undo(inquiry.pk)
    assert undo(inquiry.pk).version == first.version + 1


def test_after_contact_too_a_waiting_message_to_the_person_is_not_sent(now):
    inquiry = make_inquiry(status="contacted", first_contact_at=now)
    Notice.objects.create(inquiry=inquiry, kind="acknowledgement")
    withdraw(inquiry.pk, now)
    assert not Notice.objects.filter(kind="acknowledgement").exists()


def test_a_request_to_delete_is_due_to_nobody_until_it_is_kept_after_all(desk, now, a_day_ago):
    late = {"next_action_on": day_of(a_day_ago), "due_at": a_day_ago}
    inquiry = make_inquiry(status="contacted", first_contact_at=a_day_ago, **late)
    withdraw(inquiry.pk, now)
    assert not lead_mail.overdue(now).exists()
    assert [figure.number for figure in figures.now_open(now)[1]] == [0, 0]
    assert inquiry.reference_in_groups not in desk.get(f"{LIST}?tab=now").text
    undo(inquiry.pk)
    assert lead_mail.overdue(now).exists()
    assert inquiry.reference_in_groups in desk.get(f"{LIST}?tab=now").text


@pytest.mark.parametrize("is_taken", [True, False])
def test_staff_read_that_a_time_was_taken_while_the_request_was_withdrawn(desk, now, is_taken):
    day = today() + timedelta(days=3)
    common = {"starts_at": start_of(day) + timedelta(hours=9), "length": 60, "made_in": 1}

    def book():
        reached = {"status": "scheduled", "next_action_on": day, "first_contact_at": now}
        inquiry = make_inquiry(**reached)
        Appointment.objects.create(inquiry=inquiry, place="video", **common)
        return inquiry

    inquiry = book()
    withdraw(inquiry.pk, now)
    if is_taken:
        book()
    undo(inquiry.pk)
    record = desk.get(f"{LIST}{inquiry.pk}/change/").text
    assert ("Another appointment is booked for the same time" in record) == is_taken
    on_the_day = desk.get(f"{LIST}appointments/", {"day": day.isoformat()})
    assert on_the_day.context["overlapping"] == (2 if is_taken else 0)


def test_what_staff_cannot_see_is_neither_handed_over_nor_counted(now):
    ana, ben = make_staff("lead"), make_staff("lead", "ben")
    inquiry = make_inquiry(assigned_to=ana)
    withdraw(inquiry.pk, now)
    assert hand_over.hand_over(ana, ben, by=ben) == 0
    ana.groups.clear()
    assert not Inquiry.objects.filter(hand_over.held_by_people_who_left()).exists()
    assert sum(week.received for week in figures.weeks(today())) == 0
