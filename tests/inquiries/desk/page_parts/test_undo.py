"""Undo for ten minutes: what it puts back, who may use it, and when it is refused."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kapsite.clinic.days import today
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.data_protection import retention
from kapsite.inquiries.desk.appointments.times import NO_WISHES, free_slots
from kapsite.inquiries.desk.page_parts.undo import undo_bar
from kapsite.inquiries.desk.steps.registry import BY_NAME
from kapsite.inquiries.models import Access, Inquiry, Undo
from kapsite.inquiries.models.request.undo import COLUMNS, undone, values_of
from tests.encryption.tampering import stored
from tests.factories import make_inquiry, make_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
SOON = (today() + timedelta(days=3)).isoformat()
SENT = {
    "next_action_on": SOON,
    "outcome": "declined",
    "note": "Rang twice.",
    "reason": "Said so.",
    "assigned_to": "",
}
CONCERN = {"safety_concern": True, "safety_concern_reason": "Said so."}


def take(name, inquiry, user, batch=None, **sent):
    if name == "scheduled":
        sent["slot"] = free_slots(timezone.now(), NO_WISHES, [], get_clinic())[0].value
    step = BY_NAME[name](inquiry, user, SENT | sent)
    assert step.is_valid(), step.errors
    step.apply(inquiry.version, batch)
    return step


def press_undo(client, batch=None, **sent):
    batch = batch or Undo.objects.latest("pk").batch
    return client.post(reverse("admin:inquiries_undo", args=[batch]), sent, follow=True)


def now_in(inquiry):
    return values_of(Inquiry.objects.get(pk=inquiry.pk))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("no_answer", {}),
        ("wrong_number", {}),
        ("spoke", {"status": "trying", "next_action_on": today(), "attempts": 2}),
        ("scheduled", {}),
        ("wait", {}),
        ("close", {"status": "trying", "next_action_on": today(), "attempts": 1}),
        ("reopen", {"status": "closed", "outcome": "declined", "closed_at": timezone.now()}),
        ("spam", {"reply_by": timezone.now()}),
        ("restore", {"status": "spam"}),
        ("take", {}),
        ("set_safety_concern", {"reply_by": timezone.now() + timedelta(days=3)}),
        ("clear_safety_concern", CONCERN),
    ],
)
def test_undo_puts_every_value_back_and_logs_it(client, ana, name, fields):
    inquiry = make_inquiry(**fields)
    before = now_in(inquiry)
    take(name, inquiry, ana)
    assert now_in(inquiry) != before
    page = press_undo(client)
    assert "Undone. The request is as it was." in page.text
    assert now_in(inquiry) == before
    last = inquiry.activities.exclude(kind="viewed").first()
    assert (last.kind, last.by) == ("undone", ana)
    assert (
        Access.objects.filter(act="changed", details=f"undo {name.replace('_', ' ')}").count() == 1
    )
    assert not Undo.objects.exists()


def test_all_that_a_step_may_change_is_kept_for_undo():
    unchanged = {"version", "opened_at", "opened_by", "notified_at"}
    of_staff = {"status", "outcome", "attempts", "due_at", "reply_by"}
    assert of_staff <= set(COLUMNS)
    assert not unchanged & set(COLUMNS)


def test_the_earlier_values_are_stored_encrypted(ana):
    take("clear_safety_concern", make_inquiry(**CONCERN), ana)
    undo = Undo.objects.get()
    assert "Said so." in undo.before
    assert "Said so." not in stored(undo, "before")[0]


@pytest.mark.parametrize("name", ["note", "link"])
def test_a_note_and_a_link_have_no_undo(ana, name):
    assert not BY_NAME[name].can_be_undone
    take("note", make_inquiry(), ana)
    assert not Undo.objects.exists()


def test_a_bulk_step_is_undone_as_one(client, ana):
    inquiries = [make_inquiry(), make_inquiry(), make_inquiry()]
    batch = uuid.uuid4()
    for inquiry in inquiries:
        take("spam", inquiry, ana, batch)
    page = press_undo(client, batch)
    assert "Undone. The 3 requests are as they were." in page.text
    assert page.redirect_chain[-1][0] == LIST
    assert {each.status for each in Inquiry.objects.all()} == {"new"}


def test_what_a_colleague_changed_since_is_left_alone_and_said(client, ana):
    inquiries = [make_inquiry(), make_inquiry()]
    batch = uuid.uuid4()
    for inquiry in inquiries:
        take("take", inquiry, ana, batch)
    ben = make_staff("clinician", "ben")
    take("no_answer", inquiries[0], ben)
    assert "1 of 2 undone. Someone has changed the others since." in press_undo(client, batch).text
    assert Inquiry.objects.get(pk=inquiries[0].pk).assigned_to == ana
    assert Inquiry.objects.get(pk=inquiries[1].pk).assigned_to is None
    words = "Not undone: someone has changed this request since."
    assert words in press_undo(client, batch).text


def test_a_note_written_since_does_not_stand_in_the_way(client, ana):
    inquiry = make_inquiry()
    take("spam", inquiry, ana)
    take("note", inquiry, make_staff("clinician", "ben"))
    assert "Undone." in press_undo(client).text
    assert Inquiry.objects.get().status == "new"


def test_after_ten_minutes_it_is_refused_in_plain_words(client, ana):
    inquiry = make_inquiry()
    take("spam", inquiry, ana)
    Undo.objects.update(at=timezone.now() - timedelta(minutes=11))
    assert "Not undone: more than ten minutes have passed." in press_undo(client).text
    assert Inquiry.objects.get().status == "spam"


def test_pressed_twice_it_is_done_once(client, ana):
    inquiry = make_inquiry()
    batch = take("spam", inquiry, ana).undo.batch
    press_undo(client, batch)
    assert "There’s nothing to undo." in press_undo(client, batch).text
    assert inquiry.activities.filter(kind="undone").count() == 1


def test_nobody_undoes_what_a_colleague_did(client, ana):
    ben = make_staff("lead", "ben")
    take("spam", make_inquiry(), ben)
    assert "There’s nothing to undo." in press_undo(client).text
    assert Inquiry.objects.get().status == "spam"
    assert undo_bar(ana, timezone.now()) is None


def test_undo_is_never_done_by_an_address_alone(client, ana):
    take("spam", make_inquiry(), ana)
    address = reverse("admin:inquiries_undo", args=[Undo.objects.get().batch])
    assert client.get(address).status_code == 405
    assert Inquiry.objects.get().status == "spam"


def test_rows_made_with_the_step_can_be_undone_with_it(client, ana):
    heard = []

    def listen(undo, inquiry, **_):
        heard.append((undo.step, inquiry.status))

    undone.connect(listen)
    try:
        take("scheduled", make_inquiry(), ana)
        press_undo(client)
    finally:
        undone.disconnect(listen)
    assert heard == [("scheduled", "new")]


def test_the_bar_names_the_last_step_while_it_can_be_undone(client, ana):
    inquiry, other = make_inquiry(name="Helen"), make_inquiry()
    take("spam", inquiry, ana)
    now = timezone.now()
    bar = undo_bar(ana, now)
    assert (bar.label, bar.inquiry, bar.until > now) == ("Moved to spam.", inquiry, True)
    assert undo_bar(ana, now + timedelta(minutes=10)) is None
    page = client.get(reverse("admin:inquiries_inquiry_change", args=[other.pk])).text
    assert "<bdi>Helen</bdi></a>: Moved to spam." in page


def test_what_cannot_be_undone_any_more_is_deleted_a_day_later(ana):
    take("spam", make_inquiry(), ana)
    take("spam", make_inquiry(), ana)
    Undo.objects.filter(pk=Undo.objects.latest("pk").pk).update(
        at=timezone.now() - timedelta(hours=25)
    )
    retention.purge_batch()
    assert Undo.objects.count() == 1


def test_the_bar_is_gone_once_the_request_was_changed_since_but_not_after_a_note(client, ana):
    inquiry = make_inquiry()
    take("no_answer", inquiry, ana)
    take("note", inquiry, ana)
    assert undo_bar(ana, timezone.now()).step == "no_answer"
    take("correct", inquiry, ana, person_name="Adah", phone="(206) 555-0188", voicemail="no")
    assert undo_bar(ana, timezone.now()) is None
